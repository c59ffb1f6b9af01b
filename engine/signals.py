"""Signals: heard by all who listen in the ente when they are thrown, each once; kept for nobody who comes later.

Who hears is fixed at the throw. Tokens of the thrower's own instance move at once; others, and the paths that begin
with the signal, when the step is written (engine/thrown.py), in the order of their instances. What the throwing
event's inputs make goes along, and nothing else: a signal reaches other people's pratiche.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import catching, opening, tables, thrown
from engine.catching import Wait
from engine.dialect import Element
from engine.running import Running

if TYPE_CHECKING:
    from engine.step import Step

MOST_HEARD = 1_000
"""Tokens that one signal may move: each is an instance locked until the step is committed."""

Heard = tuple[int, str]
"""An instance and the token in it that listens."""


def throw(step: Step, running: Running, task: Task, element: Element) -> bool:
    """Throw an element's signal; False when it stops there with an incident. Raises ExpressionFailed."""
    event = element.event
    assert event is not None and event.name is not None
    payload = running.local(task, element)
    heard, session = _heard(step, event.name, task), step.engine.session
    fault = _fault(session, len(heard))
    if fault:
        step.incident(running, task, element, "budget", fault)
        return False
    _deliver(step, [each for each in heard if each[0] == running.id], payload)
    rest = [each for each in heard if each[0] != running.id]
    thrown.later(session, partial(_reach, step.another(), event.name, rest, payload, []))
    return True


def broadcast(step: Step, name: str, payload: dict[str, Any]) -> list[int]:
    """Throw a signal from outside; the instances that heard it, and those that it has opened."""
    heard, opened = _heard(step, name, None), list[int]()
    thrown.later(step.engine.session, partial(_reach, step, name, heard, payload, opened))
    thrown.tell(step.engine.session)
    return [*dict.fromkeys(instance for instance, _ in heard), *opened]


def _fault(session: Session, listeners: int) -> str:
    if listeners > MOST_HEARD:
        return f"più di {MOST_HEARD} percorsi aspettano questo segnale: non si possono muovere insieme"
    return "" if thrown.count(session) else thrown.ENDLESS


def _heard(step: Step, name: str, task: Task | None) -> list[Heard]:
    """Who listens now: in the instances that this step works on, and by their rows in all others."""
    loaded = {running.id: running for running in step.loaded()}
    here = [
        (running.id, wait.token)
        for running in loaded.values()
        if running.status == "open"
        for wait in catching.waits(running)
        if _hears(wait, name) and not _is_its_own(wait, task, running)
    ]
    s = tables.subscription.c
    elsewhere = step.engine.session.execute(
        select(s.instance_id, s.token)
        .where(
            s.ente_id == step.engine.ente_id,
            s.kind == "signal",
            s.message == name,
            s.key == "",
            s.instance_id.not_in(loaded),
        )
        .order_by(s.instance_id, s.id)
        .limit(MOST_HEARD + 1)
    )
    return sorted([*here, *((row.instance_id, row.token) for row in elsewhere)], key=lambda each: each[0])


def _hears(wait: Wait, name: str) -> bool:
    event = wait.element.event
    return wait.kind == "signal" and event is not None and event.name == name


def _is_its_own(wait: Wait, task: Task | None, running: Running) -> bool:
    """Whether an event subprocess would hear what it throws itself."""
    scope = task if wait.element.kind == "startEvent" else None
    while scope is not None:
        if scope.workflow.spec.name == wait.element.parent:
            return True
        scope = catching.enclosing(running, scope)
    return False


def _reach(step: Step, name: str, heard: list[Heard], payload: dict[str, Any], opened: list[int]) -> None:
    """Move those who heard, and open the paths that begin so."""
    _deliver(step, heard, payload)
    step.run()
    opened += opening.opened_by(step.engine, "signal", name, "", payload, step.by)


def _deliver(step: Step, heard: list[Heard], payload: dict[str, Any]) -> None:
    for instance_id, token in heard:
        running = step.lock(instance_id)
        for wait in list(_waiting(running, token)):
            step.happen(running, wait, payload)


def _waiting(running: Running, token: str) -> Iterator[Wait]:
    """What a token still waits for: something else may have moved it meanwhile."""
    if running.status == "open":
        yield from (wait for wait in catching.waits(running) if wait.token == token)

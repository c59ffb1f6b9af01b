"""Signals: heard by all who listen in the ente when they are thrown, each once; kept for nobody who comes later.

Who hears is fixed at the throw. Tokens of the thrower's own instance move at once; others, and the paths that begin
with the signal, when the step is written, in the same transaction and the order of their instances: what has thrown
may run inside an operation of another step, whose instances must not be changed under its hands. What the throwing
event's inputs make goes along, and nothing else: a signal reaches other people's pratiche.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import catching, opening, tables
from engine.catching import Wait
from engine.dialect import Element
from engine.running import Running
from engine.scripts import ExpressionFailed

if TYPE_CHECKING:
    from engine.step import Step

MOST_HEARD = 1_000
"""Tokens that one signal may move: each is an instance locked until the step is committed."""

MOST_THROWN = 100
"""Signals that follow from one command: two paths may answer each other, or open each other, for ever."""

_PENDING = "engine_signals"

Heard = tuple[int, str]
"""An instance and the token in it that listens."""


@dataclass
class _Pending:
    """What is still to be told in a transaction. `inside`: operations of ours that steps are under way in."""

    transaction: object
    thrown: int = 0
    inside: int = 0
    telling: bool = False
    actions: deque[Callable[[], None]] = field(default_factory=deque)


def _pending(session: Session) -> _Pending:
    found = session.info.get(_PENDING)
    if not isinstance(found, _Pending) or found.transaction is not session.get_transaction():
        # what a transaction that was given up had to tell is told by nobody
        found = session.info[_PENDING] = _Pending(session.get_transaction())
    return found


@contextmanager
def inside(session: Session) -> Iterator[None]:
    """While an operation of ours runs within a step; what it had to tell is forgotten when it fails."""
    pending = _pending(session)
    known = len(pending.actions)
    pending.inside += 1
    try:
        yield
    except BaseException:
        while len(pending.actions) > known:
            pending.actions.pop()
        raise
    finally:
        pending.inside -= 1


def tell(session: Session) -> bool:
    """A step is written: move whoever heard what was thrown, and what follows from that; True when anybody did."""
    pending = _pending(session)
    if pending.inside or pending.telling or not pending.actions:
        return False
    pending.telling = True
    try:
        while pending.actions:
            pending.actions.popleft()()
    finally:
        session.info.pop(_PENDING, None)
    return True


def throw(step: Step, running: Running, task: Task, element: Element) -> bool:
    """Throw an element's signal; False when it stops there with an incident. Raises ExpressionFailed."""
    event = element.event
    assert event is not None and event.name is not None
    payload = running.local(task, element)
    heard = _heard(step, event.name, task)
    pending = _pending(step.engine.session)
    fault = _fault(pending, len(heard))
    if fault:
        step.incident(running, task, element, "budget", fault)
        return False
    pending.thrown += 1
    _deliver(step, [each for each in heard if each[0] == running.id], payload)
    rest = [each for each in heard if each[0] != running.id]
    pending.actions.append(partial(_reach, step.another(), event.name, rest, payload, []))
    return True


def broadcast(step: Step, name: str, payload: dict[str, Any]) -> list[int]:
    """Throw a signal from outside; the instances that heard it, and those that it has opened."""
    heard, opened = _heard(step, name, None), list[int]()
    _pending(step.engine.session).actions.append(partial(_reach, step, name, heard, payload, opened))
    tell(step.engine.session)
    return [*dict.fromkeys(instance for instance, _ in heard), *opened]


def _fault(pending: _Pending, listeners: int) -> str:
    if pending.thrown >= MOST_THROWN:
        return "troppi segnali uno dopo l'altro: i percorsi si rispondono a vicenda?"
    if listeners > MOST_HEARD:
        return f"più di {MOST_HEARD} percorsi aspettano questo segnale: non si possono muovere insieme"
    return ""


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
            try:
                step.happen(running, wait, payload)
            except ExpressionFailed:
                # what a listener cannot read is kept whole: the thrower is not to blame, and nothing is lost
                plain = replace(wait, element=replace(wait.element, outputs=()))
                step.happen(running, plain, payload)


def _waiting(running: Running, token: str) -> Iterator[Wait]:
    """What a token still waits for: something else may have moved it meanwhile."""
    if running.status == "open":
        yield from (wait for wait in catching.waits(running) if wait.token == token)

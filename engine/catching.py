"""What an instance waits for, who in it catches what is thrown, and where its token goes then.

An event subprocess has no token until its event comes: its scope's root stands for it, and keeps how often its
timers have fired (`times`) and whether an interrupting one has taken the scope over (`interrupted`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.dialect import Element
from engine.spiff import EventGateway, begin, element_of, interrupt, is_catching, workflows

if TYPE_CHECKING:
    from engine.running import Running

REGISTERED = ("timer", "message", "signal")
"""Kinds of events that come from outside, each with a row in a table while a token waits."""

CAME = "event"
"""The kind of an incident of an event that has come and could not be followed: it is not waited for anew."""

INTERRUPTED = "interrupted"
TIMES = "times"


@dataclass(frozen=True)
class Wait:
    """An event that may come: `token` is the waiting task's id, or `<owner>/<name>` for a branch of an event
    gateway and for an event subprocess, whose `task` is the gateway's or the root of the scope."""

    kind: str
    token: str
    element: Element
    task: Task


def waits(running: Running) -> Iterator[Wait]:
    """Every event from outside that the instance waits for at this moment."""
    for wf in workflows(running.state.workflow):
        for task in wf.tasks.values():
            if task._state != TaskState.WAITING:
                continue
            if isinstance(task.task_spec, EventGateway):
                for spec in task.task_spec.outputs:
                    yield Wait(spec.element.event.kind, f"{task.id}/{spec.name}", spec.element, task)
            elif is_catching(task):
                element = element_of(task)
                if element is not None and element.event and element.event.kind in REGISTERED:
                    yield Wait(element.event.kind, str(task.id), element, task)
        yield from (wait for wait in _event_subprocesses(running, wf) if wait.kind in REGISTERED)


def find(running: Running, token: str) -> Wait | None:
    """What a token waits for from outside; None when it does not (any more)."""
    return next((wait for wait in waits(running) if wait.token == token), None)


def catcher(running: Running, task: Task, kind: str, code: str) -> Wait | None:
    """Who catches an error or escalation thrown at a token: nearest scope first, its own code before any code."""
    scope: Task | None = task
    while scope is not None:
        handling = element_of(scope)
        inside = handling.id if handling is not None and handling.event_subprocess else ""
        for found in (
            _boundaries(scope),
            (w for w in _event_subprocesses(running, scope.workflow) if w.element.parent != inside),
        ):
            catching = [wait for wait in found if wait.kind == kind and _code(wait) in ("", code)]
            if catching:
                return max(catching, key=lambda wait: bool(_code(wait)))
        scope = enclosing(running, scope)
    return None


def _code(wait: Wait) -> str:
    return (wait.element.event.code if wait.element.event else None) or ""


def _boundaries(task: Task) -> Iterator[Wait]:
    """The boundary events that wait on the activity of a token; another token at it has its own.

    They hang beside it, under the split that both came from; the token of a round hangs under its repetition.
    """
    host = element_of(task)
    if host is None or task.parent is None:
        return
    activity = task.parent if element_of(task.parent) is host else task
    for waiting in list(task.workflow.tasks.values()):
        element = element_of(waiting) if waiting._state == TaskState.WAITING else None
        if element is None or element.attached_to != host.id or waiting._parent != activity._parent:
            continue
        assert element.event is not None
        yield Wait(element.event.kind, str(waiting.id), element, waiting)


def _event_subprocesses(running: Running, wf: Any) -> Iterator[Wait]:
    """The event subprocesses of a scope that may still begin."""
    if wf.completed or wf.task_tree.internal_data.get(INTERRUPTED):
        return
    owner = wf.parent_task_id or running.id
    for start in running.program.handlers.get(wf.spec.name, ()):
        assert start.event is not None
        wait = Wait(start.event.kind, f"{owner}/{start.parent}", start, wf.task_tree)
        if not _is_over(wait):
            yield wait


def _is_over(wait: Wait) -> bool:
    event = wait.element.event
    return event is not None and event.kind == "timer" and event.timer != "timeCycle" and fired(wait) > 0


def fired(wait: Wait) -> int:
    """How often a timer that repeats has fired."""
    if "/" in wait.token:
        return int(wait.task.internal_data.get(TIMES, {}).get(wait.element.id, 0))
    return int(wait.task.internal_data.get("fired", 0))


def _count(wait: Wait) -> None:
    """A timer of an event subprocess has fired once more."""
    times = {**wait.task.internal_data.get(TIMES, {}), wait.element.id: fired(wait) + 1}
    wait.task.internal_data[TIMES] = times


def take(wait: Wait) -> None:
    """Move the token of an event that has come: its own, its gateway's, or its event subprocess's."""
    if "/" not in wait.token:
        _release(wait.task, wait.element)
    elif wait.task._state == TaskState.WAITING:
        wait.task.internal_data["chosen"] = wait.token.split("/")[1]
        wait.task.task_spec._update(wait.task)
    else:
        if wait.kind == "timer":
            _count(wait)
        if wait.element.interrupting:
            interrupt(wait.task.workflow)
            wait.task.internal_data[INTERRUPTED] = True
        begin(wait.task, wait.element.parent)


def _release(task: Task, element: Element) -> None:
    """Move a catching token; a non-interrupting boundary event goes on waiting beside it."""
    again = element.kind == "boundaryEvent" and not element.interrupting and _repeats(element)
    task.internal_data["event_fired"] = True
    task.task_spec._update(task)
    if again and task.parent is not None:
        twin = task.parent._add_child(task.task_spec, TaskState.MAYBE)
        twin.triggered = True
        twin.task_spec._predict(twin)
        twin._set_state(TaskState.WAITING)
        twin.internal_data["fired"] = task.internal_data.get("fired", 0) + 1


def _repeats(element: Element) -> bool:
    assert element.event is not None
    return element.event.kind != "timer" or element.event.timer == "timeCycle"


def enclosing(running: Running, task: Task) -> Task | None:
    """The token of the subprocess that a token is in."""
    owner = task.workflow.parent_task_id
    if owner is None:
        return None
    return next((wf.tasks[owner] for wf in workflows(running.state.workflow) if owner in wf.tasks), None)

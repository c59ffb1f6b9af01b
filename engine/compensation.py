"""Compensation: what was done in a scope is undone, the last first, while whoever asks for it waits.

The root of a scope keeps which of its activities are done that something can undo; an event that throws takes them
from there, and its token waits until their handlers have been gone through one after the other. A handler sees the
variables as they are now. What a subprocess has done is its scope's when it is over, unless something on its border
undoes it as a whole, or it was a round, whose variables went with it: its handlers hang beside every scope around them
too (engine/parser.py), and run there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task

from engine import catching
from engine.dialect import Element
from engine.running import Running
from engine.spiff import begin, element_of, live_tasks, workflows

WAIT = "compensation"
"""What is announced for a token that throws, until all is undone: nothing outside stands for it."""

DONE = "undoable"
OWED = "owed"
_HANDLER = "handler"


def note(running: Running, element: Element, token: Any) -> None:
    """An activity is done: remember it, if something can undo it, and of a subprocess what was done in it."""
    if element.id in running.program.undone_by:
        done = [element.id]
    elif element.kind == "subProcess" and element.loop is None:
        over = running.state.workflow.subprocesses.get(token)
        done = over.task_tree.internal_data.get(DONE, []) if over is not None else []
    else:
        return
    for wf in workflows(running.state.workflow):
        if done and token in wf.tasks:
            kept = wf.task_tree.internal_data
            kept[DONE] = [*kept.get(DONE, ()), *done]


def throw(running: Running, task: Task, element: Element) -> bool:
    """Ask for all that was done, or for one activity or subprocess, to be undone; False when nothing is (any more)."""
    if OWED in task.internal_data:
        return False
    only = element.event.name if element.event is not None else None
    kept = _scope(running, task).task_tree.internal_data
    done = kept.get(DONE, [])
    undone_by = running.program.undone_by  # of the release that it runs on now
    owed = [
        each
        for each in reversed(done)
        if each in undone_by and (only is None or only in _around(running, each))
    ]
    if not owed:
        return False
    kept[DONE] = [activity for activity in done if activity not in owed]
    task.internal_data[OWED] = [undone_by[activity] for activity in owed]
    running.state.waits[str(task.id)] = WAIT
    return True


def go_on(running: Running) -> bool:
    """Begin the next handler of each token that waits for some, or let it go; True when something moves."""
    alive = {str(task.id) for task in live_tasks(running.state.workflow)}
    for token, kind in list(running.state.waits.items()):
        task = running.task(token) if kind == WAIT else None
        if task is None or task.internal_data.get(_HANDLER) in alive:
            continue
        scope = _scope(running, task)
        owed = [handler for handler in task.internal_data[OWED] if handler in scope.spec.task_specs]
        if owed:
            task.internal_data[OWED] = owed[1:]
            handler = begin(scope.task_tree, owed[0])
            task.internal_data[_HANDLER] = str(handler.id)
        else:
            del running.state.waits[token]
        return True
    return False


def _around(running: Running, element_id: str) -> Iterator[str]:
    """An element and the subprocesses that it is in."""
    element = running.program.diagram.elements.get(element_id)
    while element is not None:
        yield element.id
        element = running.program.diagram.elements.get(element.parent)


def _scope(running: Running, task: Task) -> Any:
    """Where a token's compensation looks: its own scope, or the one that its event subprocess stands in."""
    around = catching.enclosing(running, task)
    holder = element_of(around) if around is not None else None
    return around.workflow if around is not None and holder and holder.event_subprocess else task.workflow

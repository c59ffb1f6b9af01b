"""The compact, pruned state of an instance.

A state names specs and never contains them; variables are stored once; finished history that no live token can
look at is dropped, so that a step costs the same at round 10 and at round 1,000 (measured in engine/README.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import json

FORMAT = 2
"""1: what the rounds of a repetition wrote went to the instance. An instance that began so goes on so to its end."""

_PREDICTED = TaskState.PREDICTED_MASK | TaskState.FUTURE
_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.FUTURE


@dataclass
class State:
    """What an instance is, between two steps.

    `variables`: the instance's variables, JSON values. `waits`: what was announced to the outside, by token:
    "task", "job", "call", "timer", "message", "signal" or "incident" (see engine/README.md). `renamed`: ids that
    elements had in the releases it has left, with those they have now. `format`: that of the software it began under.
    """

    workflow: BpmnWorkflow
    variables: dict[str, Any] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def once(self, element_id: str) -> list[str]:
        """Every id that an element has had."""
        return [element_id, *(before for before, now in self.renamed.items() if now == element_id)]


def dump(state: State) -> bytes:
    """The state as bytes; prune first."""
    top = state.workflow
    return json.dumps(
        {
            "format": state.format,
            "variables": state.variables,
            "waits": state.waits,
            "renamed": state.renamed,
            "tasks": _dump_workflow(top),
            "subprocesses": [
                [str(token), _owner(top, sub), sub.spec.name, _dump_workflow(sub)]
                for token, sub in top.subprocesses.items()
            ],
        }
    )


def load(blob: bytes, spec: BpmnProcessSpec, subprocesses: dict[str, BpmnProcessSpec], scripts: Any) -> State:
    """The state that `dump` wrote, on the specification of the same release."""
    stored = json.loads(blob)
    scripts.rounds_apart = stored.get("format", 1) >= 2
    top = BpmnWorkflow(spec, subprocesses, script_engine=scripts, deserializing=True)
    _load_workflow(top, stored["tasks"])
    for token, owner, name, tasks in stored["subprocesses"]:
        parent = top if owner is None else top.subprocesses[UUID(owner)]
        _load_subprocess(top, parent, parent.tasks[UUID(token)], subprocesses[name], tasks)
    return State(top, stored["variables"], stored["waits"], stored.get("renamed", {}), stored["format"])


def _owner(top: BpmnWorkflow, sub: Any) -> str | None:
    parent = sub.parent_workflow
    return None if parent is top else str(parent.parent_task_id)


def _dump_workflow(wf: Any) -> dict[str, Any]:
    return {
        "t": [
            [
                str(task.id),
                str(task._parent) if task._parent else None,
                task.task_spec.name,
                task._state,
                task.triggered,
                task.internal_data or None,
                task.data or None,
            ]
            for task in wf.tasks.values()
        ],
        "root": str(wf.task_tree.id),
        "last": str(wf.last_task.id) if wf.last_task is not None else None,
        "completed": wf.completed,
        "success": wf.success,
    }


def _load_workflow(wf: Any, stored: dict[str, Any]) -> None:
    specs = wf.spec.task_specs
    waiting = wf.top_workflow.event_manager.tasks
    for identity, parent, name, state, triggered, internal, data in stored["t"]:
        task = Task.__new__(Task)
        task.id = UUID(identity)
        task.workflow = wf
        task.task_spec = specs[name]
        task._parent = UUID(parent) if parent else None
        task._children = []
        task._state = state
        task.triggered = triggered
        task.thread_id = 0
        task.last_state_change = 0
        task.internal_data = internal or {}
        task.data = data or {}
        wf.tasks[task.id] = task
        if task._parent:
            # parents come before children: tasks are kept in order of creation
            wf.tasks[task._parent]._children.append(task.id)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting[task.id] = task
    wf.task_tree = wf.tasks[UUID(stored["root"])]
    wf.last_task = wf.tasks.get(UUID(stored["last"])) if stored["last"] else None
    wf.completed = stored["completed"]
    wf.success = stored["success"]


def _load_subprocess(
    top: BpmnWorkflow, parent: Any, task: Task, spec: BpmnProcessSpec, stored: dict[str, Any]
) -> None:
    """Restore a subprocess without its constructor, which would walk all its ancestors."""
    sub = BpmnSubWorkflow.__new__(BpmnSubWorkflow)
    top.subprocesses[task.id] = sub
    sub.parent_task_id = task.id
    sub.top_workflow = top
    sub.correlations = {}
    sub.depth = parent.depth + 1
    BpmnBaseWorkflow.__init__(sub, spec, deserializing=True)
    _load_workflow(sub, stored)
    sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def prune(top: BpmnWorkflow) -> None:
    """Drop finished history that no live token can look at."""
    _drop_finished_subprocesses(top)
    for wf in [top, *top.subprocesses.values()]:
        if not wf.completed:
            _drop_fired_branches(wf)
            _drop_finished(wf)


def _drop_finished_subprocesses(top: BpmnWorkflow) -> None:
    for token in list(top.subprocesses):
        sub = top.subprocesses.get(token)
        owner = _find(top, token)
        if sub is not None and (owner is None or (sub.completed and owner._state & TaskState.FINISHED_MASK)):
            del top.subprocesses[token]
            _drop_finished_subprocesses(top)
            return


def _find(top: BpmnWorkflow, token: UUID) -> Task | None:
    for wf in [top, *top.subprocesses.values()]:
        if token in wf.tasks:
            return wf.tasks[token]
    return None


def _drop_fired_branches(wf: Any) -> None:
    """Forget branches that a non-interrupting event began and that have come to their end."""
    for task in list(wf.tasks.values()):
        if task.id not in wf.tasks or not task._state & TaskState.FINISHED_MASK:
            continue
        fired = isinstance(task.task_spec, BoundaryEvent) and task.task_spec.cancel_activity is False
        if fired and not any(_holds(branch) for branch in _branch(task)):
            _forget(wf, [branch.id for branch in _branch(task)])


def _holds(task: Task) -> bool:
    """Whether a branch must be kept for this task; its join only waits for the main activity, which has its own."""
    return bool(task._state & _LIVE) and not isinstance(task.task_spec, BoundaryEventJoin)


def _branch(task: Task) -> Iterable[Task]:
    stack = [task]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.children)


def _forget(wf: Any, tokens: list[UUID]) -> None:
    gone = set(tokens)
    for token in tokens:
        parent = wf.tasks.get(wf.tasks[token]._parent)
        if parent is not None and parent.id not in gone:
            parent._children.remove(token)
    for token in tokens:
        del wf.tasks[token]
    if wf.last_task is not None and wf.last_task.id in gone:
        wf.last_task = wf.task_tree


def _drop_finished(wf: Any) -> None:
    """Take every finished task out of the tree and put its children in its place.

    An open event split stays with its branches: its join looks for it and for them. Our own joins look at no
    finished task (engine/joins.py), whatever cycle or branch they are in.
    """
    held = {task.id for task in wf.tasks.values() if _is_open(task)} | {wf.task_tree.id}
    for task in list(wf.tasks.values()):
        if task._state & TaskState.FINISHED_MASK and task.id not in held and not _branches(task, held, wf):
            _take_out(wf, task)
    if wf.last_task is not None and wf.last_task.id not in wf.tasks:
        wf.last_task = wf.task_tree


def _branches(task: Task, held: set[UUID], wf: Any) -> bool:
    """Whether a task is a branch of an open split."""
    return task._parent in held and task._parent != wf.task_tree.id


def _take_out(wf: Any, task: Task) -> None:
    parent = wf.tasks[task._parent]
    place = parent._children.index(task.id)
    parent._children[place : place + 1] = task._children
    for child in task._children:
        wf.tasks[child]._parent = parent.id
    del wf.tasks[task.id]


def _is_open(split: Task) -> bool:
    """Whether an event split is still to be joined.

    The join of boundary events hangs beside the way that goes on, never on it: it is looked for among the
    children of the activity and of its events.
    """
    if not isinstance(split.task_spec, BoundaryEventSplit):
        return False
    joins = (
        join
        for branch in split.children
        for join in branch.children
        if isinstance(join.task_spec, BoundaryEventJoin)
    )
    return any(task._state & _LIVE for task in (*split.children, *joins))

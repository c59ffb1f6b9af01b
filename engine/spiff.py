"""SpiffWorkflow, tamed: it moves the tokens, we do everything else.

Every activity (human step, service, decision, script, call) is one manual spec that simply waits for the step
to decide; every event is fired by the step, never by Spiff's clock or event manager; variables live in the
instance, so that a token carries only what a multi-instance round keeps to itself.
The reasons are the traps listed in engine/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.dialect import Element, Event
from engine.rounds import ROUND
from engine.scripts import ExpressionFailed

OVER = "over"
"""What a repetition keeps under until it has taken it in: the rounds that are over, each with what it wrote."""

ENOUGH = "enough"
"""What it keeps once its completion condition has held."""

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED

# What it gathers about a token for each change of state, data included, to tell a log that nobody keeps.
Task.collect_log_extras = lambda task, more=None: {}


class Activity(BpmnSpecMixin):  # type: ignore[misc]
    """Any activity: it stays READY until the step has done what the element asks for."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class SubProcess(SubWorkflowTask):  # type: ignore[misc]
    """An embedded subprocess."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        """What a round keeps to itself stays with its token (engine/rounds.py): nothing travels in."""

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """Variables live in the instance: nothing to bring back."""


class EventGateway(BpmnSpecMixin):  # type: ignore[misc]
    """An event-based gateway: the step chooses the child whose event came first."""

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, state=TaskState.MAYBE)

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        if my_task.internal_data.get("chosen"):
            return True
        if my_task.state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Task) -> bool:
        chosen = self._wf_spec.task_specs[my_task.internal_data["chosen"]]
        my_task._sync_children([chosen], TaskState.FUTURE)
        for child in my_task.children:
            child.internal_data["event_fired"] = True
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class MultiInstance(LoopTask, BpmnSpecMixin):  # type: ignore[misc]
    """One round per item of a collection, in parallel or one after the other; outputs keep the items' order."""

    def __init__(self, wf_spec: Any, bpmn_id: str, element: Element, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.element = element
        self.task_spec = ""

    def _run_hook(self, my_task: Task) -> bool | None:
        """The first time begin the rounds; then move on when all are over.

        Not as soon as the token comes: a collection that has no value is then the fault of the step before.
        """
        loop = self.element.loop
        assert loop is not None
        if "items" in my_task.internal_data:
            return True if self._collect(my_task) else None
        items = my_task.workflow.script_engine.collection(my_task, self.element)
        my_task.internal_data.update(items=items, outputs=[None] * len(items), begun=0, done=0)
        if not items:
            return True
        for _ in items[:1] if loop.sequential else items:
            self._begin_round(my_task)
        return None

    def _begin_round(self, my_task: Task) -> None:
        loop = self.element.loop
        assert loop is not None
        data = my_task.internal_data
        index = data["begun"]
        data["begun"] = index + 1
        child = my_task._add_child(self._wf_spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        child.internal_data[ROUND] = index
        child.data["loopCounter"] = index + 1
        if loop.item:
            child.data[loop.item] = data["items"][index]
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: Task) -> None:
        """A round is over: keep its output, begin the next one or finish.

        What cannot be computed fails again when the token itself is moved, where a person can be told of it: the
        step of the round is done.
        """
        my_task = child.parent
        data = my_task.internal_data
        data[OVER] = [*data.get(OVER, ()), [child.internal_data[ROUND], child.data]]
        try:
            is_over = self._collect(my_task)
        except ExpressionFailed:
            is_over = True
        if is_over:
            my_task._set_state(TaskState.READY)

    def _collect(self, my_task: Task) -> bool:
        """Take in the rounds that are over, each once; whether all is. Raises ExpressionFailed, and loses none."""
        loop, data, engine = self.element.loop, my_task.internal_data, my_task.workflow.script_engine
        assert loop is not None
        while data.get(OVER):
            number, kept = data[OVER][0]
            if loop.output_item:
                data["outputs"][number] = engine.evaluate(my_task, loop.output_item, kept)
            seen = {**kept, **self._so_far(data)}
            self._count(my_task, bool(loop.until) and engine.evaluate(my_task, loop.until, seen) is True)
        return ENOUGH in data or bool(data["done"] == len(data["items"]))

    def _count(self, my_task: Task, is_enough: bool = False) -> None:
        """A round has been taken in: the others are no longer needed, or the next one begins."""
        loop, data = self.element.loop, my_task.internal_data
        assert loop is not None
        data[OVER] = data[OVER][1:]
        data["done"] += 1
        if is_enough:
            data.update({ENOUGH: True, OVER: []})
            for other in my_task.children:
                if other.triggered and not other.has_state(TaskState.FINISHED_MASK):
                    other.cancel()
        elif loop.sequential and data["begun"] < len(data["items"]):
            self._begin_round(my_task)

    def pass_over(self, my_task: Task) -> None:
        """Go on without what cannot be computed: the collection, or the output of the round to be taken in."""
        data = my_task.internal_data
        if "items" not in data:
            data.update(items=[], outputs=[], begun=0, done=0)
        elif data.get(OVER):
            self._count(my_task)

    def _so_far(self, data: dict[str, Any]) -> dict[str, Any]:
        """What a completion condition may ask about the rounds: BPMN 2.0.2, table 10.31, and the outputs."""
        loop = self.element.loop
        done = data["done"] + 1  # with the one that is being taken in
        counts = {
            "numberOfInstances": len(data["items"]),
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": data["begun"] - done,
            "numberOfTerminatedInstances": 0,
        }
        return {**counts, loop.output: data["outputs"]} if loop is not None and loop.output else counts

    def _on_cancel(self, my_task: Task) -> None:
        """SpiffWorkflow drops the rounds with their activity, but leaves the subprocesses that they were."""
        top = my_task.workflow.top_workflow
        for sub in list(top.subprocesses.values()):
            if not sub.completed and not any(sub.parent_task_id in wf.tasks for wf in workflows(top)):
                sub.cancel()
        while orphans := [token for token in top.subprocesses if not _is_there(top, token)]:
            for token in orphans:  # and then what was inside them
                del top.subprocesses[token]
        super()._on_cancel(my_task)

    def _on_complete_hook(self, my_task: Task) -> None:
        loop = self.element.loop
        if loop is not None and loop.output:
            my_task.workflow.script_engine.assign(my_task, loop.output, my_task.internal_data["outputs"])
        super()._on_complete_hook(my_task)


def _is_there(top: BpmnWorkflow, token: Any) -> bool:
    """Whether the token of a subprocess is in the tree, or in one of the other subprocesses."""
    return any(token in wf.tasks for wf in (top, *top.subprocesses.values()))


class Condition(Operator):  # type: ignore[misc]
    """A FEEL condition on a flow: only `true` lets the token pass; null and anything else do not."""

    def _matches(self, task: Task) -> bool:
        return task.workflow.script_engine.evaluate(task, self.args[0]) is True


class ExternalEvent(EventDefinition):  # type: ignore[misc]
    """An event that only the step fires: Spiff never matches it with anything."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.name)
        self.event = event

    def catches(self, my_task: Task, event: Any) -> bool:
        return False

    def throw(self, my_task: Task) -> None:
        """The step has already seen to what is thrown."""

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = EventDefinition.__hash__


def new_workflow(
    spec: BpmnProcessSpec, subprocesses: dict[str, BpmnProcessSpec], scripts: Any, at: str | None = None
) -> BpmnWorkflow:
    """A workflow at its very beginning, evaluating expressions with `scripts`; `at` another start than the plain."""
    workflow = BpmnWorkflow(spec, subprocesses, script_engine=scripts)
    if at is not None:
        root = workflow.task_tree
        root._drop_children(force=True)
        child = root._add_child(spec.task_specs[at], TaskState.FUTURE)
        child.triggered = True
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
    return workflow


def begin(task: Task, name: str) -> Task:
    """Put a new token at the spec of this name, under a task that is over: mostly the root of a scope."""
    child = task._add_child(task.workflow.spec.task_specs[name], TaskState.FUTURE)
    child.triggered = True
    child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
    child.task_spec._update(child)
    return child


def interrupt(wf: Any) -> None:
    """Take every token of a scope away, the innermost first: only its root stays."""
    for task in reversed(list(wf.tasks.values())):
        if task is not wf.task_tree and task._state & TaskState.NOT_FINISHED_MASK:
            task.cancel()


def workflows(top: BpmnWorkflow) -> list[Any]:
    """The workflow and its open subprocesses."""
    return [top, *(sub for sub in top.subprocesses.values() if not sub.completed)]


def live_tasks(top: BpmnWorkflow, state: int = LIVE) -> list[Task]:
    """Tasks in one of the given states, over all open subprocesses, without Spiff's depth limit."""
    return [task for wf in workflows(top) for task in list(wf.tasks.values()) if task._state & state]


def find_task(top: BpmnWorkflow, matches: Callable[[Task], bool]) -> Task | None:
    """The first live task that matches."""
    return next((task for task in live_tasks(top) if matches(task)), None)


def element_of(task: Task) -> Element | None:
    """The diagram's element behind a task; None for Spiff's own joins and splits."""
    return getattr(task.task_spec, "element", None)


def is_catching(task: Task) -> bool:
    return isinstance(task.task_spec, CatchingEvent)

"""Joins of our own: a token that has come waits as a task, and a join takes one from each flow.

SpiffWorkflow's joins look at the whole tree, finished rounds of a cycle included: beside a branch still open the
second round of an inner join fired with its first token, and dropped what another activation had begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

SOURCE = "from"
"""The name under which a waiting token keeps the flow it came by: the spec before the join."""

_HERE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class _TokenJoin:
    """What both joins share; `_update_hook` is called once for each token that comes, and again by `refresh`."""

    name: str
    inputs: list[Any]

    def _update_hook(self, my_task: Task) -> bool:
        my_task._inherit_data()
        my_task.internal_data.setdefault(SOURCE, my_task.parent.task_spec.name)
        came = self._came(my_task)
        if not self._fires(my_task, set(came)):
            my_task._set_state(TaskState.WAITING)
            return False
        for source, token in came.items():
            if source != my_task.internal_data[SOURCE]:
                token._set_state(TaskState.CANCELLED)
                token._drop_children()
        return True

    def _came(self, my_task: Task) -> dict[str, Task]:
        """The first token that waits here for each flow, with the one now looked at."""
        found = {my_task.internal_data[SOURCE]: my_task}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task._state == TaskState.WAITING and task is not my_task:
                found.setdefault(task.internal_data[SOURCE], task)
        return found

    def _fires(self, my_task: Task, came: set[str]) -> bool:
        raise NotImplementedError


class ParallelJoin(_TokenJoin, ParallelGateway):  # type: ignore[misc]
    """Fires when a token has come by each flow."""

    def _fires(self, my_task: Task, came: set[str]) -> bool:
        return came >= {spec.name for spec in self.inputs}

    def _run_hook(self, my_task: Task) -> bool:
        return True


class InclusiveJoin(_TokenJoin, InclusiveGateway):  # type: ignore[misc]
    """Fires when no token can still come by another flow (BPMN 2.0.2, table 13.3)."""

    def _fires(self, my_task: Task, came: set[str]) -> bool:
        missing = [spec for spec in self.inputs if spec.name not in came]
        if not missing:
            return True
        here = {task.task_spec.name for task in my_task.workflow.tasks.values() if self._is_elsewhere(task)}
        reaching = here & self._before(missing)
        # a token that can come to where one has come already does not count: two joins would wait for each other
        return not reaching - self._before(spec for spec in self.inputs if spec.name in came)

    def _is_elsewhere(self, task: Task) -> bool:
        if task.task_spec is self or not task._state & _HERE:
            return False
        return not isinstance(task.task_spec, BoundaryEventJoin)

    def _before(self, specs: Iterable[Any]) -> set[str]:
        """The names of specs from which a token can come to one of these without passing the join."""
        found: set[str] = set()
        stack = list(specs)
        while stack:
            spec = stack.pop()
            if spec.name not in found and spec is not self:
                found.add(spec.name)
                stack.extend(spec.inputs)
        return found

    def _run_hook(self, my_task: Task) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def refresh(top: BpmnWorkflow) -> bool:
    """Let inclusive joins fire whose last expected token has gone another way; True when one does."""
    waiting = [
        task
        for wf in (top, *(sub for sub in top.subprocesses.values() if not sub.completed))
        for task in wf.tasks.values()
        if isinstance(task.task_spec, InclusiveJoin) and task._state == TaskState.WAITING
    ]
    for task in waiting:
        if task._state == TaskState.WAITING:
            task.task_spec._update(task)
    return any(task._state == TaskState.READY for task in waiting)

"""One instance while a step works on it: its state in memory and what the step will write about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import feel, json
from engine.calendar import END_OF_DAY, ROME
from engine.dialect import Element
from engine.program import Program
from engine.scripts import ExpressionFailed, Scripts
from engine.spiff import Activity, EventGateway, element_of, find_task, is_catching, live_tasks, workflows
from engine.state import State

HUMAN = ("userTask", "manualTask")


@dataclass(frozen=True)
class Wait:
    """Something a token waits for, other than an activity: `kind` is "timer" or "message"."""

    kind: str
    token: str
    element: Element
    task: Task | None


@dataclass
class Running:
    """An instance loaded by a step. `opened` are human tasks to open, `closed` those closed
    (token → status and account); `history` rows to append; `notes` what the next person at an element reads;
    `depth` how many calls of this very step lie above it."""

    id: int
    ente_id: int
    slug: str
    root_id: int
    parent_id: int | None
    parent_token: UUID | None
    program: Program
    state: State
    scripts: Scripts
    now: datetime
    status: str = "open"
    ended_in: str | None = None
    depth: int = 0
    changed: bool = False
    opened: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, Any]:
        return self.state.variables

    def at(self, now: datetime) -> None:
        """Bring the instance to the instant of a new step."""
        self.now = now
        self.depth = 0
        self.scripts.at(now)

    def task(self, token: str) -> Task | None:
        """The live token with this id."""
        return find_task(self.state.workflow, lambda task: str(task.id) == token)

    def next_ready(self) -> Task | None:
        """The next token to move: fired events first, then gateways, then activities not yet announced."""
        ready = [
            task
            for task in live_tasks(self.state.workflow, TaskState.READY)
            if str(task.id) not in self.state.waits
        ]
        return min(ready, key=_urgency, default=None)

    def record(
        self,
        element: Element,
        event: str,
        by: str,
        *,
        token: object = None,
        answers: Any = None,
        why: Any = None,
    ) -> None:
        """Append to history, with the variables written since the last row."""
        delta = json.loads(json.dumps(self.scripts.written)) if self.scripts.written else None
        self.scripts.written.clear()
        self.history.append(
            {
                "instance_id": self.id,
                "root_id": self.root_id,
                "token": str(token) if token is not None else None,
                "element_id": element.id,
                "kind": element.kind,
                "event": event,
                "by": by,
                "answers": answers,
                "delta": delta,
                "why": why,
            }
        )

    def local(self, task: Task, element: Element) -> dict[str, Any]:
        """The local variables that the input mappings make for an activity."""
        return self.scripts.mapped(element.inputs, self.scripts.context(task))

    def deliver(self, task: Task, element: Element, result: dict[str, Any], local: dict[str, Any]) -> None:
        """Bring an activity's result into the variables: through the output mappings, or whole without any."""
        if element.outputs:
            context = self.scripts.context(task, {**local, **result})
            for target, value in self.scripts.mapped(element.outputs, context).items():
                self.scripts.assign(task, target, value)
        else:
            for name, value in result.items():
                self.scripts.assign(task, name, value)

    def waits_now(self) -> Iterator[Wait]:
        """Every timer and message that the instance waits for at this moment."""
        for wf in workflows(self.state.workflow):
            for task in wf.tasks.values():
                if task._state != TaskState.WAITING:
                    continue
                if isinstance(task.task_spec, EventGateway):
                    for spec in task.task_spec.outputs:
                        yield Wait(spec.element.event.kind, f"{task.id}/{spec.name}", spec.element, task)
                elif is_catching(task):
                    element = element_of(task)
                    if element is not None and element.event and element.event.kind in ("timer", "message"):
                        yield Wait(element.event.kind, str(task.id), element, task)
            yield from self._event_subprocesses(wf)

    def _event_subprocesses(self, wf: Any) -> Iterator[Wait]:
        owner = wf.parent_task_id or self.id
        for spec in wf.spec.task_specs.values():
            element = getattr(spec, "element", None)
            if element is not None and element.event_subprocess:
                start = self._start_of(element.id)
                if start.event is not None and start.event.kind in ("timer", "message"):
                    yield Wait(start.event.kind, f"{owner}/{element.id}", start, wf.task_tree)

    def _start_of(self, subprocess_id: str) -> Element:
        return next(
            e
            for e in self.program.diagram.elements.values()
            if e.parent == subprocess_id and e.kind == "startEvent"
        )

    def catcher(self, task: Task, kind: str, code: str) -> Task | None:
        """The waiting boundary event that catches an error or escalation thrown at a token: nearest scope first."""
        catching = [
            (waiting, element)
            for waiting in live_tasks(self.state.workflow, TaskState.WAITING)
            if (element := element_of(waiting)) is not None
            and element.kind == "boundaryEvent"
            and element.event is not None
            and element.event.kind == kind
            and element.event.code in (None, "", code)
        ]
        scope: Task | None = task
        while scope is not None:
            inside = element_of(scope)
            # a code of its own comes before a catch-all
            for waiting, element in sorted(catching, key=lambda c: not (c[1].event and c[1].event.code)):
                if (
                    inside is not None
                    and element.attached_to == inside.id
                    and waiting.workflow is scope.workflow
                ):
                    return waiting
            scope = self._enclosing(scope)
        return None

    def _enclosing(self, task: Task) -> Task | None:
        owner = task.workflow.parent_task_id
        if owner is None:
            return None
        return next((wf.tasks[owner] for wf in workflows(self.state.workflow) if owner in wf.tasks), None)

    def due(self, source: str, task: Task | None) -> datetime | None:
        """The instant that a date, a date and time, a duration or a text means; days end at midnight in Rome.

        Raises ExpressionFailed when it is none of these.
        """
        value: Any = source
        if source.startswith("="):
            value = self.scripts.value(source, self.scripts.context(task))
        if isinstance(value, str):
            value = self.scripts.value(f'@"{value}"', {})
        if value is None:
            return None
        if isinstance(value, feel.DayTimeDuration | feel.YearMonthDuration):
            value = self.scripts.value("now() + d", {"d": value})
        moment = feel.to_python(value)
        if isinstance(moment, datetime):
            return moment if moment.tzinfo else moment.replace(tzinfo=ROME)
        if isinstance(moment, date):
            return datetime.combine(moment, END_OF_DAY, ROME)
        raise ExpressionFailed(f"«{source[:120]}»: non è una data né una durata")


def _urgency(task: Task) -> int:
    if is_catching(task):
        return 0
    return 2 if isinstance(task.task_spec, Activity) else 1

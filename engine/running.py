"""One instance while a step works on it: its state in memory and what the step will write about it."""

from __future__ import annotations

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
from engine.spiff import Activity, find_task, is_catching, live_tasks
from engine.state import State

HUMAN = ("userTask", "manualTask")


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

    def finish_history(self) -> None:
        """What was written after the last row joins it: the outputs of a repetition, which has no row of its own."""
        if self.scripts.written and self.history:
            last = self.history[-1]
            last["delta"] = {**(last["delta"] or {}), **json.loads(json.dumps(self.scripts.written))}
            self.scripts.written.clear()

    def local(self, task: Task, element: Element) -> dict[str, Any]:
        """The local variables that the input mappings make for an activity."""
        return self.scripts.mapped(element.inputs, self.scripts.context(task))

    def key_of(self, task: Task, element: Element) -> str:
        """The idempotency key of an effect: the same for every attempt of one token at one element."""
        return f"{self.ente_id}:{self.id}:{element.id}:{task.id}"

    def deliver(self, task: Task, element: Element, result: dict[str, Any], local: dict[str, Any]) -> None:
        """Bring an activity's result into the variables: through the output mappings, or whole without any."""
        if element.outputs:
            context = self.scripts.context(task, {**local, **result})
            for target, value in self.scripts.values(element.outputs, context):
                self.scripts.assign(task, target, value)
        else:
            for name, value in result.items():
                self.scripts.assign(task, name, value)

    def due(self, source: str, task: Task | None) -> datetime | None:
        """The instant that a date, a date and time, a duration or a text means; days end at midnight in Rome.

        None for no value, and for a text left empty. Raises ExpressionFailed for what is none of these: a term
        whose text cannot be read must never pass for no term.
        """
        value: Any = source
        if source.startswith("="):
            value = self.scripts.value(source, self.scripts.context(task))
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, str):
            value = feel.parse_at_literal(value.strip())
        if isinstance(value, feel.DayTimeDuration | feel.YearMonthDuration):
            value = self.scripts.value("now() + d", {"d": value})
        try:
            moment = feel.to_python(value)
        except (ValueError, OverflowError) as error:  # a year that no calendar of ours has
            raise ExpressionFailed(f"«{source[:120]}»: la data non è tra gli anni 1 e 9999") from error
        if isinstance(moment, datetime):
            return moment if moment.tzinfo else moment.replace(tzinfo=ROME)
        if isinstance(moment, date):
            return datetime.combine(moment, END_OF_DAY, ROME)
        raise ExpressionFailed(f"«{source[:120]}»: non è una data (2026-12-24) né una durata (P5D)")


def _urgency(task: Task) -> int:
    if is_catching(task):
        return 0
    return 2 if isinstance(task.task_spec, Activity) else 1

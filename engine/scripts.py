"""FEEL and decision tables as one step of one instance sees them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from SpiffWorkflow.task import Task

from engine import dmn, feel, rounds
from engine.calendar import ROME, Calendar
from engine.dialect import Assignment, Element

MOST_ROUNDS = 1_000
"""Rounds of one multi-instance activity: each is a token, and in parallel a task or a job at once."""


class ExpressionFailed(Exception):
    """An expression or a table could not give a value; the message names it and holds no personal data."""


class Scripts:
    """Evaluates expressions over the instance's variables, with local variables in front of them.

    `now` is the instant of the step (the database's clock); `written` collects the variables that changed;
    `rounds_apart`: what a round writes stays in it (engine/state.py says for which instances).
    """

    rounds_apart = True

    def __init__(
        self,
        variables: dict[str, Any],
        now: datetime,
        calendar: Calendar,
        models: Mapping[str, dmn.Model],
    ) -> None:
        self.variables = variables
        self.written: dict[str, Any] = {}
        self._now = now.astimezone(ROME)
        self._calendar = calendar
        self._models = models

    def at(self, now: datetime) -> None:
        """The instant of a new step."""
        self._now = now.astimezone(ROME)

    def environment(self) -> feel.Environment:
        """A fresh environment: its budget holds for one expression."""
        after = feel.Function(("instant", "n"), self._after_working_days, name="dopo_giorni_lavorativi")
        return feel.Environment(now=self._now, functions={"dopo_giorni_lavorativi": after})

    def _after_working_days(self, instant: Any, days: Any) -> Any:
        start = feel.to_python(instant)
        if isinstance(start, date) and not isinstance(start, datetime):
            start = datetime.combine(start, time(), ROME)
        if not isinstance(start, datetime) or not isinstance(days, Decimal) or days != int(days):
            raise feel.FeelEvaluationError(
                "dopo_giorni_lavorativi vuole un istante e un numero intero di giorni"
            )
        try:
            return self._calendar.after_working_days(start, int(days))
        except ValueError:
            raise feel.FeelEvaluationError("dopo_giorni_lavorativi: giorni negativi o troppi") from None

    def context(self, task: Task | None, local: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Everything an expression can read at a task: its own locals, those of its rounds, the instance's."""
        token = task.data if task is not None else {}
        kept = (each.data for each in rounds.around(task))
        return ChainMap(dict(local or {}), token, *kept, self.variables)

    def value(self, text: str, context: Mapping[str, Any]) -> Any:
        """The value of a FEEL expression (with or without «=»), in FEEL's own types. Raises ExpressionFailed."""
        try:
            return feel.parse(text.removeprefix("=").strip(), frozenset(context)).evaluate(
                context, self.environment()
            )
        except feel.FeelError as error:
            raise ExpressionFailed(f"«{text[:120]}»: {error}") from error

    def evaluate(self, task: Task, text: str, local: Mapping[str, Any] | None = None) -> Any:
        """A FEEL expression at a task, as a JSON value. Raises ExpressionFailed."""
        return self._as_json(text, self.context(task, local))

    def text(self, source: str, context: Mapping[str, Any]) -> Any:
        """A property that may be static text or, after «=», an expression. Raises ExpressionFailed."""
        return self._as_json(source, context) if source.startswith("=") else source

    def _as_json(self, text: str, context: Mapping[str, Any]) -> Any:
        value = self.value(text, context)
        try:
            return feel.to_json(value)
        except feel.FeelError as error:  # a function, or more than a variable may hold
            raise ExpressionFailed(f"«{text[:120]}»: {error}") from error

    def mapped(self, lines: tuple[Assignment, ...], context: Mapping[str, Any]) -> dict[str, Any]:
        """What an io mapping makes: dotted targets make nested objects."""
        found: dict[str, Any] = {}
        for target, value in self.values(lines, context):
            put(found, target, value)
        return found

    def values(self, lines: tuple[Assignment, ...], context: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """The targets of an io mapping with their values, one line after the other; each sees those before it."""
        found: dict[str, Any] = {}
        made = []
        for line in lines:
            value = self.text(line.source, {**context, **found})
            put(found, line.target, value)
            made.append((line.target, value))
        return made

    def assign(self, task: Task | None, target: str, value: Any) -> None:
        """Write a variable: in the round that the task is in, otherwise in the instance."""
        root, _, rest = target.partition(".")
        home = next((each for each in self._homes(task) if self.rounds_apart or root in each.data), None)
        if home is not None:
            kept = dict(home.data)
            if rest and root not in kept:
                kept[root] = self.context(home).get(root)
            home.data = put(kept, target, value)
            return
        put(self.variables, target, value)
        self.written[root] = self.variables[root]

    def _homes(self, task: Task | None) -> Iterator[Task]:
        """Where a variable may live: a token that has locals of its own (format 1), then the rounds around it."""
        if task is not None and task.data and not self.rounds_apart:
            yield task
        yield from rounds.around(task)

    def collection(self, task: Task, element: Element) -> list[Any]:
        """The items of a multi-instance activity; null means none."""
        assert element.loop is not None
        items = self.evaluate(task, element.loop.collection)
        if items is None:
            return []
        if not isinstance(items, list):
            raise ExpressionFailed(f"«{element.loop.collection}»: non è una lista")
        if len(items) > MOST_ROUNDS:
            raise ExpressionFailed(
                f"«{element.loop.collection}»: {len(items)} giri, al massimo {MOST_ROUNDS}"
            )
        return items

    def decide(self, decision: str, context: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """The value of a decision, and per table the rules that matched. Raises ExpressionFailed."""
        model = self._models.get(decision)
        if model is None:
            raise ExpressionFailed(f"la decisione «{decision}» non è in questa release")
        try:
            decided = model.explain(decision, context, self.environment())
        except (dmn.DmnError, feel.FeelError) as error:
            raise ExpressionFailed(f"decisione «{decision}»: {error}") from error
        return decided.value, [[table, list(rules)] for table, rules in decided.tables]


def put(data: dict[str, Any], target: str, value: Any) -> dict[str, Any]:
    """Set a dotted path, copying every object on the way: values are shared between states and never changed."""
    first, _, rest = target.partition(".")
    if rest:
        inner = data.get(first)
        value = put(dict(inner) if isinstance(inner, dict) else {}, rest, value)
    data[first] = value
    return data

"""What a decision table answers when some of its rules match (DMN 1.5, 8.2.8 and 8.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from engine import feel
from engine.dmn.errors import DmnError, RulesOverlap, TableUndefined
from engine.dmn.run import Run
from engine.feel.comparison import equal


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: its outputs in column order, and the value they make."""

    rule_id: str
    outputs: Sequence[object]
    value: object


class Table(Protocol):
    """What a hit policy needs to know of its table."""

    @property
    def element_id(self) -> str: ...

    @property
    def aggregation(self) -> str | None: ...

    def rank(self, hit: Hit, run: Run) -> tuple[int, ...]:
        """Place of the outputs among the allowed values, highest priority first."""
        ...


Policy = Callable[[Table, Sequence[Hit], Run], object]
"""Takes the rules that matched (at least one) in the order of the table, gives the table's value."""


def unique(table: Table, hits: Sequence[Hit], run: Run) -> object:
    if len(hits) == 1:
        return hits[0].value
    return run.null(_overlap(table, hits, "UNIQUE"))


def any_(table: Table, hits: Sequence[Hit], run: Run) -> object:
    first = hits[0].value
    if all(equal(first, hit.value, run.meter) is True for hit in hits[1:]):
        return first
    return run.null(_overlap(table, hits, "ANY"))


def _overlap(table: Table, hits: Sequence[Hit], policy: str) -> DmnError:
    return RulesOverlap(table.element_id, tuple(hit.rule_id for hit in hits), policy)


def first(table: Table, hits: Sequence[Hit], run: Run) -> object:
    return hits[0].value


def priority(table: Table, hits: Sequence[Hit], run: Run) -> object:
    return min(hits, key=lambda hit: table.rank(hit, run)).value


def rule_order(table: Table, hits: Sequence[Hit], run: Run) -> object:
    return [hit.value for hit in hits]


def output_order(table: Table, hits: Sequence[Hit], run: Run) -> object:
    return [hit.value for hit in sorted(hits, key=lambda hit: table.rank(hit, run))]


def collect(table: Table, hits: Sequence[Hit], run: Run) -> object:
    values = [hit.value for hit in hits]
    if table.aggregation is None:
        return values
    if table.aggregation == "COUNT":
        return Decimal(len(values))
    if len(hits[0].outputs) > 1:
        return run.null(TableUndefined(table.element_id, "aggrega più di una colonna"))
    return AGGREGATIONS[table.aggregation](values, run)


def _built_in(name: str) -> Callable[[list[object], Run], object]:
    """Aggregations are FEEL's own functions: what they do with mixed types is decided there."""
    expression = feel.parse(f"{name}(values)")
    return lambda values, run: expression.evaluate({"values": values}, run.env)


AGGREGATIONS: dict[str, Callable[[list[object], Run], object]] = {
    "SUM": _built_in("sum"),
    "MIN": _built_in("min"),
    "MAX": _built_in("max"),
}

POLICIES: dict[str, Policy] = {
    "UNIQUE": unique,
    "ANY": any_,
    "FIRST": first,
    "PRIORITY": priority,
    "RULE ORDER": rule_order,
    "OUTPUT ORDER": output_order,
    "COLLECT": collect,
}

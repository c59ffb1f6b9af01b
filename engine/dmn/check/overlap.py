"""Rules of a UNIQUE table that may match together, where their cells are constants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from engine.dmn.literal import Tests
from engine.dmn.region import EVERYTHING, Region
from engine.dmn.table import DecisionTable

MAX_COMPARISONS = 1_000_000
"""Comparisons of cells (about a second) beyond which a table is not checked: its evaluation still is."""

MAX_REPORTED = 20


def overlapping_rules(table: DecisionTable) -> Iterator[tuple[int, int]]:
    """Pairs of rules (numbered from 1) that some input surely satisfies together; at most MAX_REPORTED.

    Sets of rules are the bits of integers: the rules that meet in all columns are a conjunction.
    """
    together = [(1 << len(table.rules)) - 1] * len(table.rules)
    columns = [_Column(table, number) for number in range(len(table.inputs))]
    left = MAX_COMPARISONS
    for column in sorted(columns, key=lambda column: column.cost):
        left -= column.cost
        if left < 0:
            return
        together = [before & met for before, met in zip(together, column.meeting(), strict=True)]
    pairs = (
        (rule + 1, rule + 1 + distance)
        for rule, others in enumerate(together)
        for distance in _bits(others >> rule)
        if distance
    )
    yield from islice(pairs, MAX_REPORTED)


def _bits(number: int) -> Iterator[int]:
    """The places of the ones."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


class _Column:
    """The cells of a column: equal ones are compared once, points through a dictionary."""

    def __init__(self, table: DecisionTable, number: int) -> None:
        self.cells = [_cell(rule.conditions, number) for rule in table.rules]
        self.rules: dict[str, int] = defaultdict(int)
        for rule, text in enumerate(cell.text for cell in self.cells):
            self.rules[text] |= 1 << rule
        by_text = {cell.text: cell.region for cell in self.cells}
        self.regions: Mapping[str, Region] = {text: region for text, region in by_text.items() if region}
        self.wide = [text for text, region in self.regions.items() if region.points() is None]
        self.cost = len(self.wide) * len(self.regions)
        self.points: dict[object, int] = defaultdict(int)
        for text, region in self.regions.items():
            for point in region.points() or ():
                self.points[point] |= self.rules[text]

    def meeting(self) -> list[int]:
        """For each rule, the rules whose cell in this column surely admits a value that its own admits."""
        met = {text: self._met(region) for text, region in self.regions.items()}
        return [met.get(cell.text, 0) for cell in self.cells]

    def _met(self, region: Region) -> int:
        rules = 0
        for point in region.points() or ():
            rules |= self.points[point]
        others = self.regions if region.points() is None else self.wide
        for text in others:
            if region.meets(self.regions[text]):
                rules |= self.rules[text]
        return rules


def _cell(conditions: Sequence[Tests], number: int) -> Tests:
    """A cell of the rule; one that is missing reads as empty (and is a Problem of its own)."""
    return conditions[number] if number < len(conditions) else Tests("", "-", region=EVERYTHING)

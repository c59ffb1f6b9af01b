"""Rules of a UNIQUE table that may match together, where their cells are constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from engine.dmn.check.region import Region, region_of
from engine.dmn.literal import Tests
from engine.dmn.table import DecisionTable

MAX_DISTINCT = 1_000
"""Different cells in a column beyond which it is not compared: the evaluation still finds overlaps."""

MAX_REPORTED = 20


def overlapping_rules(table: DecisionTable) -> Iterator[tuple[int, int]]:
    """Pairs of rules (numbered from 1) that some input surely satisfies together; at most MAX_REPORTED."""
    together = [(1 << len(table.rules)) - 1] * len(table.rules)
    for column in range(len(table.inputs)):
        for rule, meeting in enumerate(_meeting(_cells(table, column))):
            together[rule] &= meeting
    pairs = (
        (rule + 1, rule + 1 + distance)
        for rule, others in enumerate(together)
        for distance in _bits(others >> rule)
        if distance
    )
    yield from islice(pairs, MAX_REPORTED)


def _cells(table: DecisionTable, column: int) -> list[Tests | None]:
    return [rule.conditions[column] if column < len(rule.conditions) else None for rule in table.rules]


def _bits(number: int) -> Iterator[int]:
    """The places of the ones."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _meeting(cells: Sequence[Tests | None]) -> list[int]:
    """For each rule, the set of the rules (as bits) whose cell in this column admits a value it admits.

    Equal cells are compared once: a column has few different ones.
    """
    regions: dict[str, Region] = {}
    rules: dict[str, int] = {}
    for rule, cell in enumerate(cells):
        if cell is not None and cell.text not in regions:
            region = region_of(cell)
            if region is not None:
                regions[cell.text] = region
        if cell is not None and cell.text in regions:
            rules[cell.text] = rules.get(cell.text, 0) | 1 << rule
    if len(regions) > MAX_DISTINCT:
        return [0] * len(cells)
    meeting = {text: _rules_met(region, regions, rules) for text, region in regions.items()}
    return [meeting.get(cell.text, 0) if cell is not None else 0 for cell in cells]


def _rules_met(region: Region, regions: Mapping[str, Region], rules: Mapping[str, int]) -> int:
    met = 0
    for text, other in regions.items():
        if region.meets(other):
            met |= rules[text]
    return met

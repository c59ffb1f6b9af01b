"""Compiled patterns: one interface over RE2 and over our own machine."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from engine.feel.budget import Meter
from engine.feel.regex.machine import Machine
from engine.feel.regex.reader import read_pattern
from engine.feel.regex.translation import to_re2
from engine.feel.regex.tree import Back, Choice, Group, Node, PatternError, Repeat, Sequence

Spans = list[tuple[int, int]]
RE2_MEMORY = 2**21
"""Bytes one pattern may use, program and automaton: past it RE2 refuses the pattern or slows down."""
RE2_WORK_PER_STEP = 128
"""Characters times instructions that cost one step: an estimate, so that a default budget is about two seconds."""


class Pattern:
    """A pattern. A match is the spans of the whole and of each group: (-1, -1) if it took no part."""

    def __init__(self, text: str, flags: str) -> None:
        node, self.groups = read_pattern(text, flags)
        self.machine = Machine(node, self.groups, flags) if _has_back(node) else None
        self.linear = None if self.machine else _re2(node, flags)

    def _pay(self, text: str, meter: Meter) -> None:
        """RE2's worst case is the length of the text times the size of the program."""
        size = self.linear.programsize if self.linear is not None else 1
        meter.spend(1 + len(text) * size // RE2_WORK_PER_STEP)
        meter.look()

    def matches(self, text: str, meter: Meter) -> bool:
        """Whether any part of the text matches."""
        self._pay(text, meter)
        if self.linear is not None:
            return self.linear.search(text) is not None
        return next(self._search(text, meter), None) is not None

    def find(self, text: str, meter: Meter) -> Iterator[Spans]:
        """The matches from left to right, none overlapping."""
        self._pay(text, meter)
        if self.linear is None:
            yield from self._search(text, meter)
            return
        for match in self.linear.finditer(text):
            meter.look()
            yield [match.span(group) for group in range(self.groups + 1)]

    def _search(self, text: str, meter: Meter) -> Iterator[Spans]:
        assert self.machine is not None
        start = 0
        while start <= len(text):
            slots = self.machine.match_at(text, start, meter)
            if slots is None:
                start += 1
                continue
            yield [(slots[2 * group], slots[2 * group + 1]) for group in range(self.groups + 1)]
            start = max(slots[1], start + 1)


def _has_back(node: Node) -> bool:
    if isinstance(node, Sequence):
        return any(map(_has_back, node.parts))
    if isinstance(node, Choice):
        return any(map(_has_back, node.options))
    if isinstance(node, (Group, Repeat)):
        return _has_back(node.body)
    return isinstance(node, Back)


def _re2(node: Node, flags: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = RE2_MEMORY
    inline = "".join(flag for flag in "im" if flag in flags)
    try:
        return re2.compile(f"(?{inline}:{to_re2(node, 'i' in flags)})", options)
    except re2.error:
        raise PatternError("espressione regolare troppo grande") from None


@lru_cache(maxsize=128)
def compile_pattern(text: str, flags: str) -> Pattern:
    """The compiled pattern. Raises PatternError."""
    return Pattern(text, flags)

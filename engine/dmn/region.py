"""The values that a cell of constants admits: points and intervals of one kind, or all but those."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from engine import feel
from engine.feel import syntax
from engine.feel.comparison import compare
from engine.feel.compiler import compile_node
from engine.feel.parser import parse_tests_text
from engine.feel.scope import Root, Run
from engine.feel.values import COMPARABLE, Value

Quick = tuple[type, Callable[[Value], bool]]
"""The kind of value that can be told quickly, and the test."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`; None is no bound. A point has one value for both."""

    low: Value
    high: Value
    low_included: bool = True
    high_included: bool = True

    def admits(self, value: Value) -> bool:
        """Whether a value of the same kind, of those that Python orders as FEEL does, is in it."""
        if self.low is not OPEN and not (self.low <= value if self.low_included else self.low < value):
            return False
        return self.high is OPEN or bool(value <= self.high if self.high_included else value < self.high)

    def meets(self, other: Span) -> bool:
        """Whether some value may be in both. Values without an order have equality only."""
        if self.is_point and other.is_point and type(self.low) not in COMPARABLE:
            return type(self.low) is type(other.low) and bool(self.low == other.low)
        return self._reaches(other) and other._reaches(self)

    @property
    def is_point(self) -> bool:
        closed = self.low_included and self.high_included
        return closed and type(self.low) is type(self.high) and bool(self.low == self.high)

    def _reaches(self, other: Span) -> bool:
        """Whether this span goes up at least to where the other starts."""
        if self.high is OPEN or other.low is OPEN:
            return self.kind is other.kind
        order = compare(self.high, other.low)
        if order is None:
            return False
        return order > 0 or (order == 0 and self.high_included and other.low_included)

    @property
    def kind(self) -> type:
        return type(self.high if self.low is OPEN else self.low)

    def covers(self, other: Span) -> bool:
        """Whether the other lies wholly in this; False when in doubt."""
        if other.is_point:
            return self.meets(other)
        return self == other


class _Open:
    """The bound that is not there (None is a value: null)."""


OPEN = _Open()


@dataclass(frozen=True, slots=True)
class Region:
    """What a cell admits: any of its spans, or with `negated` whatever is in none of them."""

    spans: tuple[Span, ...]
    negated: bool = False

    def points(self) -> list[object] | None:
        """The single values that this is made of, each with its kind; None when it is more than that."""
        if self.negated or not all(span.is_point for span in self.spans):
            return None
        return [(span.kind, span.low) for span in self.spans]

    def meets(self, other: Region) -> bool:
        """Whether some value is surely in both."""
        if self is other:
            return True
        if self.negated and other.negated:
            return not self.spans or not other.spans
        if self.negated:
            return other.meets(self)
        if other.negated:
            return any(not any(out.covers(span) for out in other.spans) for span in self.spans)
        return any(one.meets(two) for one in self.spans for two in other.spans)


EVERYTHING = Region((), negated=True)


def region_of(text: str, names: frozenset[str], tests: feel.UnaryTests) -> Region | None:
    """The region of a cell, or None when it is not made of constants."""
    if tests.variables:
        return None
    node = parse_tests_text(text, names)
    spans = [_span(test) for test in node.tests]
    known = tuple(span for span in spans if span is not None)
    return Region(known, node.negated) if len(known) == len(spans) else None


def quick_test(region: Region | None) -> Quick | None:
    """The region as a plain comparison, where all its values are numbers or all texts.

    A cell is asked for every decision: this takes a tenth of the time of the tests it stands for. A value
    of another kind (null, a list) is left to FEEL.
    """
    kinds = {span.kind for span in region.spans} if region else set()
    if region is None or len(kinds) != 1 or not kinds <= {Decimal, str}:
        return None
    kind = kinds.pop()
    if all(span.is_point for span in region.spans):
        points = frozenset(span.low for span in region.spans)
        return kind, (lambda value: value not in points) if region.negated else points.__contains__
    admitted = [span.admits for span in region.spans]
    if len(admitted) == 1 and not region.negated:
        return kind, admitted[0]
    return kind, lambda value: any(admits(value) for admits in admitted) is not region.negated


def _span(test: syntax.Test) -> Span | None:
    """The span of one test. Only literals, ranges and calls such as date("…") are constants."""
    if test.mentions_input:
        return None
    if isinstance(test.operand, syntax.RangeLiteral):
        operand = test.operand
        low, high = _constant(operand.start), _constant(operand.end)
        order = compare(low, high)
        # An empty range, such as [10..1], admits nothing and is left to the evaluation.
        closed = operand.start_included and operand.end_included
        if order is None or order > 0 or (order == 0 and not closed):
            return None
        return Span(low, high, operand.start_included, operand.end_included)
    if test.operator is None and isinstance(test.operand, syntax.Literal):
        return Span(test.operand.value, test.operand.value)
    value = _constant(test.operand)
    if value is None:
        return None
    match test.operator:
        case None | "=":
            return Span(value, value)
        case "<" | "<=":
            return Span(OPEN, value, False, test.operator == "<=")
        case ">" | ">=":
            return Span(value, OPEN, test.operator == ">=", False)
        case _:
            return None


def _constant(node: syntax.Node) -> Value:
    """The value of an expression without variables, if it is one that has an order."""
    if not isinstance(node, syntax.Literal | syntax.Negation | syntax.Call):
        return None
    value = compile_node(node)(Root({}, Run(feel.Environment())))
    return value if type(value) in COMPARABLE else None

"""FEEL text in a model: an expression or the unary tests of a cell, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import DecimalException
from typing import TYPE_CHECKING

from engine import feel
from engine.dmn.errors import ExpressionFailed
from engine.dmn.region import EVERYTHING, Quick, Region, quick_test, region_of

if TYPE_CHECKING:
    from engine.dmn.run import Run, Scope


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression; an empty one is null. `refused` keeps why its text cannot be read, until
    somebody evaluates it."""

    element_id: str
    text: str
    type_ref: str | None = None
    names: frozenset[str] = frozenset()
    expression: feel.Expression | None = None
    refused: feel.FeelSyntaxError | None = None

    def evaluate(self, scope: Scope, run: Run) -> object:
        if self.expression is not None:
            return run.coerce(self.element_id, self.type_ref, self.expression.evaluate(scope, run.env))
        if self.refused is not None:
            return run.null(ExpressionFailed(self.element_id, str(self.refused)))
        return None


@dataclass(frozen=True, slots=True)
class Tests:
    """The condition of a cell, or allowed values; without `tests` (an empty cell or `-`) all match.

    `region` is what a cell of constants admits, `quick` the same as a plain comparison.
    """

    element_id: str
    text: str
    names: frozenset[str] = frozenset()
    tests: feel.UnaryTests | None = None
    refused: feel.FeelSyntaxError | None = None
    region: Region | None = None
    quick: Quick | None = None

    def match(self, value: object, scope: Scope, run: Run) -> bool:
        quick = self._quickly(value)
        if quick is not None:
            return quick
        if self.tests is not None:
            return self.tests.matches(value, scope, run.cell_env) is True
        if self.refused is not None:
            run.null(ExpressionFailed(self.element_id, str(self.refused)))
        return self.refused is None

    def _quickly(self, value: object) -> bool | None:
        """The answer for a number or text and a cell of such; None where FEEL has to say."""
        if self.quick is None or type(value) is not self.quick[0]:
            return None
        try:
            return self.quick[1](value)
        except DecimalException:
            return None


def read_literal(element_id: str, text: str, type_ref: str | None, names: frozenset[str]) -> Literal:
    """Compile an expression; `names` are those of the model that FEEL could not tell from operators."""
    if not text.strip():
        return Literal(element_id, text, type_ref)
    try:
        return Literal(element_id, text, type_ref, names, feel.parse(text, names))
    except feel.FeelSyntaxError as error:
        return Literal(element_id, text, type_ref, names, None, error)


def read_tests(element_id: str, text: str, names: frozenset[str]) -> Tests:
    """Compile the unary tests of a cell."""
    if text.strip() in ("", "-"):
        return Tests(element_id, text, names, region=EVERYTHING)
    try:
        tests = feel.parse_unary_tests(text, names)
    except feel.FeelSyntaxError as error:
        return Tests(element_id, text, names, None, error)
    region = region_of(text, names, tests)
    return Tests(element_id, text, names, tests, None, region, quick_test(region))

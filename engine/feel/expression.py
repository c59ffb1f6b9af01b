"""Parsed expressions and unary tests: parsed once, kept by text and names, evaluated many times."""

from collections.abc import Callable, Mapping
from decimal import DecimalException
from functools import lru_cache
from typing import Any, TypeVar

from engine.feel.analysis import Reading
from engine.feel.compiler import compile_node
from engine.feel.compiler.tests import compile_tests
from engine.feel.environment import Environment
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError, FeelSyntaxError
from engine.feel.interchange import from_json
from engine.feel.parser import parse_tests_text, parse_text
from engine.feel.scope import Root, Run
from engine.feel.syntax import Node
from engine.feel.values import Value

CACHED = 4096
NO_NAMES: frozenset[str] = frozenset()

P = TypeVar("P", bound="Parsed")


class Parsed:
    """What expressions and unary tests share: the text and what it reads.

    variables: root names read from the context, without locals and built-in functions. paths: the same with
    the dotted path, `("isee", "valore")`. ambiguous: names in filters that may be properties of the items.
    """

    def __init__(self, text: str, node: Node, names: frozenset[str], bound: frozenset[str]) -> None:
        self.text = text
        reading = Reading(names)
        reading.visit(node, bound)
        self.paths = frozenset(reading.paths)
        self.variables = frozenset(path[0] for path in self.paths)
        self.ambiguous = frozenset(reading.ambiguous)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(Parsed):
    """A parsed expression. It holds no state: one may be evaluated by several threads at once."""

    def __init__(self, text: str, node: Node, names: frozenset[str]) -> None:
        super().__init__(text, node, names, frozenset())
        self._evaluate = compile_node(node)

    def evaluate(self, context: Mapping[str, object], env: Environment | None = None) -> Value:
        """The value in a context of JSON or FEEL values.

        What FEEL cannot compute is null, with a warning in `env.warnings`. Raises FeelBudgetExceeded when the
        budget ends, FeelEvaluationError when the context holds a value FEEL cannot take.
        """
        run = Run(env or Environment())
        try:
            value = self._evaluate(Root(context, run))
            if type(value) in (list, dict):
                weigh(value, run)
        except RecursionError:
            raise FeelBudgetExceeded("depth", run.meter.budget.depth) from None
        except DecimalException:
            raise FeelEvaluationError("un numero del contesto non è un numero finito") from None
        return value


class UnaryTests(Parsed):
    """Parsed unary tests: a cell of a decision table, or allowed values."""

    def __init__(self, text: str, node: Node, names: frozenset[str]) -> None:
        super().__init__(text, node, names, frozenset({"?"}))
        self._passes = compile_tests(node)

    def matches(
        self, value: object, context: Mapping[str, object], env: Environment | None = None
    ) -> bool | None:
        """Whether a value passes: None when it cannot be told. Raises as `Expression.evaluate`."""
        run = Run(env or Environment())
        try:
            tested = from_json(value)
            return self._passes(tested, Root(context, run).inner({"?": tested}))
        except RecursionError:
            raise FeelBudgetExceeded("depth", run.meter.budget.depth) from None
        except DecimalException:
            raise FeelEvaluationError("un numero del contesto non è un numero finito") from None


def weigh(value: Value, run: Run) -> None:
    """Count the items of a result as if written out: an item shared by many places counts for each."""
    waiting: list[Any] = [value]
    left = run.meter.budget.size
    while waiting:
        current = waiting.pop()
        children = current.values() if isinstance(current, dict) else current
        left -= len(current) + 1 + sum(len(child) for child in children if type(child) is str)
        if left < 0:
            raise FeelBudgetExceeded("size", run.meter.budget.size)
        waiting.extend(child for child in children if type(child) in (list, dict))


@lru_cache(maxsize=CACHED)
def parse(text: str, names: frozenset[str] = NO_NAMES) -> Expression:
    """The expression a text writes. `names` are the variables in scope: those with operators in them
    (`a+b`) or with words of the language (`profit and loss`) are read as names only if listed here.
    Raises FeelSyntaxError.
    """
    return _built(Expression, text, parse_text(text, names), names)


@lru_cache(maxsize=CACHED)
def parse_unary_tests(text: str, names: frozenset[str] = NO_NAMES) -> UnaryTests:
    """The unary tests a text writes; `names` as for `parse`. Raises FeelSyntaxError."""
    return _built(UnaryTests, text, parse_tests_text(text, names), names)


def _built(kind: Callable[[str, Node, frozenset[str]], P], text: str, node: Node, names: frozenset[str]) -> P:
    try:
        return kind(text, node, names)
    except RecursionError:
        raise FeelSyntaxError(0, "espressione troppo annidata", text) from None

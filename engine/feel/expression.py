"""Parsed expressions and unary tests: parsed once, kept by text and names, evaluated many times."""

from collections.abc import Mapping
from decimal import DecimalException
from functools import cached_property, lru_cache
from typing import Any

from engine.feel.analysis import Reading
from engine.feel.compiler import Evaluator, compile_node
from engine.feel.compiler.tests import Tester, compile_tests
from engine.feel.environment import Environment
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError, FeelSyntaxError
from engine.feel.interchange import from_json
from engine.feel.parser import parse_tests_text, parse_text
from engine.feel.scope import Root, Run
from engine.feel.syntax import Node
from engine.feel.values import Value

CACHED = 4096
KEPT_TEXT = 10_000
"""Longer texts are parsed each time, so that a few thousand monsters cannot fill the memory."""
NO_NAMES: frozenset[str] = frozenset()


class Parsed:
    """What expressions and unary tests share: the text and what it reads."""

    bound = NO_NAMES

    def __init__(self, text: str, node: Node, names: frozenset[str]) -> None:
        self.text = text
        self._node = node
        self._names = names

    @cached_property
    def _reading(self) -> Reading:
        reading = Reading(self._names)
        reading.visit(self._node, self.bound)
        return reading

    @cached_property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """What is read from the context, with its dotted path: `("isee", "valore")`."""
        return frozenset(self._reading.paths)

    @cached_property
    def variables(self) -> frozenset[str]:
        """The root names read from the context, without locals and built-in functions."""
        return frozenset(path[0] for path in self.paths)

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """Names in filters that may be properties of the items or variables: only values can tell."""
        return frozenset(self._reading.ambiguous)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(Parsed):
    """A parsed expression. It holds no state: one may be evaluated by several threads at once."""

    def __init__(self, text: str, node: Node, names: frozenset[str], evaluator: Evaluator) -> None:
        super().__init__(text, node, names)
        self._evaluator = evaluator

    def evaluate(self, context: Mapping[str, object], env: Environment | None = None) -> Value:
        """The value in a context of JSON or FEEL values.

        What FEEL cannot compute is null, with a warning in `env.warnings`. Raises FeelBudgetExceeded when the
        budget ends, FeelEvaluationError when the context holds a value FEEL cannot take.
        """
        run = Run(env or Environment())
        try:
            value = self._evaluator(Root(context, run))
            if type(value) in (list, dict):
                weigh(value, run)
        except RecursionError:
            raise FeelBudgetExceeded("depth", run.meter.budget.depth) from None
        except DecimalException:
            raise FeelEvaluationError("un numero del contesto non è un numero finito") from None
        return value


class UnaryTests(Parsed):
    """Parsed unary tests: a cell of a decision table, or allowed values."""

    bound = frozenset({"?"})

    def __init__(self, text: str, node: Node, names: frozenset[str], tester: Tester) -> None:
        super().__init__(text, node, names)
        self._tester = tester

    def matches(
        self, value: object, context: Mapping[str, object], env: Environment | None = None
    ) -> bool | None:
        """Whether a value passes: None when it cannot be told. Raises as `Expression.evaluate`."""
        run = Run(env or Environment())
        try:
            tested = from_json(value)
            return self._tester(tested, Root(context, run).inner({"?": tested}))
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


def parse(text: str, names: frozenset[str] = NO_NAMES, properties: frozenset[str] = NO_NAMES) -> Expression:
    """The expression a text writes. `names` are the variables in scope, `properties` the entries of their
    contexts: those with operators in them (`a+b`) or with words of the language (`profit and loss`) are read
    as names only if listed here. Raises FeelSyntaxError.
    """
    kept = _expression if len(text) <= KEPT_TEXT else _expression.__wrapped__
    return kept(text, names, properties)


def parse_unary_tests(text: str, names: frozenset[str] = NO_NAMES) -> UnaryTests:
    """The unary tests a text writes; `names` as for `parse`. Raises FeelSyntaxError."""
    return (_unary_tests if len(text) <= KEPT_TEXT else _unary_tests.__wrapped__)(text, names)


@lru_cache(maxsize=CACHED)
def _expression(text: str, names: frozenset[str], properties: frozenset[str]) -> Expression:
    compiled = _compiled if len(text) <= KEPT_TEXT else _compiled.__wrapped__
    node, evaluator = compiled(text, _composed(names), _composed(properties))
    return Expression(text, node, names, evaluator)


@lru_cache(maxsize=CACHED)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    compiled = _compiled_tests if len(text) <= KEPT_TEXT else _compiled_tests.__wrapped__
    node, tester = compiled(text, _composed(names))
    return UnaryTests(text, node, names, tester)


def _composed(names: frozenset[str]) -> frozenset[str]:
    """The names that change how a text is read. The others need not split the cache: every process instance
    has a set of variables of its own, and all of them evaluate the same conditions.
    """
    return frozenset(name for name in names if not name.isidentifier())


@lru_cache(maxsize=CACHED)
def _compiled(text: str, names: frozenset[str], properties: frozenset[str]) -> tuple[Node, Evaluator]:
    node = parse_text(text, names, properties)
    try:
        return node, compile_node(node)
    except RecursionError:
        raise FeelSyntaxError(0, "espressione troppo annidata", text) from None


@lru_cache(maxsize=CACHED)
def _compiled_tests(text: str, names: frozenset[str]) -> tuple[Node, Tester]:
    node = parse_tests_text(text, names)
    try:
        return node, compile_tests(node)
    except RecursionError:
        raise FeelSyntaxError(0, "espressione troppo annidata", text) from None

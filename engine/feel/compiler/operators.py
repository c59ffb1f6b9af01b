"""Arithmetic, comparison, and, or, between, instance of."""

import operator
from collections.abc import Callable
from decimal import Decimal

from engine.feel.arithmetic import negate, operate
from engine.feel.comparison import compare, equal
from engine.feel.compiler.core import Evaluator, compile_all, compile_node, compiles
from engine.feel.errors import Nulled
from engine.feel.scope import Run, Scope
from engine.feel.syntax import Arithmetic, Between, Comparison, InstanceOf, Junction, Literal, Negation
from engine.feel.types import is_defined
from engine.feel.values import Value, kind_name

ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@compiles(Negation)
def negation(node: Negation) -> Evaluator:
    operand = compile_node(node.operand)
    at = node.at
    if isinstance(node.operand, Literal) and type(node.operand.value) is Decimal:
        constant = negate(node.operand.value)
        return lambda scope: constant

    def evaluate(scope: Scope) -> Value:
        try:
            return negate(operand(scope))
        except Nulled as reason:
            return scope.run.null(at, reason.message)

    return evaluate


@compiles(Arithmetic)
def arithmetic(node: Arithmetic) -> Evaluator:
    first = compile_node(node.first)
    rest = tuple((symbol, compile_node(operand), at) for symbol, operand, at in node.rest)

    def evaluate(scope: Scope) -> Value:
        value = first(scope)
        for symbol, operand, at in rest:
            value = apply(symbol, value, operand(scope), at, scope.run)
        return value

    return evaluate


def apply(symbol: str, left: Value, right: Value, at: int, run: Run) -> Value:
    """One arithmetic operation; null with a warning where it has no meaning."""
    if type(left) is str and type(right) is str and symbol == "+":
        run.meter.grow(len(left) + len(right))
    try:
        return operate(symbol, left, right)
    except Nulled as reason:
        return run.null(at, reason.message)


@compiles(Comparison)
def comparison(node: Comparison) -> Evaluator:
    left, right = compile_node(node.left), compile_node(node.right)
    if node.operator in ORDERS:
        return _order(left, right, node.operator, node.at)
    return _equality(left, right, node.operator == "=", node.at)


def _order(left: Evaluator, right: Evaluator, symbol: str, at: int) -> Evaluator:
    holds = ORDERS[symbol]

    def evaluate(scope: Scope) -> bool | None:
        one, other = left(scope), right(scope)
        if type(one) is Decimal and type(other) is Decimal:
            return holds(one, other)  # type: ignore[arg-type]
        return ordered(holds, symbol, one, other, at, scope.run)

    return evaluate


def ordered(
    holds: Callable[[int, int], bool], symbol: str, left: Value, right: Value, at: int, run: Run
) -> bool | None:
    """The answer of an order comparison; null with a warning when the two have no order."""
    order = compare(left, right)
    if order is None:
        run.null(at, f"«{symbol}» non confronta {kind_name(left)} e {kind_name(right)}")
        return None
    return holds(order, 0)


def _equality(left: Evaluator, right: Evaluator, wanted: bool, at: int) -> Evaluator:
    def evaluate(scope: Scope) -> bool | None:
        return equality(left(scope), right(scope), wanted, at, scope.run)

    return evaluate


def equality(left: Value, right: Value, wanted: bool, at: int, run: Run) -> bool | None:
    """Whether two values are equal (or, with `wanted` False, differ); null with a warning across kinds."""
    same = equal(left, right, run.meter)
    if same is None:
        run.null(at, f"non si confrontano {kind_name(left)} e {kind_name(right)}")
        return None
    return same is wanted


@compiles(Between)
def between(node: Between) -> Evaluator:
    value, low, high = compile_all((node.value, node.low, node.high))
    at = node.at

    def evaluate(scope: Scope) -> bool | None:
        middle, run = value(scope), scope.run
        above = ordered(operator.ge, "between", middle, low(scope), at, run)
        below = ordered(operator.le, "between", middle, high(scope), at, run)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return evaluate


@compiles(Junction)
def junction(node: Junction) -> Evaluator:
    operands = compile_all(node.operands)
    decisive, neutral = node.operator == "or", node.operator == "and"
    at, symbol = node.at, node.operator

    def evaluate(scope: Scope) -> bool | None:
        result: bool | None = neutral
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return not neutral
            if type(value) is not bool:
                if value is not None:
                    scope.run.null(at, f"«{symbol}» vuole valori booleani, non {kind_name(value)}")
                result = None
        return result

    return evaluate


@compiles(InstanceOf)
def instance_of(node: InstanceOf) -> Evaluator:
    value, wanted, at = compile_node(node.value), node.type, node.at

    def evaluate(scope: Scope) -> bool | None:
        named = scope.run.environment.types
        if not is_defined(wanted, named):
            scope.run.null(at, "il tipo dopo «instance of» non esiste, o gli mancano i parametri fra < e >")
            return None
        return wanted.admits(value(scope), named)

    return evaluate

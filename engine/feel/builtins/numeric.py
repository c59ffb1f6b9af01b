"""Roundings, modulo, powers and parity."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel.arithmetic import negate
from engine.feel.builtins.registry import builtin
from engine.feel.durations import DayTimeDuration
from engine.feel.errors import Nulled
from engine.feel.numbers import CONTEXT, EXACT, ZERO, round_to, whole
from engine.feel.scope import Run
from engine.feel.values import Value


def _rounding(mode: str) -> Callable[..., Decimal]:
    def rounded(run: Run, n: Decimal, scale: Decimal | None = None) -> Decimal:
        return round_to(n, ZERO if scale is None else scale, mode)

    return rounded


builtin("decimal(n: number, scale: number)")(_rounding(ROUND_HALF_EVEN))
builtin("round up(n: number, scale: number)")(_rounding(ROUND_UP))
builtin("round down(n: number, scale: number)")(_rounding(ROUND_DOWN))
builtin("round half up(n: number, scale: number)")(_rounding(ROUND_HALF_UP))
builtin("round half down(n: number, scale: number)")(_rounding(ROUND_HALF_DOWN))
builtin("floor(n: number, scale?: number)")(_rounding(ROUND_FLOOR))
builtin("ceiling(n: number, scale?: number)")(_rounding(ROUND_CEILING))


@builtin("abs(n: quantity)")
def abs_(run: Run, n: Value) -> Value:
    if isinstance(n, Decimal):
        return CONTEXT.abs(n)
    amount = n.nanos if isinstance(n, DayTimeDuration) else n.months
    return negate(n) if amount < 0 else n


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): the result has the sign of the divisor."""
    if not divisor:
        raise Nulled("divisione per zero")
    rest = CONTEXT.plus(EXACT.remainder(dividend, divisor))
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def sqrt(run: Run, number: Decimal) -> Decimal:
    return CONTEXT.sqrt(number)


@builtin("log(number: number)")
def log(run: Run, number: Decimal) -> Decimal:
    """Natural logarithm."""
    if number <= 0:
        raise Nulled("il logaritmo vuole un numero positivo")
    return CONTEXT.ln(number)


@builtin("exp(number: number)")
def exp(run: Run, number: Decimal) -> Decimal:
    return CONTEXT.exp(number)


@builtin("odd(number: number)")
def odd(run: Run, number: Decimal) -> bool:
    return _integer(number) % 2 == 1


@builtin("even(number: number)")
def even(run: Run, number: Decimal) -> bool:
    return _integer(number) % 2 == 0


def _integer(number: Decimal) -> int:
    integer = whole(number)
    if integer is None:
        raise Nulled(f"{number} non è un numero intero")
    return integer

"""The operators + - * / ** between any two kinds (DMN 1.5, tables 56 to 60). Nulled when they have no meaning."""

from collections.abc import Callable
from decimal import Decimal, DecimalException, DivisionByZero
from typing import Any

from engine.feel.durations import DAY, NANO, DayTimeDuration, YearMonthDuration
from engine.feel.errors import Nulled
from engine.feel.moments import Date, DateTime, Time
from engine.feel.numbers import CONTEXT, ONE
from engine.feel.values import Value, kind_name

MIDNIGHT_UTC = Time(0, 0, 0, 0, 0)
MAX_NANOS = 2_000_000_000 * 366 * DAY * NANO
MAX_MONTHS = 12 * 10**18
MAX_EXPONENT = 999_999_999

Rule = Callable[[Any, Any], Value]


def operate(operator: str, left: Value, right: Value) -> Value:
    """`left operator right`. Raises Nulled, with the reason, where FEEL gives null."""
    rule = RULES[operator].get((type(left), type(right)))
    if rule is None:
        if left is None or right is None:
            raise Nulled(f"un operando di «{operator}» è null")
        raise Nulled(f"«{operator}» non si applica a {kind_name(left)} e {kind_name(right)}")
    try:
        return rule(left, right)
    except (DivisionByZero, ZeroDivisionError):
        raise Nulled("divisione per zero") from None
    except (DecimalException, ValueError, OverflowError):
        raise Nulled(f"il risultato di «{operator}» non si può rappresentare") from None


def negate(value: Value) -> Value:
    """The opposite of a number or duration."""
    if type(value) is Decimal:
        return CONTEXT.minus(value)
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(-value.nanos)
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    raise Nulled(f"«-» non si applica a {kind_name(value)}")


def day_time(nanos: int) -> DayTimeDuration:
    """A duration; ValueError beyond what any two dates can be apart."""
    if abs(nanos) > MAX_NANOS:
        raise ValueError("durata fuori intervallo")
    return DayTimeDuration(nanos)


def year_month(months: int) -> YearMonthDuration:
    if abs(months) > MAX_MONTHS:
        raise ValueError("durata fuori intervallo")
    return YearMonthDuration(months)


def difference(left: DateTime, right: DateTime) -> DayTimeDuration:
    """Exact time between two; no result when only one of them has an offset (DMN 1.5, table 57)."""
    if left.time.is_local != right.time.is_local:
        raise ValueError("solo uno dei due ha il fuso orario")
    return day_time((left.epoch() - right.epoch()) * NANO + left.time.nano - right.time.nano)


def at_midnight(date: Date) -> DateTime:
    """A date as a date and time: midnight UTC (DMN 1.5, 10.3.2.3.5)."""
    return DateTime(date, MIDNIGHT_UTC)


def _time_difference(left: Time, right: Time) -> DayTimeDuration:
    if left.is_local != right.is_local:
        raise ValueError("solo una delle due ha il fuso orario")
    seconds = left.seconds - (left.utc_offset or 0) - right.seconds + (right.utc_offset or 0)
    return day_time(seconds * NANO + left.nano - right.nano)


def _date_plus(date: Date, duration: DayTimeDuration) -> Date:
    return Date.from_ordinal(date.ordinal + duration.nanos // (DAY * NANO))


def _moment_plus(moment: DateTime, duration: DayTimeDuration) -> DateTime:
    return moment.plus_nanos(duration.nanos)


def _time_plus(time: Time, duration: DayTimeDuration) -> Time:
    return time.at_nanos(time.seconds * NANO + time.nano + duration.nanos)


def _moment_plus_months(moment: DateTime, duration: YearMonthDuration) -> DateTime:
    return DateTime(moment.date.plus_months(duration.months), moment.time)


def _scaled(amount: int, factor: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> int:
    """Truncated towards zero: a duration has no parts smaller than its unit."""
    return int(operation(Decimal(amount), factor))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > MAX_EXPONENT:
        raise ValueError("esponente fuori intervallo")
    if not exponent:
        return ONE
    if not base and exponent < 0:
        raise ZeroDivisionError
    return CONTEXT.power(base, exponent)


def _flipped(rule: Rule) -> Rule:
    return lambda left, right: rule(right, left)


def _minus(rule: Rule) -> Rule:
    return lambda left, right: rule(left, negate(right))


N, D, T, M = Decimal, Date, Time, DateTime
DTD, YMD = DayTimeDuration, YearMonthDuration
Rules = dict[tuple[type, type], Rule]

_PLUS_DURATION: Rules = {
    (D, DTD): _date_plus,
    (D, YMD): lambda date, duration: date.plus_months(duration.months),
    (M, DTD): _moment_plus,
    (M, YMD): _moment_plus_months,
    (T, DTD): _time_plus,
    (DTD, DTD): lambda left, right: day_time(left.nanos + right.nanos),
    (YMD, YMD): lambda left, right: year_month(left.months + right.months),
}
_TIMES: Rules = {
    (DTD, N): lambda duration, factor: day_time(_scaled(duration.nanos, factor, CONTEXT.multiply)),
    (YMD, N): lambda duration, factor: year_month(_scaled(duration.months, factor, CONTEXT.multiply)),
}

RULES: dict[str, Rules] = {
    "+": {
        (N, N): CONTEXT.add,
        (str, str): lambda left, right: left + right,
        **_PLUS_DURATION,
        **{
            (right, left): _flipped(rule)
            for (left, right), rule in _PLUS_DURATION.items()
            if left is not right
        },
    },
    "-": {
        (N, N): CONTEXT.subtract,
        (D, D): lambda left, right: day_time((left.ordinal - right.ordinal) * DAY * NANO),
        (M, M): difference,
        (M, D): lambda left, right: difference(left, at_midnight(right)),
        (D, M): lambda left, right: difference(at_midnight(left), right),
        (T, T): _time_difference,
        **{kinds: _minus(rule) for kinds, rule in _PLUS_DURATION.items()},
    },
    "*": {
        (N, N): CONTEXT.multiply,
        **_TIMES,
        **{(right, left): _flipped(rule) for (left, right), rule in _TIMES.items()},
    },
    "/": {
        (N, N): CONTEXT.divide,
        (DTD, N): lambda duration, factor: day_time(_scaled(duration.nanos, factor, CONTEXT.divide)),
        (YMD, N): lambda duration, factor: year_month(_scaled(duration.months, factor, CONTEXT.divide)),
        (DTD, DTD): lambda left, right: CONTEXT.divide(Decimal(left.nanos), Decimal(right.nanos)),
        (YMD, YMD): lambda left, right: CONTEXT.divide(Decimal(left.months), Decimal(right.months)),
    },
    "**": {(N, N): _power},
}

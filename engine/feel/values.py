"""The kinds of FEEL value, and the Python type that carries each.

null None; boolean bool; number Decimal; string str; list list; context dict with str keys; dates, times,
durations, ranges and functions have classes of their own. Lists and contexts are never changed once made.
"""

from decimal import Decimal
from typing import Any, TypeAlias

from engine.feel.durations import DayTimeDuration, YearMonthDuration
from engine.feel.moments import Date, DateTime, Time
from engine.feel.ranges import Range

Value: TypeAlias = Any

KIND_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DayTimeDuration: "days and time duration",
    YearMonthDuration: "years and months duration",
    Range: "range",
}
COMPARABLE = (Decimal, str, Date, Time, DateTime, DayTimeDuration, YearMonthDuration)


def kind_name(value: Value) -> str:
    """The FEEL name of a value's kind, for messages and for equality."""
    return KIND_NAMES.get(type(value), "function")

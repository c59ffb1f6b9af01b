"""What follows a dot: entries of contexts, and the properties of dates, times, durations and ranges."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.durations import NANO, DayTimeDuration, YearMonthDuration, seconds_of
from engine.feel.moments import Date, DateTime, Time
from engine.feel.ranges import Range
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name

Properties = dict[str, Callable[[Any], Value]]


def _offset(offset: int | None) -> DayTimeDuration | None:
    return None if offset is None else DayTimeDuration(offset * NANO)


def _part(name: str) -> Callable[[Any], Decimal]:
    def read(value: DayTimeDuration | YearMonthDuration) -> Decimal:
        return value.parts()[name]

    return read


def _of(half: str, read: Callable[[Any], Value]) -> Callable[[Any], Value]:
    """A property of a date and time that its date or its time has."""
    return lambda value: read(getattr(value, half))


DATE: Properties = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.weekday),
}
TIME: Properties = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: seconds_of(value.second, value.nano),
    "time offset": lambda value: _offset(value.utc_offset),
    "timezone": lambda value: value.zone,
}
PROPERTIES: dict[type, Properties] = {
    Date: DATE,
    Time: TIME,
    DateTime: {
        **{name: _of("date", read) for name, read in DATE.items()},
        **{name: _of("time", read) for name, read in TIME.items()},
        "time offset": lambda value: _offset(value.utc_offset),
    },
    DayTimeDuration: {name: _part(name) for name in ("days", "hours", "minutes", "seconds")},
    YearMonthDuration: {name: _part(name) for name in ("years", "months")},
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}


def read_property(value: Value, name: str, at: int, run: Run, variable: str | None = None) -> Value:
    """The property of a value; of a list, those of its items. Null with a warning where it is absent."""
    kind = type(value)
    if kind is dict:
        if name in value:
            return value[name]
    elif kind is list:
        run.meter.grow(len(value))
        return [read_property(item, name, at, run) for item in value]
    elif kind in PROPERTIES and name in PROPERTIES[kind]:
        return PROPERTIES[kind][name](value)
    return run.null(at, f"{kind_name(value)} non ha «{name}»", variable and f"{variable}.{name}")

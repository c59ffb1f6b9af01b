"""Values in and out: from JSON and Python to FEEL, and back. A binary float is refused: it is never exact."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.budget import Budget, Meter
from engine.feel.durations import NANO, DayTimeDuration, YearMonthDuration
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError
from engine.feel.functions import Function
from engine.feel.moments import Date, DateTime, Time, offset_text
from engine.feel.numbers import CONTEXT
from engine.feel.ranges import Range
from engine.feel.text import text_of
from engine.feel.values import Value

PLAIN = frozenset(
    {type(None), bool, str, Decimal, Date, Time, DateTime, DayTimeDuration, YearMonthDuration, Range}
)
MAX_ITEMS = 10_000_000
"""Items `to_json` writes at most: a shared list is written once for each place it stands in."""


def from_json(value: Any) -> Value:
    """The FEEL value of a JSON value, of a date, time, datetime, timedelta, or of a FEEL value itself.

    Raises FeelEvaluationError for a float and for any other class.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    convert = FROM.get(kind) or next((FROM[base] for base in FROM if isinstance(value, base)), None)
    if convert is None:
        raise FeelEvaluationError(f"un valore di tipo {kind.__name__} non può entrare in un'espressione")
    try:
        return convert(value)
    except RecursionError:
        raise FeelEvaluationError("dati troppo annidati") from None


def _context(value: Mapping[Any, Any]) -> dict[str, Value]:
    return {str(key): from_json(item) for key, item in value.items()}


def _list(value: Sequence[Any]) -> list[Value]:
    return [from_json(item) for item in value]


def _clock(value: time | datetime) -> Time:
    zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    delta = value.utcoffset()
    offset = None if zone or delta is None else int(delta.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, offset, zone)


def _moment(value: datetime) -> DateTime:
    return DateTime(Date(value.year, value.month, value.day), _clock(value))


def _span(value: timedelta) -> DayTimeDuration:
    return DayTimeDuration((value.days * 86_400 + value.seconds) * NANO + value.microseconds * 1000)


FROM: dict[type, Callable[[Any], Value]] = {
    bool: bool,
    int: Decimal,
    str: str,
    dict: _context,
    list: _list,
    tuple: _list,
    datetime: _moment,
    date: lambda value: Date(value.year, value.month, value.day),
    time: _clock,
    timedelta: _span,
    Function: lambda value: value,
    Mapping: _context,
}


def to_json(value: Value) -> Any:
    """The JSON value: dates, times and durations as ISO 8601 text, ranges as FEEL text, numbers as Decimal.

    Raises FeelEvaluationError for a function, FeelBudgetExceeded for a value of too many items.
    """
    try:
        return _to_json(value, [MAX_ITEMS])
    except RecursionError:
        raise FeelBudgetExceeded("depth", 100) from None


def _to_json(value: Value, left: list[int]) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return _plain_number(value)
    left[0] -= 1
    if left[0] < 0:
        raise FeelBudgetExceeded("size", MAX_ITEMS)
    if isinstance(value, list):
        return [_to_json(item, left) for item in value]
    if isinstance(value, dict):
        return {key: _to_json(item, left) for key, item in value.items()}
    if isinstance(value, Function):
        raise FeelEvaluationError("una funzione non può uscire dall'espressione come dato")
    if isinstance(value, DateTime) and value.time.zone is not None:
        clock = str(value.time).partition("@")[0]
        return f"{value.date}T{clock}{offset_text(value.utc_offset or 0)}"
    return text_of(value, Meter(Budget())) if isinstance(value, Range) else str(value)


def _plain_number(number: Decimal) -> Decimal:
    """Without a positive exponent while the digits allow it: 1E+2 becomes 100."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and number.adjusted() < CONTEXT.prec:
        return number.quantize(Decimal(1), context=CONTEXT)
    return number


def to_python(value: Value) -> Any:
    """The value with the standard library's dates, for host functions. ValueError outside its years."""
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    if isinstance(value, Date):
        return date(value.year, value.month, value.day)
    if isinstance(value, Time):
        return time.fromisoformat(_iso(value, value.utc_offset))
    if isinstance(value, DateTime):
        moment = datetime.combine(
            to_python(value.date), time.fromisoformat(_iso(value.time, value.utc_offset))
        )
        return moment.replace(tzinfo=ZoneInfo(value.time.zone)) if value.time.zone else moment
    if isinstance(value, DayTimeDuration):
        return timedelta(microseconds=value.nanos // 1000)
    return value


def _iso(value: Time, offset: int | None) -> str:
    clock = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.nano // 1000:06d}"
    return clock if offset is None else clock + offset_text(offset)

"""date, time, date and time, duration, number, string, range."""

from decimal import Decimal

from engine.feel.arithmetic import at_midnight, year_month
from engine.feel.builtins.registry import builtin
from engine.feel.durations import NANO, DayTimeDuration, YearMonthDuration
from engine.feel.errors import Nulled
from engine.feel.iso import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.moments import Date, DateTime, Time
from engine.feel.numbers import parse_number, whole
from engine.feel.range_text import parse_range
from engine.feel.ranges import Range
from engine.feel.scope import Run
from engine.feel.text import text_of
from engine.feel.values import Value
from engine.feel.zones import find_zone


def _found(value: Value, text: str, what: str) -> Value:
    if value is None:
        raise Nulled(f"«{text}» non è {what}")
    return value


def _integer(number: Decimal) -> int:
    integer = whole(number)
    if integer is None:
        raise Nulled(f"{number} non è un numero intero")
    return integer


@builtin("date(from: string)")
def date_from_text(run: Run, text: str) -> Date:
    found: Date = _found(parse_date(text), text, "una data")
    return found


@builtin("date(from: day)")
def date_from_day(run: Run, day: Date | DateTime) -> Date:
    return day.date if isinstance(day, DateTime) else day


@builtin("date(year: number, month: number, day: number)")
def date(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date:
    return Date(_integer(year), _integer(month), _integer(day))


@builtin("time(from: string)")
def time_from_text(run: Run, text: str) -> Time:
    found: Time = _found(parse_time(text), text, "un'ora")
    return found


@builtin("time(from: moment)")
def time_from_moment(run: Run, moment: Date | DateTime | Time) -> Time:
    if isinstance(moment, Date):
        moment = at_midnight(moment)
    return moment.time if isinstance(moment, DateTime) else moment


@builtin("time(hour: number, minute: number, second: number, offset?: offset?)")
def time(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DayTimeDuration | None = None
) -> Time:
    return _time(hour, minute, second, offset)


def _time(
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DayTimeDuration | None = None,
    zone: str | None = None,
) -> Time:
    seconds = int(second)
    nanos = int((second - seconds) * NANO)
    shift = None if offset is None else int(Decimal(offset.nanos) / NANO)
    return Time(_integer(hour), _integer(minute), seconds, nanos, shift, zone)


@builtin("date and time(from: string)")
def date_time_from_text(run: Run, text: str) -> DateTime:
    found: DateTime = _found(parse_date_time(text), text, "una data e ora")
    return found


@builtin("date and time(from: date and time)")
def date_time_from_value(run: Run, value: DateTime) -> DateTime:
    return value


@builtin("date and time(date: day, time: time)")
def date_time(run: Run, date: Date | DateTime, time: Time) -> DateTime:
    return DateTime(date_from_day(run, date), time)


@builtin(
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number, "
    "offset?: offset?)"
)
def date_time_from_parts(
    run: Run,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DayTimeDuration | None = None,
) -> DateTime:
    return DateTime(date(run, year, month, day), _time(hour, minute, second, offset))


@builtin(
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number, "
    "timezone: string)"
)
def date_time_in_zone(
    run: Run,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    timezone: str,
) -> DateTime:
    if find_zone(timezone) is None:
        raise Nulled(f"«{timezone}» non è un fuso orario")
    return DateTime(date(run, year, month, day), _time(hour, minute, second, zone=timezone))


@builtin("duration(from: string)")
def duration_from_text(run: Run, text: str) -> DayTimeDuration | YearMonthDuration:
    found: DayTimeDuration | YearMonthDuration = _found(parse_duration(text), text, "una durata")
    return found


@builtin("duration(from: duration)")
def duration_from_value(run: Run, value: Value) -> Value:
    return value


@builtin("years and months duration(from: day, to: day)")
def years_and_months_duration(run: Run, start: Date | DateTime, end: Date | DateTime) -> YearMonthDuration:
    """Whole months from one day to the other, negative backwards."""
    first, last = date_from_day(run, start), date_from_day(run, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return year_month(months)


@builtin("number(from: string, grouping separator?: string?, decimal separator?: string?)")
def number(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """The number a text writes. Separators: grouping a space, comma or point; decimal a comma or point."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (point and grouping == point)
    ):
        raise Nulled("i separatori non sono ammessi")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point and point != "." and "." not in plain else plain
    found: Decimal = _found(parse_number(plain), text, "un numero")
    return found


@builtin("number(from: number)")
def number_from_number(run: Run, value: Decimal) -> Decimal:
    return value


@builtin("string(from: any?)")
def string(run: Run, value: Value) -> str | None:
    return None if value is None else text_of(value, run.meter)


@builtin("range(from: string)")
def range_(run: Run, text: str) -> Range:
    return parse_range(text)

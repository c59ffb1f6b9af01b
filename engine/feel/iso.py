"""Reads the lexical forms of dates, times and durations: XML Schema's, plus FEEL's `@zone`."""

import re

from engine.feel.durations import DAY, NANO, DayTimeDuration, YearMonthDuration
from engine.feel.moments import Date, DateTime, Time
from engine.feel.zones import find_zone

DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+\-/]+))?"
)
MONTHS = re.compile(r"(-)?P(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
DAYS = re.compile(
    r"(-)?P(?:([0-9]{1,18})D)?"
    r"(?:T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]*))?S)?)?"
)


def parse_date(text: str) -> Date | None:
    match = DATE.fullmatch(text)
    if not match:
        return None
    try:
        return Date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> Time | None:
    """A time; 24:00:00 is midnight, as in XML Schema."""
    found = _clock(text)
    return found[0] if found else None


def parse_date_time(text: str) -> DateTime | None:
    """A date and time, or a date alone, which is its midnight."""
    day, _, clock = text.partition("T")
    date = parse_date(day)
    if date is None:
        return None
    if day == text:
        return DateTime(date, Time(0, 0, 0))
    found = _clock(clock)
    if found is None:
        return None
    time, days_over = found
    try:
        return DateTime(Date.from_ordinal(date.ordinal + days_over), time)
    except ValueError:
        return None


def _clock(text: str) -> tuple[Time, int] | None:
    match = TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    over = int(hour == 24 and minute == 0 and second == 0 and not (match[4] or "").strip("0"))
    zone = match[10]
    if zone is not None and find_zone(zone) is None:
        return None
    try:
        time = Time(0 if over else hour, minute, second, nanos(match[4]), _offset(match), zone)
    except ValueError:
        return None
    return time, over


def _offset(match: re.Match[str]) -> int | None:
    if match[5]:
        return 0
    if match[6] is None:
        return None
    hours, minutes, seconds = int(match[7]), int(match[8]), int(match[9] or 0)
    if minutes > 59 or seconds > 59:
        raise ValueError("scostamento da UTC inesistente")
    return (hours * 3600 + minutes * 60 + seconds) * (-1 if match[6] == "-" else 1)


def nanos(digits: str | None) -> int:
    """Nanoseconds of the decimals of a second; digits beyond the ninth are dropped."""
    return int((digits or "")[:9].ljust(9, "0"))


def parse_duration(text: str) -> DayTimeDuration | YearMonthDuration | None:
    if text.endswith(("P", "T")):
        return None
    months = MONTHS.fullmatch(text)
    if months:
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return YearMonthDuration(-total if months[1] else total)
    match = DAYS.fullmatch(text)
    if not match:
        return None
    seconds = (
        int(match[2] or 0) * DAY + int(match[3] or 0) * 3600 + int(match[4] or 0) * 60 + int(match[5] or 0)
    )
    total = seconds * NANO + nanos(match[6])
    return DayTimeDuration(-total if match[1] else total)


def parse_at_literal(text: str) -> Date | Time | DateTime | DayTimeDuration | YearMonthDuration | None:
    """The value of `@"text"`: whichever of the five kinds the text writes."""
    if "T" in text and not text.startswith(("P", "-P")):
        return parse_date_time(text)
    return parse_date(text) or parse_time(text) or parse_duration(text)

"""Time zones of the IANA data base, and their offset at a given local moment or instant."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*")


@lru_cache(maxsize=600)
def find_zone(name: str) -> ZoneInfo | None:
    """The zone of that name, or None. The pattern keeps any path out of the data base's folders."""
    if not ZONE_NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _same_calendar(year: int) -> int:
    """A year the standard library knows with the same leap days: the Gregorian cycle is 400 years."""
    return year if 2 <= year <= 9998 else 2000 + year % 400


def local_offset(name: str, year: int, month: int, day: int, seconds: int) -> int:
    """Seconds east of Greenwich in the zone, for a local date and seconds after midnight."""
    moment = datetime(_same_calendar(year), month, day) + timedelta(seconds=seconds)
    return _seconds(moment.replace(tzinfo=find_zone(name)))


def instant_offset(name: str, year: int, month: int, day: int, seconds: int) -> int:
    """Seconds east of Greenwich in the zone, for an instant given in UTC."""
    moment = datetime(_same_calendar(year), month, day, tzinfo=UTC) + timedelta(seconds=seconds)
    return _seconds(moment.astimezone(find_zone(name)))


def standard_offset(name: str) -> int:
    """The zone's offset without daylight saving: all that a time without a date can have."""
    winter = datetime(2000, 1, 1, tzinfo=find_zone(name))
    return _seconds(winter) - int((winter.dst() or timedelta()).total_seconds())


def _seconds(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds())

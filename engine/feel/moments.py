"""Dates, times, dates and times: proleptic Gregorian, years ±999,999,999, nanoseconds, offsets and zones."""

from dataclasses import dataclass, replace

from engine.feel.durations import DAY, NANO, fraction
from engine.feel.zones import instant_offset, local_offset, standard_offset

MAX_YEAR = 999_999_999
MAX_OFFSET = 14 * 3600
"""XML Schema part 2, 3.2.7.3."""
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_days(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else MONTH_DAYS[month - 1]


@dataclass(frozen=True, slots=True)
class Date:
    """A date. Raises ValueError for a day that does not exist."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (-MAX_YEAR <= self.year <= MAX_YEAR and 1 <= self.month <= 12):
            raise ValueError("anno o mese fuori intervallo")
        if not 1 <= self.day <= month_days(self.year, self.month):
            raise ValueError("giorno inesistente")

    @classmethod
    def from_ordinal(cls, ordinal: int) -> "Date":
        """The inverse of `ordinal` (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms")."""
        era, day_of_era = divmod(ordinal + 719_468, 146_097)
        year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
        day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
        shifted = (5 * day_of_year + 2) // 153
        month = shifted + 3 if shifted < 10 else shifted - 9
        year = year_of_era + era * 400 + (1 if month <= 2 else 0)
        return cls(year, month, day_of_year - (153 * shifted + 2) // 5 + 1)

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        year = self.year - (self.month <= 2)
        era, year_of_era = divmod(year, 400)
        day_of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        return (
            era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468
        )

    @property
    def weekday(self) -> int:
        """ISO: Monday is 1, Sunday is 7."""
        return (self.ordinal + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        return self.ordinal - Date(self.year, 1, 1).ordinal + 1

    @property
    def week_of_year(self) -> int:
        """ISO 8601 week: the week belongs to the year of its Thursday."""
        thursday = self.ordinal - self.weekday + 4
        return (thursday - Date(Date.from_ordinal(thursday).year, 1, 1).ordinal) // 7 + 1

    def plus_months(self, months: int) -> "Date":
        """Same day some months away, or the last of that month when it is shorter."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date(year, month + 1, min(self.day, month_days(year, month + 1)))

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, with an offset in seconds or the name of a zone, or neither."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise ValueError("ora inesistente")
        if self.offset is not None and abs(self.offset) > MAX_OFFSET:
            raise ValueError("scostamento da UTC fuori intervallo")

    @property
    def seconds(self) -> int:
        """Whole seconds after midnight."""
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def utc_offset(self) -> int | None:
        return standard_offset(self.zone) if self.zone else self.offset

    @property
    def is_local(self) -> bool:
        return self.offset is None and self.zone is None

    def at_nanos(self, nanos: int) -> "Time":
        """The same kind of time at those nanoseconds after midnight, turning around at 24 hours."""
        seconds, nano = divmod(nanos % (DAY * NANO), NANO)
        return replace(self, hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60, nano=nano)

    def __str__(self) -> str:
        clock = f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction(self.nano)}"
        if self.zone:
            return f"{clock}@{self.zone}"
        return clock if self.offset is None else clock + offset_text(self.offset)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and time. Its time's offset or zone is its own."""

    date: Date
    time: Time

    @property
    def utc_offset(self) -> int | None:
        if self.time.zone is None:
            return self.time.offset
        date = self.date
        return local_offset(self.time.zone, date.year, date.month, date.day, self.time.seconds)

    def epoch(self, default_offset: int = 0) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z; a local value takes `default_offset`."""
        offset = self.utc_offset
        return self.date.ordinal * DAY + self.time.seconds - (default_offset if offset is None else offset)

    def plus_nanos(self, nanos: int) -> "DateTime":
        """The instant some nanoseconds away, seen in the same zone or offset."""
        seconds, nano = divmod(self.epoch() * NANO + self.time.nano + nanos, NANO)
        offset = self.utc_offset or 0
        if self.time.zone is not None:
            utc = Date.from_ordinal(seconds // DAY)
            offset = instant_offset(self.time.zone, utc.year, utc.month, utc.day, seconds % DAY)
        days, seconds = divmod(seconds + offset, DAY)
        return DateTime(Date.from_ordinal(days), self.time.at_nanos(seconds * NANO + nano))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


def offset_text(offset: int) -> str:
    """Z, +02:00, or +02:45:55 when there are seconds."""
    if offset == 0:
        return "Z"
    hours, minutes, seconds = abs(offset) // 3600, abs(offset) // 60 % 60, abs(offset) % 60
    text = f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
    return f"{text}:{seconds:02d}" if seconds else text

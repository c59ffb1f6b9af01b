"""The two kinds of duration: days and time (exact, in nanoseconds), years and months (in months)."""

from dataclasses import dataclass

NANO = 1_000_000_000
DAY = 86_400


@dataclass(frozen=True, slots=True)
class DayTimeDuration:
    """A days and time duration."""

    nanos: int

    def parts(self) -> dict[str, int]:
        """Days, hours, minutes, seconds; each carries the sign of the whole."""
        sign = -1 if self.nanos < 0 else 1
        seconds = abs(self.nanos) // NANO
        return {
            "days": sign * (seconds // DAY),
            "hours": sign * (seconds // 3600 % 24),
            "minutes": sign * (seconds // 60 % 60),
            "seconds": sign * (seconds % 60),
        }

    def __str__(self) -> str:
        seconds, nanos = divmod(abs(self.nanos), NANO)
        days, seconds = divmod(seconds, DAY)
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        date = f"{days}D" if days else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or nanos or not (date or clock):
            clock += f"{seconds}{fraction(nanos)}S"
        return ("-" if self.nanos < 0 else "") + "P" + date + ("T" + clock if clock else "")


@dataclass(frozen=True, slots=True)
class YearMonthDuration:
    """A years and months duration."""

    months: int

    def parts(self) -> dict[str, int]:
        """Years and months; each carries the sign of the whole."""
        sign = -1 if self.months < 0 else 1
        return {"years": sign * (abs(self.months) // 12), "months": sign * (abs(self.months) % 12)}

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + text


def fraction(nanos: int) -> str:
    """The decimals of a second as written in ISO 8601: empty, or a point and up to nine digits."""
    return f".{nanos:09d}".rstrip("0") if nanos else ""

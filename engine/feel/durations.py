"""The two kinds of duration: days and time (exact, in nanoseconds), years and months (in months)."""

from dataclasses import dataclass
from decimal import Decimal

NANO = 1_000_000_000
DAY = 86_400


@dataclass(frozen=True, slots=True)
class DayTimeDuration:
    """A days and time duration."""

    nanos: int

    def parts(self) -> dict[str, Decimal]:
        """Days, hours, minutes and seconds with their decimals; each carries the sign of the whole."""
        sign = -1 if self.nanos < 0 else 1
        seconds, nanos = divmod(abs(self.nanos), NANO)
        return {
            "days": Decimal(sign * (seconds // DAY)),
            "hours": Decimal(sign * (seconds // 3600 % 24)),
            "minutes": Decimal(sign * (seconds // 60 % 60)),
            "seconds": sign * seconds_of(seconds % 60, nanos),
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

    def parts(self) -> dict[str, Decimal]:
        """Years and months; each carries the sign of the whole."""
        years, months = divmod(abs(self.months), 12)
        sign = -1 if self.months < 0 else 1
        return {"years": Decimal(sign * years), "months": Decimal(sign * months)}

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + text


def seconds_of(seconds: int, nanos: int) -> Decimal:
    """Seconds with their decimals."""
    return Decimal(seconds) + Decimal(nanos) / NANO if nanos else Decimal(seconds)


def fraction(nanos: int) -> str:
    """The decimals of a second as written in ISO 8601: empty, or a point and up to nine digits."""
    return f".{nanos:09d}".rstrip("0") if nanos else ""

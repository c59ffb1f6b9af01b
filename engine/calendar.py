"""Working days in Italy: deadlines counted in days end with the day (Reg. CEE 1182/71, art. 3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ROME = ZoneInfo("Europe/Rome")
END_OF_DAY = time(23, 59, 59)
MAX_DAYS = 3_660


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("IT", years=year))


class Calendar:
    """The working days of an ente: Monday to Friday without national holidays and its patron saint's day.

    `patron`: month and day, e.g. (6, 24) for Genova; one that changes with the years overrides `patron_on`.
    """

    def __init__(self, patron: tuple[int, int] | None = None) -> None:
        self._patron = patron

    def is_working(self, day: date) -> bool:
        if day.weekday() >= 5 or day in _holidays(day.year):
            return False
        return (day.month, day.day) != self.patron_on(day)

    def patron_on(self, day: date) -> tuple[int, int] | None:
        """The patron saint's day that holds on a day."""
        return self._patron

    def after_working_days(self, instant: datetime, days: int) -> datetime:
        """The end of the n-th working day after the day of `instant`; zero days end with that day itself.

        Raises ValueError when `days` is negative or beyond ten years, or the calendar ends before.
        """
        if not 0 <= days <= MAX_DAYS:
            raise ValueError(f"days out of range: {days}")
        try:
            return datetime.combine(self._after(instant.astimezone(ROME).date(), days), END_OF_DAY, ROME)
        except OverflowError:
            raise ValueError(f"no such day: {days} after {instant}") from None

    def _after(self, day: date, days: int) -> date:
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

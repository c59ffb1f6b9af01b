"""When the acts of a story happen: days counted in working days, hours in which offices are open."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from engine import Calendar
from engine.calendar import ROME

OPENS: Final = time(8, 30)
LAST_HOUR: Final = 6 * 60  # minutes after opening within which an act begins
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """Something that is done: a human step by its id, or a verb of app/demo/acts.py.

    `gap`: working days after the act before it; `on`: the very day, `at` the very instant; `maybe`: only if it is
    there to be done. `told` goes over what the story says there; `by` is who does it, unless the role says.
    """

    what: str
    gap: int = 0
    on: date | None = None
    at: datetime | None = None
    maybe: bool = False
    by: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


class Agenda:
    """Days before and after a fixed now."""

    def __init__(self, calendar: Calendar, now: datetime, seed: int) -> None:
        self.calendar = calendar
        self.now = now
        self.today = now.astimezone(ROME).date()
        self._chance = random.Random(seed)  # noqa: S311 - hours of the day, the same every time

    def before(self, day: date, working_days: int) -> date:
        """The latest working day after which `working_days` more lead to `day`; zero is `day` itself."""
        left = working_days
        while left > 0:
            left -= self.calendar.is_working(day)
            day -= DAY
        while working_days and not self.calendar.is_working(day):
            day -= DAY
        return day

    def after(self, day: date, working_days: int) -> date:
        """As the engine counts them; zero is `day` itself."""
        noon = datetime.combine(day, time(12), ROME)
        return self.calendar.after_working_days(noon, working_days).date()

    def times(self, acts: Sequence[Act], ago: int | None = 0) -> list[datetime]:
        """When each act happens, in order.

        Acts before one with a day of its own are counted back from it; those after the last such act, or all of
        them when there is none, back from `ago` working days before today. With `ago` None the last ones follow.
        """
        fixed = [n for n, act in enumerate(acts) if act.on or act.at]
        days: list[date] = [self.today] * len(acts)
        for n in fixed:
            days[n] = acts[n].on or _day(acts[n].at)
        tail = fixed[-1] + 1 if fixed else 0
        if ago is not None:
            last = self.before(self._working_day(), ago) if ago else self.today
            self._back(acts, days, tail, len(acts), last)
        if fixed:
            first_day = self.before(days[fixed[0]], acts[fixed[0]].gap)
            self._back(acts, days, 0, fixed[0], first_day)
            ends = [*fixed[1:], len(acts) if ago is None else tail]
            for first, following in zip(fixed, ends, strict=True):
                for n in range(first + 1, following):
                    days[n] = self.after(days[n - 1], acts[n].gap)
        return self._hours(acts, days)

    def _working_day(self) -> date:
        """Today, or on a holiday the next day at work: what is due then is not late yet."""
        return self.today if self.calendar.is_working(self.today) else self.after(self.today, 1)

    def _back(self, acts: Sequence[Act], days: list[date], first: int, end: int, last: date) -> None:
        for n in range(end - 1, first - 1, -1):
            days[n] = last
            last = self.before(last, acts[n].gap)

    def _hours(self, acts: Sequence[Act], days: Sequence[date]) -> list[datetime]:
        found: list[datetime] = []
        for act, day in zip(acts, days, strict=True):
            moment = act.at or self._opening(day)
            if found and moment <= found[-1]:
                moment = found[-1] + timedelta(minutes=self._chance.randrange(10, 35, 5))
            found.append(moment)
        # today's acts come before now, however early it is
        late = [n for n, moment in enumerate(found) if moment >= self.now and days[n] <= self.today]
        for back, n in enumerate(reversed(late), 1):
            found[n] = self.now - timedelta(minutes=4 * back)
        return found

    def _opening(self, day: date) -> datetime:
        minutes = self._chance.randrange(0, LAST_HOUR, 5)
        return datetime.combine(day, OPENS, ROME) + timedelta(minutes=minutes)


def _day(moment: datetime | None) -> date:
    assert moment is not None
    return moment.astimezone(ROME).date()

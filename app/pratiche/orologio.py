"""The legal clock of a procedimento (L. 241/1990 art. 2): pure functions over days.

The first day does not count (art. 2963 c.c.); suspended days do not either (art. 2 c. 7, art. 10-bis).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pausa:
    """Suspended days, both included; without `al` the clock has not started again."""

    dal: date
    al: date | None
    motivo: str = ""

    def covers(self, day: date) -> bool:
        return self.dal <= day and (self.al is None or day <= self.al)


@dataclass(frozen=True)
class Tratto:
    """Days in a row, both included, on which the clock runs, stands still, or runs beyond the term.

    `kind` is `corre`, `sospeso` or `oltre`; `da_venire` when it lies after the day asked about.
    """

    dal: date
    al: date
    kind: str
    da_venire: bool

    @property
    def days(self) -> int:
        return (self.al - self.dal).days + 1


@dataclass(frozen=True)
class Orologio:
    """How the clock stands on a day. `trascorsi` + `restanti` is always the term; late means `restanti` < 0.

    `scade_il` is the last good day; while suspended, the one that it would be starting again tomorrow.
    """

    dal: date
    termine_giorni: int
    trascorsi: int
    sospesi: int
    scade_il: date
    sospeso: bool
    tratti: tuple[Tratto, ...]

    @property
    def restanti(self) -> int:
        return self.termine_giorni - self.trascorsi

    @property
    def scaduto(self) -> bool:
        return self.trascorsi > self.termine_giorni


def read(dal: date, termine_giorni: int, pause: Iterable[Pausa], on: date) -> Orologio:
    """The clock of a procedimento begun on `dal`, at the end of day `on` (never before `dal`)."""
    on = max(on, dal)
    pauses = tuple(pause)
    sospesi = sum(_suspended(day, pauses) for day in _days(dal + DAY, on))
    scade_il = _deadline(dal, termine_giorni, pauses, on)
    return Orologio(
        dal=dal,
        termine_giorni=termine_giorni,
        trascorsi=(on - dal).days - sospesi,
        sospesi=sospesi,
        scade_il=scade_il,
        sospeso=_suspended(on, pauses),
        tratti=tuple(_segments(dal, pauses, scade_il, on)),
    )


def _suspended(day: date, pauses: tuple[Pausa, ...]) -> bool:
    return any(pause.covers(day) for pause in pauses)


def _stops(day: date, pauses: tuple[Pausa, ...], on: date) -> bool:
    """As `_suspended`, but a pause without an end is taken to end on `on`."""
    return any(pause.covers(day) and (pause.al is not None or day <= on) for pause in pauses)


def _deadline(dal: date, termine_giorni: int, pauses: tuple[Pausa, ...], on: date) -> date:
    day, left = dal, termine_giorni
    while left:
        day += DAY
        left -= not _stops(day, pauses, on)
    return day


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def _segments(dal: date, pauses: tuple[Pausa, ...], scade_il: date, on: date) -> Iterator[Tratto]:
    """From the day after the start to the deadline, or to `on` when that is later: what a page draws."""
    begun: tuple[date, str, bool] | None = None
    last = max(scade_il, on)
    for day in _days(dal + DAY, last):
        kind = "sospeso" if _stops(day, pauses, on) else "corre" if day <= scade_il else "oltre"
        if begun is None or begun[1:] != (kind, day > on):
            if begun is not None:
                yield Tratto(begun[0], day - DAY, *begun[1:])
            begun = (day, kind, day > on)
    if begun is not None:
        yield Tratto(begun[0], last, *begun[1:])

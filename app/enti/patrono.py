"""The patron saint's day of an ente: a holiday of its own, which working days leave out."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enti import parametri
from app.enti.model import Parametro, Valore

CALENDAR: Final = "calendario"  # the percorso under which an ente keeps what holds for all of them
KEY: Final = "patrono"
LEAP: Final = 2028  # a year that has every day

Feast = tuple[int, int]  # month and day


def write(month: int, day: int) -> str:
    """«06-24», as it is kept. Raises ValueError for a day that no year has."""
    return f"{date(LEAP, month, day):%m-%d}"


def read(value: Valore) -> Feast | None:
    """(6, 24) of «06-24»; None of anything else."""
    if not isinstance(value, str):
        return None
    month, _, day = value.partition("-")
    return int(month), int(day)


class PatronDays:
    """Which patron saint's day holds on each day: read once for each stretch between the ente's decisions.

    So what is decided from next year on already counts in a term that ends then. What the ente above decides
    inside a stretch counts as on the first day that was asked of it.
    """

    def __init__(self, session: Session, ente_id: int) -> None:
        self._session, self._ente_id = session, ente_id
        self._edges: list[date] | None = None
        self._known: dict[int, Feast | None] = {}

    def on(self, day: date) -> Feast | None:
        if self._edges is None:
            self._edges = self._read_edges()
        stretch = bisect_right(self._edges, day)
        if stretch not in self._known:
            found = parametri.values(self._ente_id, CALENDAR, {KEY: None}, day, self._session)
            self._known[stretch] = read(found[KEY])
        return self._known[stretch]

    def _read_edges(self) -> list[date]:
        p = Parametro
        rows = self._session.execute(
            select(p.dal, p.al).where(p.ente_id == self._ente_id, p.percorso == CALENDAR, p.chiave == KEY)
        )
        edges: set[date] = set()
        for dal, al in rows:
            edges |= {dal} if al is None else {dal, al + timedelta(days=1)}
        return sorted(edges)

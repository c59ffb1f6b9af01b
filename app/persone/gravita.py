"""Needs over time: the severity found for each dimension, and how it has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.bisogni.model import Bisogno

COLUMNS: Final = (4, 36, 68, 94)  # per cent of the width of the drawing, one for each date shown
WORDS: Final = {1: "lieve", 2: "moderata", 3: "media", 4: "grave", 5: "molto grave"}
DIMENSIONI: Final = {
    "salute_autonomia": "Salute e autonomia",
    "relazionale": "Relazioni",
    "abitativa": "Abitare",
    "reddituale": "Reddito",
    "lavorativa": "Lavoro",
    "educativa": "Educazione",
    "legale": "Legale",
}
_BASE, _STEP = 54, 8  # pixels: where severity zero would be, and how far apart two grades are


@dataclass(frozen=True)
class Punto:
    """A grade in the drawing: `x` in per cent, `y` in pixels from the top."""

    x: int
    y: int
    gravita: int


@dataclass(frozen=True)
class Dimensione:
    """One row: what it is now and how it came there."""

    nome: str
    gravita: int
    parola: str
    punti: list[Punto]
    tendenza: str
    freccia: str
    note: str | None

    @property
    def detta(self) -> str:
        """The grades for who hears the page."""
        return ", ".join(str(punto.gravita) for punto in self.punti)


@dataclass(frozen=True)
class Tabella:
    """The dates of the columns, oldest first, and the rows, the most severe first."""

    date: list[date]
    righe: list[Dimensione]


def over_time(needs: Sequence[Bisogno]) -> Tabella:
    """The needs found by the service, oldest first, on their last four dates."""
    found: dict[str, list[Bisogno]] = defaultdict(list)
    for need in needs:
        if need.dimensione is not None and need.gravita is not None:
            found[need.dimensione].append(need)
    dates = sorted({need.rilevato_il for group in found.values() for need in group})[-len(COLUMNS) :]
    rows = [_row(dimensione, group, dates) for dimensione, group in found.items()]
    return Tabella(dates, sorted(rows, key=lambda row: (-row.gravita, row.nome)))


def _row(dimensione: str, group: list[Bisogno], dates: list[date]) -> Dimensione:
    by_day = {need.rilevato_il: need for need in group}  # of two on one day, the later counts
    grades = [need.gravita or 0 for need in by_day.values()]
    now, before = grades[-1], grades[-2] if len(grades) > 1 else None
    points = [
        Punto(COLUMNS[n], _BASE - _STEP * (by_day[day].gravita or 0), by_day[day].gravita or 0)
        for n, day in enumerate(dates)
        if day in by_day
    ]
    trend, arrow = _trend(now, before)
    last = group[-1]
    return Dimensione(
        DIMENSIONI.get(dimensione, dimensione),
        now,
        WORDS[now],
        points,
        trend,
        arrow,
        last.note or last.risorse,
    )


def _trend(now: int, before: int | None) -> tuple[str, str]:
    if before is None:
        return "Rilevato la prima volta", ""
    if now == before:
        return "Stabile", "→"
    return ("Peggiora", "↗") if now > before else ("Migliora", "↘")

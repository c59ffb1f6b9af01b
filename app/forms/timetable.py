"""Hours of a weekly timetable: rows of {giorni, dalle, alle}, counted in minutes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from engine.form import FieldError, Path
from engine.form.formats import is_time

DAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
DAY_NAMES = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")


@dataclass(frozen=True)
class Timetable:
    """Minutes a week by row (None where the hours are not known) and by day; `limit` in minutes."""

    rows: tuple[int | None, ...]
    days: Mapping[str, int]
    limit: int | None = None

    @property
    def total(self) -> int:
        return sum(self.days.values())

    @property
    def over(self) -> bool:
        return self.limit is not None and self.total > self.limit


def compute(rows: Any, limit: int | None = None) -> Timetable:
    """Count the hours of rows that may be incomplete."""
    known = rows if isinstance(rows, list) else []
    lengths = [minutes(row) for row in known]
    days = dict.fromkeys(DAYS, 0)
    weekly: list[int | None] = []
    for row, length in zip(known, lengths, strict=True):
        chosen = [day for day in DAYS if day in _days(row)]
        for day in chosen:
            days[day] += length or 0
        weekly.append(None if length is None else length * len(chosen))
    return Timetable(tuple(weekly), days, limit)


def minutes(row: Any) -> int | None:
    """Length of one visit; None when unknown or when it would end before it starts."""
    if not isinstance(row, dict):
        return None
    start, end = _minute(row.get("dalle")), _minute(row.get("alle"))
    return end - start if start is not None and end is not None and end > start else None


def errors(rows: Any, path: Path) -> Iterator[FieldError]:
    """Visits that end before they start."""
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            start, end = _minute(row.get("dalle")), _minute(row.get("alle"))
            if start is not None and end is not None and end <= start:
                yield FieldError((*path, index, "alle"), "turno", row["alle"], row["dalle"])


def _days(row: Any) -> list[Any]:
    chosen = row.get("giorni") if isinstance(row, dict) else None
    return chosen if isinstance(chosen, list) else []


def _minute(text: Any) -> int | None:
    if not isinstance(text, str) or not is_time(text):
        return None
    at = time.fromisoformat(text)
    return 60 * at.hour + at.minute

"""Dates and times: the browser's own pickers, and what people write without one."""

import re
from datetime import date, datetime, time
from typing import Any

from app.format import ROME, full, parse
from engine.form.formats import is_date, is_instant, is_time

from ..field import Field
from .base import Widget

DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", re.ASCII)
HOUR = re.compile(r"(\d{1,2})(?:[:.,]?(\d{2}))?", re.ASCII)
YEARS_AHEAD = 20


def read_date(text: str, today: date | None = None) -> date | None:
    """`2026-11-23`, `23/11/2026`, `23-11-26`. Two digits mean the last hundred years, the next twenty
    included."""
    if is_date(text):
        return date.fromisoformat(text)
    found = DAY_FIRST.fullmatch(text)
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    if len(found[3]) == 2:
        latest = (today or datetime.now(ROME).date()).year + YEARS_AHEAD
        year += latest - latest % 100
        year -= 100 if year > latest else 0
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`8`, `8.30`, `08:30`, `0830`; `8:30:15` too."""
    padded = text.zfill(8) if text.count(":") == 2 else text
    if is_time(padded):
        return time.fromisoformat(padded)
    found = HOUR.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class Day(Widget):
    def understand(self, field: Field, text: str) -> Any:
        found = read_date(text)
        return found.isoformat() if found else text

    def describe(self, field: Field, value: Any) -> str:
        return full(value) if isinstance(value, str) and is_date(value) else super().describe(field, value)


class Instant(Widget):
    """A moment in Rome's time: `2026-11-23T10:30` in the page, with its offset in the data."""

    def understand(self, field: Field, text: str) -> Any:
        written, _, hour = text.replace("T", " ").rpartition(" ")
        day, at = read_date(written.strip(" ,")), read_time(hour)
        if is_instant(text) or day is None or at is None:
            return text
        return datetime.combine(day, at, ROME).isoformat()

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, str) and is_instant(value):
            return datetime.fromisoformat(value).astimezone(ROME).strftime("%Y-%m-%dT%H:%M")
        return super().show(field, value)

    def describe(self, field: Field, value: Any) -> str:
        at = parse(value) if isinstance(value, str) and is_instant(value) else None
        return f"{full(at)}, {at:%H:%M}" if at else super().describe(field, value)


class Clock(Widget):
    inputmode = "text"

    def understand(self, field: Field, text: str) -> Any:
        found = read_time(text)
        return found.isoformat("seconds" if found.second else "minutes") if found else text

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, str) and is_time(value):
            return value.removeprefix("0")
        return super().show(field, value)

"""Time: the database's clock decides, or a clock of its own in scenarios, tests and the synthetic city."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the instant of a step."""

    def now(self, database_now: datetime) -> datetime:
        """The instant to use, given what the database's clock says."""


class DatabaseClock:
    """The clock of every installation: web and worker machines may disagree, the database does not."""

    def now(self, database_now: datetime) -> datetime:
        return database_now


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("the instant needs a time zone")
        self.instant = instant

    def now(self, database_now: datetime) -> datetime:
        return self.instant

    def move_to(self, instant: datetime) -> None:
        self.instant = instant

"""The synthetic city served for the journeys: where it answers, and what time it is there."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from engine.calendar import ROME
from tests.journeys import moved_time

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds that it may take to end
BEGINNING = datetime(2026, 11, 23, 9, 10, tzinfo=ROME)  # a Monday


class City:
    """A running application. `clock`: connections that may move the database's time."""

    def __init__(self, database_url: str, clock: Engine, errors: Path) -> None:
        self.clock = clock
        self.errors = errors
        moved_time.move(clock, BEGINNING)
        with errors.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.serve", database_url, _utc(BEGINNING)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        try:
            self.address = self._answer()
        except BaseException:
            self.stop()
            raise

    def moves_to(self, year: int, month: int, day: int, hour: int = 9) -> None:
        """It is that hour of that day, in Rome, for everybody: database, pages, worker, INPS."""
        instant = datetime(year, month, day, hour, tzinfo=ROME)
        moved_time.move(self.clock, instant)
        assert self.process.stdin is not None
        print(_utc(instant), file=self.process.stdin, flush=True)
        self._answer()

    def stop(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        assert answer, f"the city did not start:\n{self.errors.read_text()[-4000:]}"
        return answer


def _utc(instant: datetime) -> str:
    return instant.astimezone().isoformat()

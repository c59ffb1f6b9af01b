"""Worker processes for a measure: as an installation starts them, with an outside body that answers at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import text

from app import worker
from app.settings import Settings
from app.wiring import EngineMaker
from engine import Call, Operation, Operations

LONGEST = 120.0  # seconds


def answering() -> EngineMaker:
    """Engines that know one outside operation, `prova.chiede`."""
    operations = Operations()
    operations.add(
        Operation("prova.chiede", "Chiede", {"type": "object"}, {"type": "object"}, _answer, inside=False)
    )
    return EngineMaker(operations)


def _answer(_call: Call, _request: dict[str, Any]) -> dict[str, Any]:
    return {}


@contextmanager
def workers(address: str, home: Path, database: Database, count: int) -> Iterator[list[int]]:
    """So many worker processes, ready for work; their process ids."""
    started = [
        subprocess.Popen([sys.executable, "-m", "tests.bench.process"], env=environ(address, home))
        for _ in range(count)
    ]
    try:
        wait_for(lambda: registered(database) >= count)
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(LONGEST)


def environ(address: str, home: Path) -> dict[str, str]:
    """The environment of a process, whose modules are compiled once, as in an installation."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "DATABASE_URL": address,
        "PERCORSI_HOME": str(home),
        "PERCORSI_ENV": "test",
        "SECRET_KEY": "x" * 40,
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
    }


def registered(database: Database) -> int:
    """How many workers the queue knows."""
    with database.connect() as connection:
        return int(connection.scalar(text("select count(*) from procrastinate_workers")) or 0)


def wait_for(happened: Callable[[], bool], pause: float = 0.02) -> None:
    """Look until it has happened."""
    deadline = time.monotonic() + LONGEST
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)


if __name__ == "__main__":
    worker.engines = answering
    worker.run(Settings.from_env())

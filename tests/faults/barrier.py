"""A point at which a process stands still: a lock of the database that the test holds, and the process wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2

from app.database import url
from tests.faults.installation import eventually

_WAITING = """
    select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and a.datname = current_database()
"""


class Barrier:
    """Who wants the lock waits here."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def wait(self, people: int = 1) -> None:
        """Until so many stand before it."""
        eventually(lambda: self._waiting() >= people, f"fewer than {people} came to the barrier")

    def _waiting(self) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute("select pg_stat_clear_snapshot()")  # or who connected later is not seen
            cursor.execute(_WAITING)
            return int(cursor.fetchone()[0])


@contextmanager
def before(owner_url: str, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Barrier]:
    """Hold what `statement` locks until the block ends."""
    connection = psycopg2.connect(url.libpq(owner_url))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        yield Barrier(connection)
    finally:
        connection.rollback()
        connection.close()

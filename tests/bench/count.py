"""How many statements a piece of work sends, and how many rows its transaction writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import Connection, Engine, event

_WRITTEN = (
    "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables "
    "where n_tup_ins + n_tup_upd + n_tup_del > 0"
)


class Count:
    """The statements of `work` and the rows that it wrote, by table, as PostgreSQL counts them.

    PostgreSQL counts on from one transaction of a connection to the next: what it says at the beginning is taken off.
    """

    def __init__(self, database: Engine, work: Callable[[], object]) -> None:
        self.statements = 0
        self.written: Counter[str] = Counter()
        heard = (
            ("begin", self._begin),
            ("after_cursor_execute", self._statement),
            ("commit", self._commit),
        )
        for name, listener in heard:
            event.listen(database, name, listener)
        try:
            work()
        finally:
            for name, listener in heard:
                event.remove(database, name, listener)

    @property
    def rows(self) -> int:
        return self.written.total()

    def _statement(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement != _WRITTEN:
            self.statements += 1

    def _begin(self, connection: Connection) -> None:
        self.written.subtract(_rows(connection))

    def _commit(self, connection: Connection) -> None:
        self.written.update(_rows(connection))


def _rows(connection: Connection) -> dict[str, int]:
    return {table: int(rows) for table, rows in connection.exec_driver_sql(_WRITTEN)}

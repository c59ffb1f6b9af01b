"""Closing an ente: from here on nobody writes in it, and whoever was writing has finished."""

from __future__ import annotations

import time

from sqlalchemy import Connection, Engine, text

PATIENCE = 90.0  # seconds: longer than a statement or an idle transaction of ours may last
PAUSE = 0.05

_CLOSE = text(
    "update ente set in_trasferimento_at = coalesce(in_trasferimento_at, now()) where id = :ente_id"
)
_OPEN = text("update ente set in_trasferimento_at = null where id = :ente_id")
# Every transaction shows the number that it has from its first statement on, also one that has only read so far.
_UNDER_WAY = text("""
    select l.virtualxid from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock'
      and a.datname = current_database() and l.pid <> pg_backend_pid()
""")


class WritersLeft(Exception):
    """Transactions that were begun before the closing do not end."""


def close(owner: Engine, ente_id: int, patience: float = PATIENCE) -> None:
    """Close an ente, or find it closed, and wait for whoever did not know yet. Raises WritersLeft; closed all the same.

    A transaction asks whether its ente is closed in its first statement about it (app/database/context.py): one that
    begins after the commit here finds it closed, and those begun before are waited for.
    """
    with owner.begin() as connection:
        connection.execute(_CLOSE, {"ente_id": ente_id})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        left = _under_way(connection)
        deadline = time.monotonic() + patience
        while left := left & _under_way(connection):
            if time.monotonic() > deadline:
                raise WritersLeft
            time.sleep(PAUSE)


def reopen(owner: Engine, ente_id: int) -> None:
    """Let people and programs work in the ente."""
    with owner.begin() as connection:
        connection.execute(_OPEN, {"ente_id": ente_id})


def _under_way(connection: Connection) -> set[str]:
    return set(connection.scalars(_UNDER_WAY))

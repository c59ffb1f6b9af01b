"""Which of the clocks works: the one that holds an advisory lock, and asks the database something every second.

A clock that stands still keeps its lock, so that no other takes its place. Nothing that must happen at an instant
hangs on it (the workers poll the terms), but somebody has to be told.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

KEY = 7_405_120_001  # of the lock, any constant
LONG = 60.0  # seconds of silence worth telling

_ELECT = text("select pg_try_advisory_lock(:key)")
_SILENCE = text("""
    select extract(epoch from clock_timestamp() - a.state_change)::float
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and a.datname = current_database() and l.objsubid = 1
      and (l.classid::bigint << 32) | l.objid::bigint = :key
""")


def elect(connection: Connection) -> bool:
    """Whether this connection is now the one that works; it is until it closes."""
    return bool(connection.execute(_ELECT, {"key": KEY}).scalar_one())


def trouble(connection: Connection) -> str | None:
    """What is wrong with the clock, for who runs the installation; None when nothing is."""
    seconds: float | None = connection.execute(_SILENCE, {"key": KEY}).scalar_one_or_none()
    if seconds is None:
        return "nessun orologio è in funzione"
    return f"l’orologio non dà segni di vita da {seconds:.0f} secondi" if seconds > LONG else None

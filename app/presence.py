"""Which processes an installation lacks, for who runs it: the web answers people without them."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app import election

# A worker beats every ten seconds, and one that is killed leaves its row behind.
_WORKS = text("""
    select exists (
        select from procrastinate_workers where last_heartbeat > clock_timestamp() - interval '60 seconds')
""")


def troubles(connection: Connection) -> list[str]:
    """What is wrong with worker and clock, one Italian sentence each; none when all is well."""
    works = connection.execute(_WORKS).scalar_one()
    clock = election.trouble(connection)
    return [*([] if works else ["nessun worker è in funzione"]), *([] if clock is None else [clock])]

"""Indexes of tables that are there: built aside, while everybody goes on writing; each in a migration of its own."""

from typing import Any

from alembic.operations import Operations


def build(op: Operations | Any, name: str, on: str) -> None:
    """Build index `name` on, say, "audit (ente_id, at)"; what an interrupted attempt left is dropped first.

    It waits for whoever began before it, as long as it takes: meanwhile nobody waits for it.
    """
    with op.get_context().autocommit_block():
        op.execute("set lock_timeout = 0")
        op.execute(f"drop index concurrently if exists {name}")
        op.execute(f"create index concurrently {name} on {on}")
        op.execute("set lock_timeout = '5s'")  # of env.py


def drop(op: Operations | Any, name: str) -> None:
    """Take it away in the same way."""
    with op.get_context().autocommit_block():
        op.execute(f"drop index concurrently if exists {name}")

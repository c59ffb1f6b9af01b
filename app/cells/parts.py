"""What an ente is made of: which rows of which tables, in the order in which they can be written."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from sqlalchemy import Connection, text

QUEUE: Final = "procrastinate_jobs"
BUNDLES: Final = "engine_bundle"

# What belongs to the installation and not to an ente. Any other table without `ente_id` is one nobody thought of.
STAYS: Final = frozenset(
    {
        "alembic_version",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
        "tentativo_accesso",
    }
)

_TABLES = text("""
    select c.relname as name, bool_or(a.attname = 'ente_id') as of_ente
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = 'public' and c.relkind in ('r', 'p') group by 1 order by 1
""")
_REFERENCES = text("""
    select f.relname as name, t.relname as needs
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    join pg_namespace n on n.oid = f.relnamespace
    where k.contype = 'f' and n.nspname = 'public' and f.oid <> t.oid
""")
_COLUMNS = text("""
    select attname from pg_attribute
    where attrelid = cast(:name as regclass) and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum
""")

_ROWS: Final = {
    "ente": "id = {ente_id}",
    BUNDLES: "hash in (select hash from engine_release where ente_id = {ente_id} "
    "union select hash from engine_instance where ente_id = {ente_id})",
    QUEUE: "(args ->> 'ente_id')::int = {ente_id} and status in ('todo', 'doing')",
}
# A call that was under way is made again by whoever reads the queue next, under the same key: its status is not told.
_TOLD: Final = {
    QUEUE: (
        "queue_name",
        "task_name",
        "priority",
        "lock",
        "queueing_lock",
        "args",
        "scheduled_at",
        "attempts",
    )
}


@dataclass(frozen=True)
class Part:
    """The rows of one table that belong to an ente."""

    table: str
    columns: tuple[str, ...]

    @property
    def names(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)

    def rows(self, ente_id: int) -> str:
        """The condition that chooses them."""
        return _ROWS.get(self.table, "ente_id = {ente_id}").format(ente_id=int(ente_id))


class TableUnknown(Exception):
    """A table of which nobody said whether it moves with an ente."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def parts(connection: Connection) -> list[Part]:
    """Every part of an ente in this schema, each after those that it refers to. Raises TableUnknown."""
    found = connection.execute(_TABLES).all()
    unknown = [row.name for row in found if not row.of_ente and row.name not in {*_ROWS, *STAYS}]
    if unknown:
        raise TableUnknown(unknown)
    order: TopologicalSorter[str] = TopologicalSorter({row.name: () for row in found})
    for row in connection.execute(_REFERENCES):
        order.add(row.name, row.needs)
    names = [name for name in order.static_order() if name not in STAYS]
    return [Part(name, _TOLD.get(name) or _columns(connection, name)) for name in names]


def _columns(connection: Connection, name: str) -> tuple[str, ...]:
    return tuple(connection.scalars(_COLUMNS, {"name": name}))

"""The rows of an ente: out of a database in one instant of it, into another all together or not at all."""

from __future__ import annotations

from typing import Final
from zipfile import ZipFile

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from sqlalchemy import Connection, text

from app.cells import parcel
from app.cells.parcel import Manifest, Table
from app.cells.parts import BUNDLES, QUEUE, Part, parts

STRETCH: Final = 10_000

_SEQUENCES = text("""
    select s.oid::regclass::text as sequence, a.attname as column
    from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' and d.classid = 'pg_class'::regclass
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.refobjid = cast(:table as regclass)
""")


def write(connection: Connection, archive: ZipFile, ente_id: int) -> dict[str, Table]:
    """Write every row of an ente; what was written. The transaction must be one snapshot."""
    return {part.table: _write(connection, archive, part, ente_id) for part in parts(connection)}


def count(connection: Connection, manifest: Manifest) -> dict[str, int]:
    """How many rows of each table the ente has here, of those that the manifest tells."""
    return {
        part.table: connection.exec_driver_sql(
            f"select count(*) from {part.table} where {part.rows(manifest.ente_id)}"  # noqa: S608 - our own names
        ).scalar_one()
        for part in parts(connection)
    }


def read(connection: Connection, archive: ZipFile, manifest: Manifest) -> None:
    """Write every row of the file into this database, and bring the sequences past them."""
    for part in parts(connection):
        if tuple(manifest.tables[part.table].columns) != part.columns:
            raise parcel.ParcelUnreadable
        _read(connection, archive, part)


def delete(connection: Connection, ente_id: int) -> None:
    """Delete every row of an ente; the releases' contents stay, which others may share."""
    for part in reversed(parts(connection)):
        if part.table == QUEUE:
            whose = "(args ->> 'ente_id')::int = %(ente_id)s"
            connection.exec_driver_sql(f"delete from {QUEUE} where {whose}", {"ente_id": ente_id})  # noqa: S608
        elif part.table != BUNDLES:
            connection.exec_driver_sql(f"delete from {part.table} where {part.rows(ente_id)}")  # noqa: S608


def _write(connection: Connection, archive: ZipFile, part: Part, ente_id: int) -> Table:
    query = f"select {part.names} from {part.table} where {part.rows(ente_id)}"  # noqa: S608 - our own names
    with _cursor(connection) as cursor, parcel.entry(archive, part.table, "w") as file:
        cursor.copy_expert(f"copy ({query}) to stdout", file)
        return Table(list(part.columns), cursor.rowcount)


def _read(connection: Connection, archive: ZipFile, part: Part) -> None:
    """By way of a table of ours: under row-level security, which binds the owner too, COPY only writes out."""
    connection.exec_driver_sql(
        f"create temp table arriving on commit drop as select {part.names} from {part.table} limit 0"  # noqa: S608
    )
    with _cursor(connection) as cursor, parcel.entry(archive, part.table) as file:
        cursor.copy_expert(f"copy arriving ({part.names}) from stdin", file)
    here_already = "on conflict do nothing" if part.table == BUNDLES else ""
    connection.exec_driver_sql(
        f"insert into {part.table} ({part.names}) overriding system value "  # noqa: S608 - our own names
        f"select {part.names} from arriving {here_already}"
    )
    _pass_sequences(connection, part)
    connection.exec_driver_sql("drop table arriving")


def _pass_sequences(connection: Connection, part: Part) -> None:
    """Bring a sequence past what arrived; by a stretch, since others take numbers from it meanwhile."""
    for row in connection.execute(_SEQUENCES, {"table": part.table}):
        if row.column in part.columns:
            connection.exec_driver_sql(
                f"select setval('{row.sequence}', highest + {STRETCH}) "  # noqa: S608 - our own names
                f"from (select max({row.column}) as highest from arriving) a, {row.sequence} s "
                "where highest >= s.last_value"
            )


def _cursor(connection: Connection) -> Cursor:
    made: Cursor = connection.connection.cursor()  # type: ignore[assignment]
    return made

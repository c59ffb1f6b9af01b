"""The journey of an ente: it leaves one cell in a file, arrives in another, is compared, and works there.

Each half may be killed anywhere and repeated. The ente stays closed where it left until it is removed there, or opened
again because it never arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit import chain
from app.cells import closing, parcel, rows
from app.cells.parcel import Manifest
from app.cells.parts import BUNDLES
from app.database import schema
from app.database.context import ente_context, even_moving
from app.enti.model import Ente
from app.incidents.sweep import look
from app.wiring import EngineMaker
from engine import invariants

# What is late because the ente was closed says nothing of the journey.
LATE = frozenset({invariants.LATE_TIMER, invariants.STALLED_JOB})


@dataclass(frozen=True)
class Cell:
    """A database: as the application's role, and as the owner."""

    database: Database
    owner: Database


class Refused(Exception):
    """The journey cannot begin or end here."""


class SchemaDiffers(Refused):
    """The file was written by another version of the schema."""

    def __init__(self, written: str, here: str) -> None:
        super().__init__(written, here)
        self.written = written
        self.here = here


class EnteHere(Refused):
    """An ente with this name, or with its number, works here already."""


class ParentMissing(Refused):
    """The ente above is not in this cell."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class NameTaken(Refused):
    """What must be unique in a cell is somebody else's here: a username, a token. `constraint` tells what."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class Different(Refused):
    """What is in the database is not what the file says: names of tables, chains of the audit, kinds of findings."""

    def __init__(self, where: list[str]) -> None:
        super().__init__(", ".join(where))
        self.where = where


class NotHere(Refused):
    """There is nothing to remove."""


class ChildrenLeft(Refused):
    """Other enti of this cell are below this one."""


class ReceiptWrong(Refused):
    """The receipt is not that of this file: nobody knows that it arrived."""


def leave(cell: Cell, maker: EngineMaker, ente_id: int, file: Path) -> Manifest:
    """Close the ente and write it into `file`. Raises closing.WritersLeft, OSError, parts.TableUnknown."""
    with parcel.writing(
        file
    ) as archive:  # first, so that nobody is kept out for a file that cannot be written
        closing.close(cell.owner, ente_id)
        with even_moving():
            found = _found(cell, maker, ente_id)
            with ente_context(ente_id), Session(cell.database) as session:
                heads: dict[str, list[int | str]] = {
                    name: [head.n, head.hash.hex()] for name, head in chain.heads(session).items()
                }
        snapshot = cell.owner.execution_options(isolation_level="REPEATABLE READ")
        with snapshot.connect() as connection:
            slug, parent = _names(connection, ente_id)
            tables = rows.write(connection, archive, ente_id)
            here = schema.current(connection) or ""
        manifest = Manifest(here, ente_id, slug, parent, tables, heads, sorted(map(list, found)))
        parcel.write_manifest(archive, manifest)
    return manifest


def arrive(cell: Cell, maker: EngineMaker, file: Path) -> Manifest:
    """Read the ente of `file`, compare it with what left, and open it.

    Found here closed, as after a kill, it is only compared. Raises Refused, parcel.ParcelUnreadable, OSError.
    """
    with parcel.reading(file) as (archive, manifest), cell.owner.begin() as connection:
        loaded = not _is_here(connection, manifest)
        if loaded:
            try:
                rows.read(connection, archive, manifest)
            except IntegrityError as error:
                raise NameTaken(error.orig.diag.constraint_name or "") from None  # type: ignore[union-attr]
    try:
        _compare(cell, maker, manifest)
    except Different:
        if loaded:
            with cell.owner.begin() as connection:
                rows.delete(connection, manifest.ente_id)
        raise
    closing.reopen(cell.owner, manifest.ente_id)
    return manifest


def remove(cell: Cell, file: Path, receipt: str) -> Manifest:
    """Delete an ente that has left in `file`, when nothing but that is here and it has arrived, as `receipt` proves.

    Raises Refused, parcel.ParcelUnreadable, OSError.
    """
    with parcel.reading(file) as (_, manifest), cell.owner.begin() as connection:
        if receipt != manifest.receipt:
            raise ReceiptWrong
        if not _is_here(connection, manifest):
            raise NotHere
        if connection.scalar(select(Ente.id).where(Ente.parent_id == manifest.ente_id).limit(1)) is not None:
            raise ChildrenLeft
        _compare_rows(connection, manifest)
        rows.delete(connection, manifest.ente_id)
    return manifest


def _names(connection: Connection, ente_id: int) -> tuple[str, str | None]:
    query = text(
        "select e.slug, p.slug from ente e left join ente p on p.id = e.parent_id where e.id = :ente_id"
    )
    slug, parent = connection.execute(query, {"ente_id": ente_id}).one()
    return slug, parent


def _is_here(connection: Connection, manifest: Manifest) -> bool:
    """Whether the ente is here, closed; False when there is room for it. Raises Refused."""
    here = schema.current(connection) or ""
    if here != manifest.schema:
        raise SchemaDiffers(manifest.schema, here)
    e = Ente.__table__.c
    found = connection.execute(
        select(e.id, e.slug, e.in_trasferimento_at).where(
            (e.id == manifest.ente_id) | (e.slug == manifest.slug)
        )
    ).all()
    if any((row.id, row.slug) != (manifest.ente_id, manifest.slug) for row in found):
        raise EnteHere
    if any(row.in_trasferimento_at is None for row in found):
        raise EnteHere
    if manifest.parent and not connection.scalar(select(e.id).where(e.slug == manifest.parent)):
        raise ParentMissing(manifest.parent)
    return bool(found)


def _compare(cell: Cell, maker: EngineMaker, manifest: Manifest) -> None:
    """Rows, audit and paths are those that left. Raises Different."""
    with cell.owner.connect() as connection:
        _compare_rows(connection, manifest)
    with even_moving():
        with ente_context(manifest.ente_id), Session(cell.database) as session:
            broken = chain.verify(session, noted=manifest.noted)
        if broken:
            raise Different(sorted({f"audit {each.catena}" for each in broken}))
        new = _found(cell, maker, manifest.ente_id) - {tuple(each) for each in manifest.found}
    if new:
        raise Different(sorted({str(kind) for kind, *_ in new}))


def _compare_rows(connection: Connection, manifest: Manifest) -> None:
    here = rows.count(connection, manifest)
    different = [
        name for name, table in manifest.tables.items() if here.get(name) != table.rows and name != BUNDLES
    ]
    if different:
        raise Different(different)


def _found(cell: Cell, maker: EngineMaker, ente_id: int) -> set[tuple[str | int, ...]]:
    found = look(cell.database, maker, ente_id, deep=True)
    return {(f.kind, f.instance_id, f.element_id, f.token) for f in found if f.kind not in LATE}

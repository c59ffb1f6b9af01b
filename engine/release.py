"""Releases: publishing a bundle to an ente, and finding the program that an instance runs on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from engine import bundle as bundles
from engine import opening, store, tables
from engine.bundle import Bundle
from engine.checker import check
from engine.errors import ReleaseNotFound, ReleaseRefused
from engine.operation import Operations
from engine.program import Program, cached, compile_bundle, diagram_of, keep


def program(session: Session, bundle_hash: str) -> Program:
    """The compiled release with this hash. Raises ReleaseNotFound."""
    known = cached(bundle_hash)
    if known is not None:
        return known
    content = store.bundle_content(session, bundle_hash)
    if content is None:
        raise ReleaseNotFound(bundle_hash)
    return keep(compile_bundle(bundles.unpack(content)))


def current(session: Session, ente_id: int, slug: str) -> tuple[int, Program]:
    """Number and program of the release that new instances take. Raises ReleaseNotFound."""
    found = store.current_release(session, ente_id, slug)
    if found is None:
        raise ReleaseNotFound(slug)
    return found.number, program(session, found.hash)


def numbered(session: Session, ente_id: int, slug: str, number: int) -> Program:
    """The program of one release of a path. Raises ReleaseNotFound."""
    r = tables.release.c
    found = session.scalar(select(r.hash).where(r.ente_id == ente_id, r.slug == slug, r.number == number))
    if found is None:
        raise ReleaseNotFound(f"{slug} {number}")
    return program(session, found)


def publish(
    session: Session, ente_id: int, bundle: Bundle, operations: Operations, by: str, now: datetime
) -> int:
    """Check a bundle and make it the current release of its path; returns its number.

    The same content published again changes nothing. Instances already running stay on their own release.
    Raises ReleaseRefused with every problem found.
    """
    problems = check(bundle, operations)
    if problems:
        raise ReleaseRefused(bundle.slug, problems)
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))").bindparams(bindparam("lock")),
        {"lock": f"release:{ente_id}:{bundle.slug}"},
    )
    r = tables.release.c
    mine = (r.ente_id == ente_id, r.slug == bundle.slug)
    present = session.execute(select(r.number, r.hash).where(*mine, r.current)).one_or_none()
    if present is not None and present.hash == bundle.hash:
        return int(present.number)
    session.execute(
        upsert(tables.bundle)
        .values(hash=bundle.hash, slug=bundle.slug, content=bundle.pack())
        .on_conflict_do_nothing()
    )
    number = int(session.execute(select(func.coalesce(func.max(r.number), 0)).where(*mine)).scalar_one()) + 1
    session.execute(update(tables.release).where(*mine, r.current).values(current=False))
    session.execute(
        insert(tables.release).values(
            ente_id=ente_id,
            slug=bundle.slug,
            number=number,
            hash=bundle.hash,
            current=True,
            opens=opening.events(diagram_of(bundle)),
            published_by=by,
            published_at=now,
        )
    )
    return number

"""A migration written down with its instances, and moved one instance at a time.

Each instance is a transaction: a worker that dies leaves the rest pending, and whoever takes the migration up again
goes on from there. An instance at a step that it must leave first is looked at again later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select, text, update

from engine import tables
from engine.actor import Actor
from engine.errors import MigrationNotFound
from engine.migration import positions, undo
from engine.migration.move import MoveBlocked, label_of, move
from engine.migration.plan import judge_of
from engine.migration.verdict import Outcome, Verdict
from engine.running import Running
from engine.scripts import ExpressionFailed
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine

REST = timedelta(minutes=15)
"""After which an instance that had to leave a step is looked at again."""

_TAKE_ALL = text("""
    insert into engine_migrated (ente_id, migration_id, instance_id, status)
    select i.ente_id, :id, i.id, 'pending' from engine_instance i
    where i.ente_id = :ente_id and i.slug = :slug and i.hash = :hash and i.status = 'open'
""")
_NEXT = text("""
    select instance_id from engine_migrated
    where ente_id = :ente_id and migration_id = :id and status in ('pending', 'to_undo')
    order by instance_id limit 1
""")


def begin(
    engine: Engine, slug: str, from_release: int, to_release: int, mapping: Mapping[str, str], by: Actor
) -> int:
    """Write down a migration of every open instance of a release, and hand it to the workers; its id.

    Raises ReleaseNotFound, MappingUnknown.
    """
    judge = judge_of(engine, slug, from_release, to_release, mapping)
    now = engine.now()
    identity = engine.session.execute(
        insert(tables.migration)
        .values(
            ente_id=engine.ente_id,
            slug=slug,
            from_release=from_release,
            to_release=to_release,
            mapping=dict(mapping),
            begun_by=by.label,
            begun_at=now,
        )
        .returning(tables.migration.c.id)
    ).scalar_one()
    values = {"ente_id": engine.ente_id, "id": identity, "slug": slug, "hash": judge.old.hash}
    engine.session.execute(_TAKE_ALL, values)
    engine.dispatch_migration(identity, None)
    return int(identity)


def following(engine: Engine, migration_id: int) -> int | None:
    """The next instance to move or to put back; None when there is none."""
    values = {"ente_id": engine.ente_id, "id": migration_id}
    return engine.session.execute(_NEXT, values).scalar_one_or_none()


def advance(engine: Engine, migration_id: int, instance_id: int) -> None:
    """Move one instance, or put it back, or write down why not. Nothing when that was done already."""
    migration = _find(engine, migration_id)
    by = label_of(migration.begun_by)
    step = Step(engine, by)
    running = step.lock(instance_id)
    m = tables.migrated.c
    item = engine.session.execute(
        select(m.status, m.version, m.before)
        .where(*_item(engine, migration_id, instance_id))
        .with_for_update()
    ).one()
    if item.status == "pending":
        _move(engine, step, running, migration)
    elif item.status == "to_undo":
        _undo(engine, step, running, migration, item)


def leave(engine: Engine, migration_id: int, instance_id: int, why: str) -> None:
    """Leave an instance where it is, for a person: it could not even be judged."""
    _write(engine, migration_id, instance_id, status="kept", outcome=Outcome.PERSON.value, why=why)


def rest(engine: Engine, migration_id: int) -> int:
    """Look again later at what had to leave a step first; how many these are."""
    m = tables.migrated.c
    found = engine.session.execute(
        update(tables.migrated)
        .where(m.ente_id == engine.ente_id, m.migration_id == migration_id, m.status == "waiting")
        .values(status="pending")
    )
    count = int(found.rowcount)  # type: ignore[attr-defined]
    if count:
        engine.dispatch_migration(migration_id, engine.now() + REST)
    return count


def take_back(engine: Engine, migration_id: int, by: Actor) -> None:
    """Put back every instance in which nothing new was done, and move no more. Raises MigrationNotFound."""
    _find(engine, migration_id)
    m = tables.migrated.c
    mine = (m.ente_id == engine.ente_id, m.migration_id == migration_id)
    engine.session.execute(
        update(tables.migrated).where(*mine, m.status.in_(("pending", "waiting"))).values(status="kept")
    )
    engine.session.execute(
        update(tables.migrated)
        .where(*mine, m.status == "moved", m.before.is_not(None))
        .values(status="to_undo", why=by.label)
    )
    engine.dispatch_migration(migration_id, None)


def progress(engine: Engine, migration_id: int) -> dict[str, int]:
    """How many instances of a migration are "pending", "moved", "waiting", "kept", "to_undo", "undone"."""
    m = tables.migrated.c
    rows = engine.session.execute(
        select(m.status, func.count())
        .where(m.ente_id == engine.ente_id, m.migration_id == migration_id)
        .group_by(m.status)
    )
    return {status: int(count) for status, count in rows}


def latest(engine: Engine, slug: str, from_release: int, to_release: int) -> int:
    """The last migration of a path between two releases. Raises MigrationNotFound."""
    m = tables.migration.c
    found = engine.session.scalar(
        select(func.max(m.id)).where(
            m.ente_id == engine.ente_id,
            m.slug == slug,
            m.from_release == from_release,
            m.to_release == to_release,
        )
    )
    if found is None:
        raise MigrationNotFound(0)
    return int(found)


def _find(engine: Engine, migration_id: int) -> Row[Any]:
    m = tables.migration.c
    found = engine.session.execute(
        select(tables.migration).where(m.ente_id == engine.ente_id, m.id == migration_id)
    ).one_or_none()
    if found is None:
        raise MigrationNotFound(migration_id)
    return found


def _item(engine: Engine, migration_id: int, instance_id: int) -> tuple[Any, ...]:
    m = tables.migrated.c
    return (m.ente_id == engine.ente_id, m.migration_id == migration_id, m.instance_id == instance_id)


def _write(engine: Engine, migration_id: int, instance_id: int, **values: Any) -> None:
    engine.session.execute(
        update(tables.migrated)
        .where(*_item(engine, migration_id, instance_id))
        .values(at=func.clock_timestamp(), **values)
    )


def _version(engine: Engine, instance_id: int) -> int:
    i = tables.instance.c
    query = select(i.version).where(i.ente_id == engine.ente_id, i.id == instance_id)
    return int(engine.session.execute(query).scalar_one())


# ---- one instance


def _move(engine: Engine, step: Step, running: Running, migration: Row[Any]) -> None:
    judge = judge_of(engine, migration.slug, migration.from_release, migration.to_release, migration.mapping)
    if running.status != "open" or running.program.hash != judge.old.hash:
        _write(
            engine,
            migration.id,
            running.id,
            status="kept",
            why="ended" if running.status != "open" else "elsewhere",
        )
        return
    verdict = judge.judge(positions.of_instance(engine.session, engine.ente_id, judge.old, running.id))
    moved: dict[str, Any] = {}
    if verdict.outcome.movable:
        before = undo.snapshot(engine, running.id)
        why = {"migrazione": migration.id, "da": migration.from_release, "a": migration.to_release}
        why |= {"mappa": migration.mapping} if migration.mapping else {}
        try:
            with engine.session.begin_nested():
                undoable = move(engine, step, running, judge, verdict, migration.to_release, why)
            moved = {"before": before if undoable else None, "version": _version(engine, running.id)}
        except MoveBlocked as blocked:
            verdict = Verdict(Outcome.PERSON, blocked.element, "incident")
        except ExpressionFailed:
            verdict = Verdict(Outcome.PERSON, "", "expression")
        if not moved:
            step.put(running)
    status = "moved" if moved else "waiting" if verdict.outcome is Outcome.WAITS else "kept"
    told = {
        "outcome": verdict.outcome.value,
        "element_id": verdict.element or None,
        "why": verdict.why or None,
    }
    _write(engine, migration.id, running.id, status=status, **told, **moved)


def _undo(engine: Engine, step: Step, running: Running, migration: Row[Any], item: Any) -> None:
    if running.status != "open" or _version(engine, running.id) != item.version:
        _write(engine, migration.id, running.id, status="moved", why="worked_on")
        return
    why = {
        "migrazione": migration.id,
        "da": migration.to_release,
        "a": migration.from_release,
        "annullata": True,
    }
    undo.restore(engine, step, running, item.before, why)
    _write(engine, migration.id, running.id, status="undone", before=None)

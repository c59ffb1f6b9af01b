"""Reading: tasks, instances, history and incidents, without loading any state but where variables are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, Text, cast, literal, select, text, union
from sqlalchemy.orm import Session

from engine import json, rounds, tables
from engine.errors import IncidentNotOpen, InstanceNotFound, TaskNotOpen
from engine.views import HistoryView, IncidentView, InstanceView, TaskView

MIGRATED = "migrated"
"""The event under which history keeps that an instance has changed release; `why` holds the hash of the one it left."""

_RENAMED = text("""
    select convert_from(state, 'UTF8')::json->'renamed' from engine_instance where ente_id = :ente_id and id = :id
""")

View = TypeVar("View")


def _select(session: Session, table: Table, view: type[View], *where: Any, order: Any = None) -> list[View]:
    names = [field.name for field in fields(view) if field.name in table.c]  # type: ignore[arg-type]
    statement = select(*(table.c[name] for name in names)).where(*where).order_by(order)
    return [view(**row._mapping) for row in session.execute(statement)]


def task(session: Session, ente_id: int, task_id: int) -> TaskView:
    """One task, open or closed. Raises TaskNotOpen when it does not exist."""
    t = tables.task.c
    found = _select(session, tables.task, TaskView, t.ente_id == ente_id, t.id == task_id)
    if not found:
        raise TaskNotOpen(task_id)
    return found[0]


def open_tasks(session: Session, ente_id: int, root_id: int) -> list[TaskView]:
    """The open human steps of a pratica, oldest first."""
    t = tables.task.c
    where = (t.ente_id == ente_id, t.root_id == root_id, t.status == "open")
    return _select(session, tables.task, TaskView, *where, order=t.id)


def instance(session: Session, ente_id: int, instance_id: int) -> InstanceView:
    """One instance with its variables. Raises InstanceNotFound."""
    i = tables.instance.c
    row = session.execute(
        select(tables.instance).where(i.ente_id == ente_id, i.id == instance_id)
    ).one_or_none()
    if row is None:
        raise InstanceNotFound(instance_id)
    return _instance(row)


def _instance(row: Row[Any]) -> InstanceView:
    return InstanceView(
        id=row.id,
        slug=row.slug,
        release=row.release,
        hash=row.hash,
        status=row.status,
        ended_in=row.ended_in,
        root_id=row.root_id or row.id,
        parent_id=row.parent_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        variables=json.loads(bytes(row.state))["variables"] if row.state else {},
    )


def seen_by(session: Session, ente_id: int, task_id: int) -> dict[str, Any]:
    """The variables that an open human step sees: those of its instance, under those of its rounds."""
    t, i = tables.task.c, tables.instance.c
    row = session.execute(
        select(t.token, i.state)
        .join(tables.instance, (i.ente_id == t.ente_id) & (i.id == t.instance_id))
        .where(t.ente_id == ente_id, t.id == task_id)
    ).one_or_none()
    if row is None:
        raise TaskNotOpen(task_id)
    return rounds.visible(json.loads(bytes(row.state)), str(row.token))


def instances_of(session: Session, ente_id: int, root_id: int) -> list[InstanceView]:
    """The root of a pratica and every path it has called, in order of start."""
    i = tables.instance.c
    rows = session.execute(
        select(tables.instance).where(i.ente_id == ente_id, tables.of_root(root_id)).order_by(i.id)
    )
    return [_instance(row) for row in rows]


def history(session: Session, ente_id: int, root_id: int) -> list[HistoryView]:
    """All that happened in a pratica, oldest first."""
    h = tables.history.c
    where = (h.ente_id == ente_id, h.root_id == root_id)
    return _under_their_release(_select(session, tables.history, HistoryView, *where, order=h.id))


def instance_history(session: Session, ente_id: int, instance_id: int) -> list[HistoryView]:
    """All that happened in one instance, oldest first."""
    h = tables.history.c
    where = (h.ente_id == ente_id, h.instance_id == instance_id)
    return _under_their_release(_select(session, tables.history, HistoryView, *where, order=h.id))


def _under_their_release(rows: list[HistoryView]) -> list[HistoryView]:
    """What happened before an instance was moved names elements of the release it was on."""
    left: dict[int, str] = {}
    told = []
    for row in reversed(rows):
        if row.event == MIGRATED and isinstance(row.why, dict):
            told.append(replace(row, hash=left.get(row.instance_id)))
            left[row.instance_id] = row.why["hash"]
        else:
            told.append(replace(row, hash=left[row.instance_id]) if row.instance_id in left else row)
    return told[::-1]


def last_answers(session: Session, ente_id: int, root_id: int, element_ids: Sequence[str]) -> dict[str, Any]:
    """The latest answers given at some steps of a pratica, by element."""
    h = tables.history.c
    rows = session.execute(
        select(h.element_id, h.answers)
        .where(
            h.ente_id == ente_id,
            h.root_id == root_id,
            h.element_id.in_(element_ids),
            h.event == "done",
            h.answers.is_not(None),
        )
        .order_by(h.id)
    )
    return {row.element_id: row.answers for row in rows}


def open_incident(session: Session, ente_id: int, incident_id: int) -> IncidentView:
    """One incident that waits for a person. Raises IncidentNotOpen."""
    i = tables.incident.c
    where = (i.ente_id == ente_id, i.id == incident_id, i.resolved_at.is_(None))
    found = _select(session, tables.incident, IncidentView, *where)
    if not found:
        raise IncidentNotOpen(incident_id)
    return found[0]


def open_incidents(session: Session, ente_id: int, root_id: int | None = None) -> list[IncidentView]:
    """Incidents that wait for a person, oldest first."""
    i = tables.incident.c
    where = [i.ente_id == ente_id, i.resolved_at.is_(None)]
    if root_id is not None:
        where.append(i.root_id == root_id)
    return _select(session, tables.incident, IncidentView, *where, order=i.id)


def _calls_under_way(ente_id: int, instance_id: int) -> Select[tuple[str]]:
    """The call activities whose called path is still open."""
    h, child = tables.history.c, tables.instance.c
    return select(h.element_id).where(
        h.ente_id == ente_id,
        h.instance_id == instance_id,
        h.event == "started",
        child.ente_id == ente_id,
        child.parent_id == instance_id,
        child.status == "open",
        cast(child.parent_token, Text) == h.token,
    )


def marks(session: Session, ente_id: int, instance_id: int) -> dict[str, str]:
    """How far an instance has come, for its diagram: element id → "fatto" or "ora" (the rest is to do).

    What it did in a release it has left is marked on the element that took its place.
    """
    h, t, i = tables.history.c, tables.task.c, tables.incident.c
    done = select(h.element_id).where(
        h.ente_id == ente_id,
        h.instance_id == instance_id,
        h.event.in_(("done", "message", "timer", "signal")),
    )
    renamed = session.scalar(_RENAMED, {"ente_id": ente_id, "id": instance_id}) or {}
    now = [
        select(t.element_id).where(t.ente_id == ente_id, t.instance_id == instance_id, t.status == "open"),
        select(i.element_id).where(
            i.ente_id == ente_id, i.instance_id == instance_id, i.resolved_at.is_(None)
        ),
        select(tables.job.c.element_id).where(
            tables.job.c.ente_id == ente_id,
            tables.job.c.instance_id == instance_id,
            tables.job.c.status.in_(("waiting", "running")),
        ),
        select(tables.subscription.c.element_id).where(
            tables.subscription.c.ente_id == ente_id, tables.subscription.c.instance_id == instance_id
        ),
        select(tables.timer.c.element_id).where(
            tables.timer.c.ente_id == ente_id, tables.timer.c.instance_id == instance_id
        ),
        _calls_under_way(ente_id, instance_id),
    ]
    marked = [done.add_columns(literal("fatto")), *(each.add_columns(literal("ora")) for each in now)]
    rows = session.execute(union(*marked)).all()
    # in order of their marks: what is «ora» again was «fatto» before
    return {renamed.get(element, element): mark for element, mark in sorted(rows, key=lambda row: row[1])}

"""An instance put back on the release it was moved from, for as long as nothing new was done in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text, update

from engine import json, store, tables
from engine.migration.move import repin, task_row
from engine.queries import MIGRATED
from engine.running import Running
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine

_CANCEL = text("""
    update engine_task set status = 'cancelled', closed_at = :now
    where ente_id = :ente_id and instance_id = :id and status = 'open' and token <> all(cast(:kept as uuid[]))
""")


def snapshot(engine: Engine, instance_id: int) -> bytes:
    """All that a move may change of an open instance, as JSON."""
    ente, session = engine.ente_id, engine.session
    i, t, n = tables.instance.c, tables.task.c, tables.incident.c
    m, s = tables.timer.c, tables.subscription.c
    instance = session.execute(
        select(i.release, i.hash, i.state).where(i.ente_id == ente, i.id == instance_id)
    ).one()
    tasks = session.execute(
        select(tables.task).where(t.ente_id == ente, t.instance_id == instance_id, t.status == "open")
    )
    incidents = session.execute(
        select(n.id, n.element_id).where(
            n.ente_id == ente, n.instance_id == instance_id, n.resolved_at.is_(None)
        )
    )
    timers = session.execute(
        select(m.token, m.element_id, m.due_at, m.begun_at).where(
            m.ente_id == ente, m.instance_id == instance_id
        )
    )
    messages = session.execute(
        select(s.token, s.element_id, s.kind, s.message, s.key).where(
            s.ente_id == ente, s.instance_id == instance_id
        )
    )
    return json.dumps(
        {
            "release": instance.release,
            "hash": instance.hash,
            "state": bytes(instance.state).decode(),
            "tasks": [task_row(row) for row in tasks],
            "incidents": [[row.id, row.element_id] for row in incidents],
            "timers": [_plain(row, instance_id) for row in timers],
            "messages": [_plain(row, instance_id) for row in messages],
        }
    )


def _plain(row: Any, instance_id: int) -> dict[str, Any]:
    values = dict(row._mapping)
    for name in ("due_at", "begun_at"):
        if values.get(name) is not None:
            values[name] = values[name].isoformat()
    return {"instance_id": instance_id, **values}


def restore(engine: Engine, step: Step, running: Running, before: bytes, why: dict[str, Any]) -> None:
    """Put back what `snapshot` saw. Who took a task meanwhile keeps it."""
    was = json.loads(before)
    ente, session, identity = engine.ente_id, engine.session, running.id
    running.record(
        next(running.program.diagram.starts()),
        MIGRATED,
        step.by.label,
        why={**why, "hash": running.program.hash},
    )
    store.write_step(
        session,
        ente_id=ente,
        id=identity,
        state=was["state"].encode(),
        status="open",
        ended_in=None,
        now=running.now,
        history=running.history,
        closed=[],
        opened=[],
    )
    repin(engine, identity, was["release"], was["hash"])
    _tasks(engine, running, was["tasks"])
    for number, element in was["incidents"]:
        n = tables.incident.c
        session.execute(
            update(tables.incident)
            .where(n.ente_id == ente, n.id == number)
            .values(element_id=element, resolved_at=None, resolved_by=None)
        )
    for table in (tables.timer, tables.subscription):
        session.execute(delete(table).where(table.c.ente_id == ente, table.c.instance_id == identity))
    if was["timers"]:
        store.insert_timers(session, ente, was["timers"])
    if was["messages"]:
        store.insert_subscriptions(session, ente, was["messages"])
    if engine.live is not None:
        engine.live.pop(identity, None)


def _tasks(engine: Engine, running: Running, before: list[dict[str, Any]]) -> None:
    t = tables.task.c
    now = {
        str(row.token): row.assignee_id
        for row in engine.session.execute(
            select(t.token, t.assignee_id).where(
                t.ente_id == engine.ente_id, t.instance_id == running.id, t.status == "open"
            )
        )
    }
    engine.session.execute(
        _CANCEL,
        {
            "ente_id": engine.ente_id,
            "id": running.id,
            "now": running.now,
            "kept": [row["token"] for row in before],
        },
    )
    rows = [{**row, "assignee_id": now.get(row["token"]) or row["assignee_id"]} for row in before]
    if rows:
        store.update_tasks(engine.session, engine.ente_id, rows)

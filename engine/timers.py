"""Timers: terms that are over, fired by who polls for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import store, tables
from engine.actor import Actor
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine


def fire(engine: Engine, timer_id: int, by: Actor) -> bool:
    """Fire a due timer; False when it is gone or not yet due."""
    t = tables.timer.c
    row = engine.session.execute(
        select(t.instance_id, t.token).where(t.ente_id == engine.ente_id, t.id == timer_id)
    ).one_or_none()
    if row is None:
        return False
    step = Step(engine, by)
    running = step.lock(row.instance_id)
    due_at = engine.session.execute(
        select(t.due_at).where(t.ente_id == engine.ente_id, t.id == timer_id)
    ).scalar_one_or_none()
    if due_at is None or due_at > running.now:
        return False
    fired = running.status == "open" and step.fire(running, row.token)
    if not fired:
        # nobody waits for it any more: left behind it would be due for ever
        store.forget(engine.session, "timer", engine.ente_id, [row.token], running.now, by.label)
    step.run()
    return fired


def due(engine: Engine, limit: int) -> list[int]:
    """Timers of this ente that are due, oldest first."""
    t = tables.timer.c
    statement = select(t.id).where(t.ente_id == engine.ente_id, t.due_at <= engine.now())
    return list(engine.session.scalars(statement.order_by(t.due_at, t.id).limit(limit)))

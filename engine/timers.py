"""Timers: terms that are over, fired by who polls for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import catching, store, tables
from engine.actor import Actor
from engine.catching import Wait
from engine.running import Running
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine


def fire(engine: Engine, timer_id: int, by: Actor) -> bool:
    """Fire a due timer; False when it is gone or not yet due. Its token may stop there, with an incident."""
    return _bring(engine, timer_id, by, lambda step, running, wait: step.happen(running, wait, {}))


def stop(engine: Engine, timer_id: int, message: str, by: Actor) -> bool:
    """A due timer that nobody can fire becomes an incident; False when it is gone.

    For an error that the engine itself does not foresee: it would be tried again for ever, and nobody would know.
    """
    return _bring(engine, timer_id, by, lambda step, running, wait: step.stay(running, wait, message))


def _bring(engine: Engine, timer_id: int, by: Actor, do: Callable[[Step, Running, Wait], None]) -> bool:
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
    wait = catching.find(running, row.token) if running.status == "open" else None
    if wait is None:
        # nobody waits for it any more: left behind it would be due for ever
        store.forget(engine.session, "timer", engine.ente_id, [row.token], running.now, by.label)
    else:
        do(step, running, wait)
    step.run()
    return wait is not None


def due(engine: Engine, limit: int) -> list[int]:
    """Timers of this ente that are due, oldest first."""
    t = tables.timer.c
    statement = select(t.id).where(t.ente_id == engine.ente_id, t.due_at <= engine.now())
    return list(engine.session.scalars(statement.order_by(t.due_at, t.id).limit(limit)))

"""Messages: each delivered once per (source, message id), to all who wait for its name and key.

A path that begins with the message is opened, unless one of its own instances was waiting for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from engine import opening, store, tables
from engine.actor import Actor
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Delivery:
    """What became of a message: "correlated" (with the instances reached), "buffered" or "already"."""

    outcome: str
    instances: tuple[int, ...] = ()


def correlate(
    engine: Engine,
    name: str,
    key: str,
    payload: dict[str, Any],
    by: Actor,
    source: str,
    message_id: str | None,
    expires_at: datetime | None,
) -> Delivery:
    """Deliver a message now, or keep it (30 days unless told) until somebody waits for it."""
    session, ente_id = engine.session, engine.ente_id
    store.lock_message(session, ente_id, name, key)
    now = engine.now()
    identity = session.execute(
        insert(tables.message)
        .values(
            ente_id=ente_id,
            name=name,
            key=key,
            source=source,
            message_id=message_id or str(uuid4()),
            payload=payload,
            status="correlated",
            received_at=now,
            expires_at=expires_at or now + KEPT,
        )
        .on_conflict_do_nothing()
        .returning(tables.message.c.id)
    ).scalar_one_or_none()
    if identity is None:
        return Delivery("already")
    reached, slugs = _deliver(engine, name, key, payload, by)
    reached += opening.opened_by(engine, "message", name, key, payload, by, but=slugs)
    if reached:
        return Delivery("correlated", tuple(reached))
    # only now: buffered from the start, it would come back to whom it has just moved
    store.mark_message(session, ente_id, identity, "buffered")
    return Delivery("buffered")


def _deliver(
    engine: Engine, name: str, key: str, payload: dict[str, Any], by: Actor
) -> tuple[list[int], frozenset[str]]:
    """Move all who wait; the instances moved, and their paths."""
    s = tables.subscription.c
    waiting = engine.session.execute(
        select(s.instance_id, s.token)
        .where(s.ente_id == engine.ente_id, s.kind == "message", s.message == name, s.key == key)
        .order_by(s.instance_id, s.id)
    ).all()
    step = Step(engine, by)
    reached, slugs = [], set()
    for instance_id, token in waiting:
        running = step.lock(instance_id)
        if running.status == "open" and step.fire(running, token, payload):
            reached.append(instance_id)
            slugs.add(running.slug)
        step.run()
    return reached, frozenset(slugs)


def bury_expired(engine: Engine) -> int:
    """Messages that nobody ever waited for become dead letters, for a person to see; returns how many."""
    m = tables.message.c
    result = engine.session.execute(
        update(tables.message)
        .where(m.ente_id == engine.ente_id, m.status == "buffered", m.expires_at <= engine.now())
        .values(status="dead")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]

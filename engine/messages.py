"""Messages: each delivered once per (source, message id), to all who wait for its name and key.

A path that begins with the message is opened, unless one of its own instances was waiting for it. A message of a path,
or of an operation within a step, is delivered when the step is written (engine/thrown.py). What the throwing event's
inputs make is its content, and nothing else: it reaches other people's pratiche.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from SpiffWorkflow.task import Task
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from engine import opening, store, tables, thrown
from engine.dialect import Element
from engine.running import Running
from engine.scripts import ExpressionFailed

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.step import Step

KEPT = timedelta(days=30)

SOURCE = "percorso"
"""Where the messages come from that paths send."""


@dataclass(frozen=True)
class Delivery:
    """What became of a message: "correlated" (with the instances reached), "buffered" or "already"; "later" of one
    that an operation of ours sends within a step: nobody is told before that step is written."""

    outcome: str
    instances: tuple[int, ...] = ()


def throw(step: Step, running: Running, task: Task, element: Element) -> bool:
    """Send an element's message; False when it stops there with an incident. Raises ExpressionFailed."""
    event = element.event
    assert event is not None and event.name is not None and event.key is not None
    payload = running.local(task, element)
    key = running.scripts.text(event.key, running.scripts.context(task, payload))
    if key is None or not str(key).strip():
        raise ExpressionFailed(
            f"«{event.key[:120]}»: la chiave è vuota, e non si saprebbe a chi portare il messaggio"
        )
    if not thrown.count(step.engine.session):
        step.incident(running, task, element, "budget", thrown.ENDLESS)
        return False
    identity = running.key_of(task, element)
    sends = partial(correlate, step.another(), event.name, str(key), payload, SOURCE, identity, None)
    thrown.later(step.engine.session, sends)
    return True


def correlate(
    step: Step,
    name: str,
    key: str,
    payload: dict[str, Any],
    source: str,
    message_id: str | None,
    expires_at: datetime | None,
) -> Delivery:
    """Deliver a message now, or keep it (30 days unless told) until somebody waits for it."""
    engine = step.engine
    session, ente_id = engine.session, engine.ente_id
    hold(engine, name, key)
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
    if thrown.is_inside(session):
        thrown.later(session, partial(_hand_over, step, identity, name, key, payload))
        return Delivery("later")
    return _hand_over(step, identity, name, key, payload)


def _hand_over(step: Step, identity: int, name: str, key: str, payload: dict[str, Any]) -> Delivery:
    engine = step.engine
    reached, slugs = _deliver(step, name, key, payload)
    reached += opening.opened_by(engine, "message", name, key, payload, step.by, but=slugs)
    if reached:
        return Delivery("correlated", tuple(reached))
    # only now: buffered from the start, it would come back to whom it has just moved
    store.mark_message(engine.session, engine.ente_id, identity, "buffered")
    return Delivery("buffered")


def hold(engine: Engine, name: str, key: str) -> None:
    """Lock all who wait for a message until the transaction ends. Raises InstanceBusy.

    A step locks its instance first, and then what it writes: who writes the same rows and then tells the path
    must come in that order, or each would wait for the other.
    """
    for instance_id, _ in _waiting(engine, name, key):
        store.lock_instance(engine.session, engine.ente_id, instance_id)


def _waiting(engine: Engine, name: str, key: str) -> list[tuple[int, str]]:
    """Instances and tokens that wait for a message, in the order in which they are locked."""
    s = tables.subscription.c
    rows = engine.session.execute(
        select(s.instance_id, s.token)
        .where(s.ente_id == engine.ente_id, s.kind == "message", s.message == name, s.key == key)
        .order_by(s.instance_id, s.id)
    )
    return [(row.instance_id, row.token) for row in rows]


def _deliver(step: Step, name: str, key: str, payload: dict[str, Any]) -> tuple[list[int], frozenset[str]]:
    """Move all who wait; the instances moved, and their paths."""
    reached, slugs = [], set()
    for instance_id, token in _waiting(step.engine, name, key):
        running = step.lock(instance_id)
        if running.status == "open" and step.fire(running, token, payload):
            reached.append(instance_id)
            slugs.add(running.slug)
        step.run()
    return reached, frozenset(slugs)


@dataclass(frozen=True)
class Unheard:
    """Buried messages of one name from one source that nobody has looked into; `last` is the id of the latest."""

    name: str
    source: str
    count: int
    first_at: datetime
    last_at: datetime
    last: int


def unheard(engine: Engine) -> list[Unheard]:
    """What nobody ever waited for, the oldest first. Keys and contents stay where they are: they may name somebody."""
    m = tables.message.c
    rows = engine.session.execute(
        select(
            m.name,
            m.source,
            func.count().label("count"),
            func.min(m.received_at).label("first_at"),
            func.max(m.received_at).label("last_at"),
            func.max(m.id).label("last"),
        )
        .where(m.ente_id == engine.ente_id, m.status == "dead", m.seen_at.is_(None))
        .group_by(m.name, m.source)
        .order_by(func.min(m.received_at))
    )
    return [Unheard(**row._mapping) for row in rows]


def put_away(engine: Engine, name: str, source: str, last: int) -> int:
    """Somebody has looked into the buried messages of a name and a source, up to the id `last`; returns how many."""
    m = tables.message.c
    result = engine.session.execute(
        update(tables.message)
        .where(
            m.ente_id == engine.ente_id,
            m.status == "dead",
            m.seen_at.is_(None),
            m.name == name,
            m.source == source,
            m.id <= last,
        )
        .values(seen_at=engine.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def bury_expired(engine: Engine) -> int:
    """Messages that nobody ever waited for become dead letters, for a person to see; returns how many."""
    m = tables.message.c
    result = engine.session.execute(
        update(tables.message)
        .where(m.ente_id == engine.ente_id, m.status == "buffered", m.expires_at <= engine.now())
        .values(status="dead")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]

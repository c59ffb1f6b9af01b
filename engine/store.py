"""The rows of a step: every SQL statement the engine sends, one function each.

Lists of rows travel as one JSON parameter (`jsonb_to_recordset`), so that a step costs the same number of
statements whatever it writes; its state, its history and its human tasks are one statement. The two large ones are
functions of the database, whose plans it keeps: migrations/versions/0031_create_engine_step.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import json
from engine.errors import InstanceBusy
from engine.plain import send


def _sql(statement: str, *json_names: str) -> TextClause:
    return text(statement).bindparams(*(bindparam(name, type_=JSONB) for name in json_names))


_INSTANCE = (
    "i.id, i.slug, i.release, i.hash, i.version, i.status, i.root_id, i.parent_id, i.parent_token, "
    "i.ended_in, i.state, clock_timestamp() as now"
)

_LOCK_TASK = "select * from engine_lock_task(%(ente_id)s, %(task_id)s)"

_LOCK_INSTANCE = _sql(f"""
    select {_INSTANCE} from engine_instance i
    where i.ente_id = :ente_id and i.id in (
        select unnest(array[id, coalesce(root_id, id)]) from engine_instance
        where ente_id = :ente_id and id = :instance_id)
    order by i.id for no key update of i
""")  # noqa: S608

_READ_INSTANCE = _sql(
    f"select {_INSTANCE} from engine_instance i where i.ente_id = :ente_id and i.id = :instance_id"  # noqa: S608
)

_LOCK_NOT_AVAILABLE = "55P03"

_LOCK_CHILD = _sql(f"""
    select {_INSTANCE} from engine_instance i
    where i.ente_id = :ente_id and i.parent_id = :parent_id and i.parent_token = :token and i.status = 'open'
    for no key update of i
""")  # noqa: S608


def lock_task(session: Session, ente_id: int, task_id: int) -> list[Row[Any]]:
    """Lock a task, its instance and its root; a row for each instance, with the task's columns. Empty when unknown.

    Raises InstanceBusy.
    """
    with _waiting_for(task_id):
        return send(session, _LOCK_TASK, {"ente_id": ente_id, "task_id": task_id})


def lock_instance(session: Session, ente_id: int, instance_id: int) -> list[Row[Any]]:
    """Lock an instance and its root, in the order of their ids: two steps never deadlock. Raises InstanceBusy."""
    with _waiting_for(instance_id):
        return list(session.execute(_LOCK_INSTANCE, {"ente_id": ente_id, "instance_id": instance_id}))


def read_instance(session: Session, ente_id: int, instance_id: int) -> list[Row[Any]]:
    """An instance as it stands: nobody waits, and it may change as soon as it is read. Empty when unknown."""
    return list(session.execute(_READ_INSTANCE, {"ente_id": ente_id, "instance_id": instance_id}))


@contextmanager
def _waiting_for(identity: int) -> Iterator[None]:
    """Another step that holds the lock too long is a busy instance, not a broken database."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == _LOCK_NOT_AVAILABLE:
            raise InstanceBusy(identity) from error
        raise


def lock_child(session: Session, ente_id: int, parent_id: int, token: str) -> Row[Any] | None:
    """Lock the open instance that a call activity waits for; its root is locked already."""
    return session.execute(
        _LOCK_CHILD, {"ente_id": ente_id, "parent_id": parent_id, "token": UUID(token)}
    ).one_or_none()


_INSERT_INSTANCE = _sql("""
    insert into engine_instance
        (ente_id, slug, release, hash, root_id, parent_id, parent_token, started_by, started_at, state)
    values (:ente_id, :slug, :release, :hash, :root_id, :parent_id, :parent_token, :by, :now, ''::bytea)
    returning id
""")


def insert_instance(session: Session, **values: Any) -> int:
    """A new instance, its state still empty; returns its id."""
    return int(session.execute(_INSERT_INSTANCE, values).scalar_one())


_WRITE = (
    "select engine_write_step(%(ente_id)s, %(id)s, %(state)s, %(status)s, %(ended_in)s, %(now)s, "
    "%(history)s, %(closed)s, %(opened)s)"
)


def write_step(
    session: Session,
    *,
    history: list[dict[str, Any]],
    closed: list[dict[str, Any]],
    opened: list[dict[str, Any]],
    **values: Any,
) -> None:
    """Write what a step made of an instance: its state, what happened in order, the human tasks closed and opened."""
    rows = {"history": history, "closed": closed, "opened": opened}
    send(session, _WRITE, {**values, **{name: json.dumps_text(each) for name, each in rows.items()}})


_UPDATE_TASKS = _sql(
    """
    update engine_task t set element_id = r.element_id, name = r.name, form_id = r.form_id, ruolo = r.ruolo,
        unita_id = r.unita_id, due_at = r.due_at, assignee_id = r.assignee_id, excluded_id = r.excluded_id,
        status = r.status, closed_at = null, closed_by = null
    from jsonb_to_recordset(:rows) as r(token uuid, element_id text, name text, form_id text, ruolo text,
        unita_id text, due_at timestamptz, assignee_id bigint, excluded_id bigint, status text)
    where t.ente_id = :ente_id and t.token = r.token and t.status in ('open', 'cancelled')
    """,
    "rows",
)


def update_tasks(session: Session, ente_id: int, rows: list[dict[str, Any]]) -> None:
    """Rewrite open human tasks as another release has them (engine/migration)."""
    session.execute(_UPDATE_TASKS, {"ente_id": ente_id, "rows": rows})


_INSERT_TIMERS = _sql(
    """
    insert into engine_timer (ente_id, instance_id, token, element_id, due_at, begun_at)
    select :ente_id, r.instance_id, r.token, r.element_id, r.due_at, r.begun_at
    from jsonb_to_recordset(:rows) as r(
        instance_id bigint, token text, element_id text, due_at timestamptz, begun_at timestamptz)
    """,
    "rows",
)


def insert_timers(session: Session, ente_id: int, rows: list[dict[str, Any]]) -> None:
    session.execute(_INSERT_TIMERS, {"ente_id": ente_id, "rows": rows})


_INSERT_SUBSCRIPTIONS = _sql(
    """
    insert into engine_subscription (ente_id, instance_id, token, element_id, kind, message, key)
    select :ente_id, r.instance_id, r.token, r.element_id, coalesce(r.kind, 'message'), r.message, r.key
    from jsonb_to_recordset(:rows) as r(
        instance_id bigint, token text, element_id text, kind text, message text, key text)
    """,
    "rows",
)


def insert_subscriptions(session: Session, ente_id: int, rows: list[dict[str, Any]]) -> None:
    session.execute(_INSERT_SUBSCRIPTIONS, {"ente_id": ente_id, "rows": rows})


_FORGET = {
    "timer": _sql("delete from engine_timer where ente_id = :ente_id and token = any(:tokens)"),
    **dict.fromkeys(
        ("message", "signal"),
        _sql("delete from engine_subscription where ente_id = :ente_id and token = any(:tokens)"),
    ),
    "job": _sql("""
        update engine_job set status = 'cancelled', ended_at = :now
        where ente_id = :ente_id and token = any(cast(:tokens as uuid[])) and status in ('waiting', 'running')
    """),
    "incident": _sql("""
        update engine_incident set resolved_at = :now, resolved_by = :by
        where ente_id = :ente_id and token = any(:tokens) and resolved_at is null
    """),
}


def forget(session: Session, kind: str, ente_id: int, tokens: list[str], now: datetime, by: str) -> None:
    """Remove what a token no longer waits for."""
    session.execute(_FORGET[kind], {"ente_id": ente_id, "tokens": tokens, "now": now, "by": by})


_INSERT_JOB = _sql(
    """
    insert into engine_job (ente_id, instance_id, token, element_id, operation, request, retries, created_at)
    values (:ente_id, :instance_id, :token, :element_id, :operation, :request, :retries, :now)
    returning id
    """,
    "request",
)


def insert_job(session: Session, **values: Any) -> int:
    return int(session.execute(_INSERT_JOB, values).scalar_one())


_INSERT_INCIDENT = _sql("""
    insert into engine_incident
        (ente_id, instance_id, root_id, token, element_id, job_id, kind, message, created_at)
    values (:ente_id, :instance_id, :root_id, :token, :element_id, :job_id, :kind, :message, :now)
""")


def insert_incident(session: Session, **values: Any) -> None:
    session.execute(_INSERT_INCIDENT, values)


_LOCK_MESSAGE = _sql("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_BUFFERED = _sql("""
    select id, payload, source from engine_message
    where ente_id = :ente_id and name = :name and key = :key and status = 'buffered'
      and (expires_at is null or expires_at > :now)
    order by id limit 1 for update
""")


def lock_message(session: Session, ente_id: int, name: str, key: str) -> None:
    """One transaction at a time may publish or await a message: neither misses the other."""
    session.execute(_LOCK_MESSAGE, {"lock": f"{ente_id}:{name}:{key}"})


def buffered_message(session: Session, ente_id: int, name: str, key: str, now: datetime) -> Row[Any] | None:
    """A message that came before anybody waited for it."""
    return session.execute(
        _BUFFERED, {"ente_id": ente_id, "name": name, "key": key, "now": now}
    ).one_or_none()


_MARK = _sql("update engine_message set status = :status where ente_id = :ente_id and id = :id")


def mark_message(session: Session, ente_id: int, message_id: int, status: str) -> None:
    session.execute(_MARK, {"ente_id": ente_id, "id": message_id, "status": status})


_CURRENT_HASH = _sql("""
    select number, hash from engine_release where ente_id = :ente_id and slug = :slug and current
""")
_OPENED_BY = _sql("""
    select slug from engine_release where ente_id = :ente_id and current and :event = any(opens) order by slug
""")
_CONTENT = _sql("select content from engine_bundle where hash = :hash")


def current_release(session: Session, ente_id: int, slug: str) -> Row[Any] | None:
    """Number and hash of the release that new instances of a path take."""
    return session.execute(_CURRENT_HASH, {"ente_id": ente_id, "slug": slug}).one_or_none()


def releases_opened_by(session: Session, ente_id: int, event: str) -> list[str]:
    """The paths whose current release begins with an event, `message:<name>`."""
    return list(session.scalars(_OPENED_BY, {"ente_id": ente_id, "event": event}))


def bundle_content(session: Session, bundle_hash: str) -> bytes | None:
    content = session.execute(_CONTENT, {"hash": bundle_hash}).scalar_one_or_none()
    return None if content is None else bytes(content)


def as_json(value: Any) -> Any:
    """A value as the JSON columns will give it back."""
    return json.loads(json.dumps(value))

"""Reporting what a check finds as incidents, and putting it right when a person asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, text

from engine import invariants, json, store, tables
from engine.actor import Actor
from engine.errors import CannotMend
from engine.invariants import Finding
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine

MOST = 200
"""New incidents of one kind in an ente at a time: with every worker down each timer is late, and one is enough."""

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")

# What a person has seen in a history stays seen: nothing can be done about it, and it would come back each night.
_REPORT = text(f"""
    insert into engine_incident (ente_id, instance_id, root_id, token, element_id, kind, message, created_at)
    select :ente_id, f.instance_id, f.root_id, f.token, f.element_id, f.kind, f.message, :now
    from jsonb_to_recordset(cast(:findings as jsonb)) as f(
        kind text, instance_id bigint, root_id bigint, element_id text, token text, message text)
    where not exists (
        select from engine_incident i
        where i.ente_id = :ente_id and i.instance_id = f.instance_id and i.kind = f.kind and i.token = f.token
          and (i.resolved_at is null or f.kind = '{invariants.HISTORY}'))
    returning id
""")  # noqa: S608 - constant text

_SETTLE = text("""
    update engine_incident i set resolved_at = :now, resolved_by = :by
    where i.ente_id = :ente_id and i.resolved_at is null and i.kind = any(:kinds) and not exists (
        select from jsonb_to_recordset(cast(:findings as jsonb)) as f(kind text, instance_id bigint, token text)
        where f.instance_id = i.instance_id and f.kind = i.kind and f.token = i.token)
""")

_CLOSE_TASK = text("""
    update engine_task set status = 'cancelled', closed_at = :now
    where ente_id = :ente_id and token = cast(:token as uuid) and status = 'open'
""")

_RESOLVE = text("""
    update engine_incident set resolved_at = :now, resolved_by = :by
    where ente_id = :ente_id and id = :id and resolved_at is null
""")


def report(engine: Engine, findings: Iterable[Finding], kinds: Iterable[str], by: Actor) -> int:
    """Make each finding an incident, once; close those of these `kinds` that are no longer found.

    Returns how many are new.
    """
    found = list(findings)
    session, now = engine.session, engine.now()
    session.execute(_LOCK, {"lock": f"check:{engine.ente_id}"})
    every = store.as_json([asdict(finding) for finding in found])
    common = {"ente_id": engine.ente_id, "now": now}
    session.execute(
        _SETTLE, {**common, "by": by.label, "kinds": list(kinds), "findings": json.dumps_text(every)}
    )
    return len(session.execute(_REPORT, {**common, "findings": json.dumps_text(_first(every))}).all())


def _first(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    kept = []
    for finding in findings:
        seen[finding["kind"]] += 1
        if seen[finding["kind"]] <= MOST:
            kept.append(finding)
    return kept


def mend(engine: Engine, incident: Row[Any], by: Actor) -> None:
    """Put right what a check reported, and close its incident. Raises CannotMend for what only a guess would mend."""
    _MENDS[incident.kind](engine, incident, by)
    engine.session.execute(
        _RESOLVE, {"ente_id": engine.ente_id, "id": incident.id, "now": engine.now(), "by": by.label}
    )


def _acknowledge(engine: Engine, incident: Row[Any], by: Actor) -> None:
    """A history is never written afterwards: a person has seen it."""


def _begin_again(engine: Engine, incident: Row[Any], by: Actor) -> None:
    """Forget waits for what is not there, and let the instance announce them anew.

    Not calls: a called path that came to its end and was not heard would run twice.
    """
    step = Step(engine, by)
    try:
        running = step.lock(incident.instance_id)
    except Exception as error:  # a state that does not load stays as it is, whatever is wrong with it
        raise CannotMend(incident.id) from error
    there = {(row.what, row.token) for row in invariants.open_rows(engine, incident.instance_id)}
    lost = [token for token, what in running.state.waits.items() if (what, token) not in there]
    if any(running.state.waits[token] == "call" for token in lost):
        raise CannotMend(incident.id)
    for token in lost:
        del running.state.waits[token]
    step.wake(running)
    step.run()


def _close(engine: Engine, incident: Row[Any], by: Actor) -> None:
    """Close a row that no token stands behind."""
    what, _, token = incident.token.partition(":")
    now = engine.now()
    if what == "call":
        raise CannotMend(incident.id)
    if what == "task":
        where = {"ente_id": engine.ente_id, "token": token, "now": now}
        engine.session.execute(_CLOSE_TASK, where)
    else:
        store.forget(engine.session, what, engine.ente_id, [token], now, by.label)


def _fire(engine: Engine, incident: Row[Any], by: Actor) -> None:
    t = tables.timer.c
    timers = engine.session.scalars(
        select(t.id).where(t.ente_id == engine.ente_id, t.token == incident.token)
    )
    for timer_id in timers.all():
        engine.fire_timer(timer_id, by)


def _queue_again(engine: Engine, incident: Row[Any], by: Actor) -> None:
    """A second row in the queue does no harm: a job is claimed once, and its key is the same."""
    j = tables.job.c
    waiting = engine.session.scalars(
        select(j.id).where(
            j.ente_id == engine.ente_id,
            j.instance_id == incident.instance_id,
            j.id == int(incident.token),
            j.status.in_(("waiting", "running")),
        )
    )
    for job_id in waiting.all():
        engine.dispatch(engine.session, engine.ente_id, job_id, None)


_MENDS = {
    invariants.IDLE: _begin_again,
    invariants.LATE_TIMER: _fire,
    invariants.STALLED_JOB: _queue_again,
    invariants.LEFTOVER: _close,
    invariants.UNREADABLE: _begin_again,
    invariants.LOST_WAIT: _begin_again,
    invariants.ORPHAN: _close,
    invariants.HISTORY: _acknowledge,
}

"""The sweeper: every open instance waits for something, and what it waits for is really there.

`engine/invariants.py` says what must hold; here also what is kept outside the engine, the queue of jobs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.wiring import QUEUE, TASK, EngineMaker
from engine import Engine, Finding, invariants

# Judged from the last moment at which somebody promised to call: when it was queued, tried, or put off to.
_STALLED = text(f"""
    with queued as materialized (
        select (q.args ->> 'job_id')::bigint as job_id, max(q.scheduled_at) as later
        from procrastinate_jobs q
        where q.queue_name = :queue and q.task_name = :task and q.status in ('todo', 'doing')
          and (q.args ->> 'ente_id')::int = :ente_id
        group by 1)
    select j.id, j.instance_id, coalesce(i.root_id, i.id) as root_id, j.element_id, q.job_id is null as lost
    from engine_job j
    join engine_instance i on i.ente_id = j.ente_id and i.id = j.instance_id and i.status = 'open'
    left join queued q on q.job_id = j.id
    where j.ente_id = :ente_id and j.status in ('waiting', 'running')
      and (q.job_id is null
           or greatest(j.created_at, j.run_at, q.later) < clock_timestamp() - interval '{invariants.LATE_AFTER}')
    order by j.id
""")  # noqa: S608 - constant text


@dataclass(frozen=True)
class Swept:
    """What a pass found in an ente, and how many of those findings are new incidents."""

    found: list[Finding]
    new: int


def sweep(database: Database, maker: EngineMaker, ente_id: int, *, deep: bool) -> Swept:
    """Look at every instance of an ente and report what is wrong; `deep` also loads every state.

    Looking sees one instant of the database; reporting is a transaction of its own.
    """
    found = look(database, maker, ente_id, deep=deep)
    kinds = (*(invariants.DEEP if deep else invariants.LIGHT), invariants.STALLED_JOB)
    with ente_context(ente_id), Session(database) as session, session.begin():
        new = maker(session, ente_id).report(found, kinds)
    return Swept(found, new)


def look(database: Database, maker: EngineMaker, ente_id: int, *, deep: bool) -> list[Finding]:
    """What is wrong in an ente, in one instant of the database; nothing is written."""
    snapshot = database.execution_options(isolation_level="REPEATABLE READ")
    with ente_context(ente_id), Session(snapshot) as session:
        engine = maker(session, ente_id)
        return [*engine.check(deep), *_stalled(engine)]


def _stalled(engine: Engine) -> list[Finding]:
    """Jobs that nobody will call, or should have called long ago."""
    rows = engine.session.execute(_STALLED, {"ente_id": engine.ente_id, "queue": QUEUE, "task": TASK})
    return [
        Finding(
            invariants.STALLED_JOB,
            row.instance_id,
            row.root_id,
            row.element_id,
            str(row.id),
            "una chiamata non è più in coda"
            if row.lost
            else "una chiamata è in coda da più di 15 minuti e nessuno l’ha fatta",
        )
        for row in rows
    ]

"""Jobs: calls to the outside, queued with the step that wants them and answered in a step of their own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from sqlalchemy import Row, select, text

from engine import tables
from engine.actor import Actor
from engine.dialect import Element
from engine.operation import Refused
from engine.running import Running
from engine.step import Step
from engine.views import JobToRun

if TYPE_CHECKING:
    from engine.engine import Engine

_CLAIM = text("""
    update engine_job set status = 'running', attempts = attempts + 1, run_at = clock_timestamp()
    where ente_id = :ente_id and id = :id and status in ('waiting', 'running')
    returning id, instance_id, token, element_id, operation, request, attempts, retries
""")
_CLOSE = text("""
    update engine_job set status = :status, ended_at = clock_timestamp() where ente_id = :ente_id and id = :id
""")


def claim(engine: Engine, job_id: int) -> JobToRun | None:
    """Take a job for one attempt; the attempt counts from now, even if the worker dies."""
    row = engine.session.execute(_CLAIM, {"ente_id": engine.ente_id, "id": job_id}).one_or_none()
    if row is None:
        return None
    i = tables.instance.c
    root = engine.session.execute(
        select(i.root_id).where(i.ente_id == engine.ente_id, i.id == row.instance_id)
    ).scalar_one()
    return JobToRun(
        id=row.id,
        instance_id=row.instance_id,
        root_id=root or row.instance_id,
        element_id=row.element_id,
        operation=row.operation,
        request=row.request,
        idempotency_key=f"{engine.ente_id}:{row.instance_id}:{row.element_id}:{row.token}",
        attempts=row.attempts,
        retries=row.retries,
    )


class _Answer:
    """A step begun by the answer to a job; `task` is None when the job is no longer wanted."""

    def __init__(self, engine: Engine, job_id: int, by: Actor) -> None:
        self.engine = engine
        j = tables.job.c
        self.row: Row[Any] = engine.session.execute(
            select(tables.job).where(j.ente_id == engine.ente_id, j.id == job_id)
        ).one()
        self.step = Step(engine, by)
        self.running: Running = self.step.lock(self.row.instance_id)
        status = engine.session.execute(
            select(j.status).where(j.ente_id == engine.ente_id, j.id == job_id)
        ).scalar_one()
        wanted = status in ("waiting", "running") and self.running.status == "open"
        self.task: Task | None = self.running.task(str(self.row.token)) if wanted else None
        self.element: Element = self.running.program.element(self.row.element_id)

    def close(self, status: str) -> None:
        """Close the job's row and run the step."""
        self.engine.session.execute(
            _CLOSE, {"ente_id": self.engine.ente_id, "id": self.row.id, "status": status}
        )
        self.step.wake(self.running)
        self.step.run()


def finish(engine: Engine, job_id: int, response: dict[str, Any], by: Actor) -> None:
    """Bring a response in; a second one for the same job changes nothing."""
    answer = _Answer(engine, job_id, by)
    if answer.task is not None:
        answer.step.respond(answer.running, answer.task, answer.element, response)
        answer.close("done")


def refuse(engine: Engine, job_id: int, error: Refused, by: Actor) -> None:
    """A business refusal: no retries."""
    answer = _Answer(engine, job_id, by)
    if answer.task is not None:
        answer.step.refuse(answer.running, answer.task, answer.element, error)
        answer.close("done")


def fail(engine: Engine, job_id: int, message: str, by: Actor, retry_at: datetime | None) -> None:
    """Queue another attempt, or stop the token with an incident."""
    answer = _Answer(engine, job_id, by)
    if answer.task is None:
        return
    if retry_at is not None:
        engine.dispatch(engine.session, engine.ente_id, job_id, retry_at)
        return
    answer.step.incident(answer.running, answer.task, answer.element, "job", message, job_id)
    answer.close("failed")

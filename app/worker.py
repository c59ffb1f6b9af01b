"""The worker: calls outside bodies for the jobs in the queue, and fires the timers that are due.

Any number of workers may run, on any number of machines, against one database.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import procrastinate
import structlog
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import logs
from app.database import engine as databases
from app.database import provision, url
from app.database.context import ente_context
from app.moving import run_batch
from app.observe import metrics, scrape, spans
from app.servizi import risposte
from app.settings import Settings
from app.turns import JobsInTurn, take_timer
from app.wiring import MIGRATION, QUEUE, TASK, EngineMaker, engines
from engine import Broken, Call, JobToRun, Refused, Transient, system

log = structlog.get_logger()

CONCURRENCY = 4
JOB_PAUSE = 5.0  # seconds between two looks at the queue, when nothing new is announced
TIMER_PAUSE = 1.0  # seconds between two looks when nothing is due
TIMER_REST = 60.0  # seconds before a timer that failed is tried again
FIRST_RETRY = 10  # seconds
LONGEST_RETRY = 3_600

_NOW = text("select clock_timestamp()")
_PRATICA = text("select id from pratica where instance_id = :root_id")


def run(settings: Settings) -> None:
    """Work until a signal asks to stop; jobs under way are finished first. Raises StartupRefused."""
    logs.configure(settings.log_level)
    logs.take_over()
    spans.configure("worker")
    provision.check(settings.database_url or "")
    database = databases.connect(settings.database_url or "", pool_size=CONCURRENCY + 2)
    maker = engines()
    stop = threading.Event()
    timers = threading.Thread(target=fire_timers, args=(database, maker, stop), name="timers")
    app = queue(settings.database_url or "", database, maker)
    with ExitStack() as stack:
        stack.callback(database.dispose)
        stack.callback(timers.join)
        stack.callback(stop.set)
        _stop_on_signals(stop)
        stack.callback(scrape.serve(settings, scrape.WORKER))
        timers.start()
        app.run_worker(
            queues=[QUEUE],
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=JOB_PAUSE,
            delete_jobs="successful",
        )


def _stop_on_signals(stop: threading.Event) -> None:
    """The queue's own worker handles signals while it runs; before that, ours."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, ask)


def queue(database_url: str, database: Database, maker: EngineMaker) -> procrastinate.App:
    """The queue, with its tasks: call an operation for a job of an ente, move a batch of its instances."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url.libpq(database_url)))
    app.job_manager = JobsInTurn(app.connector)

    # only what we did not foresee comes here, such as a database that went away: our own retries are elsewhere
    @app.task(name=TASK, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=50, wait=10))
    def job(ente_id: int, job_id: int, request: str | None = None) -> None:
        logs.begin(request_id=request or logs.new_name(), job=job_id)
        with _told("job.unforeseen"):
            run_job(database, maker, ente_id, job_id)

    @app.task(name=MIGRATION, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=50, wait=10))
    def migration(ente_id: int, migration_id: int) -> None:
        logs.begin(request_id=logs.new_name(), migration=migration_id)
        with _told("migration.unforeseen"):
            run_batch(database, maker, ente_id, migration_id)

    return app


@contextmanager
def _told(event: str) -> Iterator[None]:
    """Tell of an error on its way to the queue, which tries again and says nothing."""
    try:
        yield
    except Exception:
        log.exception(event)
        raise


# ---- jobs


def run_job(database: Database, maker: EngineMaker, ente_id: int, job_id: int) -> None:
    """One attempt: claimed in a transaction, called outside any, answered in another."""
    with ente_context(ente_id):
        with Session(database) as session, session.begin():
            claimed = maker(session, ente_id).claim_job(job_id)
            if claimed is None:
                return
            logs.about(
                pratica=session.scalar(_PRATICA, {"root_id": claimed.root_id}), instance=claimed.root_id
            )
        begun = time.perf_counter()
        with spans.span("call", logs.request_name(), operation=claimed.operation, job=job_id):
            answer = _attempt(maker, ente_id, claimed)
        _tell(answer, time.perf_counter() - begun)
        with Session(database) as session, session.begin():
            answer.bring(maker, session, ente_id)


def _tell(answer: _Answer, seconds: float) -> None:
    """One line and one figure for an attempt; its key is what the outside body knows it by."""
    outcome = type(answer.outcome).__name__.lower() if isinstance(answer.outcome, Exception) else "done"
    metrics.call(answer.job.operation, outcome, seconds)
    log.info(
        "call",
        operation=answer.job.operation,
        outcome=outcome,
        key=answer.job.idempotency_key,
        attempt=answer.job.attempts,
        ms=round(seconds * 1000, 1),
    )


class _Answer:
    """What came of an attempt, to be told to the engine."""

    def __init__(self, job: JobToRun, outcome: dict[str, Any] | Refused | Transient | Broken) -> None:
        self.job = job
        self.outcome = outcome

    def bring(self, maker: EngineMaker, session: Session, ente_id: int) -> None:
        """Finish, refuse, queue again or stop the job."""
        engine, by = maker(session, ente_id), system("worker")
        if isinstance(self.outcome, Refused):
            engine.refuse_job(self.job.id, self.outcome, by)
        elif isinstance(self.outcome, Transient | Broken):
            retry_at = self._retry_at(session.execute(_NOW).scalar_one())
            log.warning("job.failed", operation=self.job.operation, retry_at=str(retry_at))
            engine.fail_job(self.job.id, str(self.outcome), by, retry_at)
        else:
            engine.finish_job(self.job.id, self.outcome, by)
            risposte.keep(session, ente_id, self.job, self.outcome, engine.now())

    def _retry_at(self, now: datetime) -> datetime | None:
        if isinstance(self.outcome, Broken) or self.job.attempts >= self.job.retries:
            return None
        wait: float = min(LONGEST_RETRY, FIRST_RETRY * 2 ** (self.job.attempts - 1))
        # jitter, so that a body that comes back is not met by all at once
        wait *= random.uniform(0.5, 1.5)  # noqa: S311
        if isinstance(self.outcome, Transient) and self.outcome.retry_after:
            wait = max(wait, self.outcome.retry_after)
        return now + timedelta(seconds=wait)


def _attempt(maker: EngineMaker, ente_id: int, job: JobToRun) -> _Answer:
    operation = maker.operations.get(job.operation)
    if operation is None:
        return _Answer(job, Broken(f"l'operazione «{job.operation}» non è installata"))
    if job.attempts > job.retries:
        return _Answer(job, Broken("troppi tentativi interrotti a metà"))
    call = Call(
        ente_id=ente_id,
        idempotency_key=job.idempotency_key,
        instance_id=job.instance_id,
        root_id=job.root_id,
        element_id=job.element_id,
        by="sistema:worker",
        now=datetime.now().astimezone(),
        request_name=logs.request_name(),
    )
    try:
        return _Answer(job, operation.call(call, job.request))
    except (Refused, Transient, Broken) as error:
        return _Answer(job, error)
    except Exception as error:  # noqa: BLE001 - a connector's mistake is an incident, not a dead worker
        log.exception("job.broken", operation=job.operation)
        return _Answer(job, Broken(f"errore del connettore ({type(error).__name__})"))


# ---- timers


def fire_timers(database: Database, maker: EngineMaker, stop: threading.Event) -> None:
    """Fire due timers one by one, of any ente, until asked to stop; a broken one never stops the others."""
    failed: dict[int, float] = {}
    last = 0
    while not stop.is_set():
        now = time.monotonic()
        failed = {timer: until for timer, until in failed.items() if until > now}
        logs.begin(request_id=logs.new_name())
        try:
            served = fire_next(database, maker, list(failed), last)
        except TimerFailed as error:
            metrics.timer("failed")
            log.error("timer.failed", ente=error.ente_id, timer=error.timer_id, exc_info=error.__cause__)
            failed[error.timer_id] = now + TIMER_REST
            served = error.ente_id
        except Exception:  # noqa: BLE001 - the database may be away: look again after a pause
            log.exception("timers.unreachable")
            served = None
        if served is None:
            stop.wait(TIMER_PAUSE)
        else:
            last = served


class TimerFailed(Exception):
    """A timer could not be fired; it stays due."""

    def __init__(self, ente_id: int, timer_id: int) -> None:
        super().__init__(ente_id, timer_id)
        self.ente_id = ente_id
        self.timer_id = timer_id


def fire_next(database: Database, maker: EngineMaker, skip: Sequence[int] = (), after: int = 0) -> int | None:
    """Fire the timer due longest of the ente whose turn comes after `after`; the ente, or None when none is due.

    Two workers never take the same one. Raises TimerFailed, so that one that cannot be fired (`skip` it then) never
    stops the others.
    """
    with Session(database) as session, session.begin():
        taken = take_timer(session, skip, after)
        if taken is None:
            return None
        try:
            with ente_context(taken.ente_id):
                maker(session, taken.ente_id).fire_timer(taken.timer_id, system("timer"))
        except Exception as error:
            raise TimerFailed(taken.ente_id, taken.timer_id) from error
    metrics.timer("fired")
    log.info("timer", ente=taken.ente_id, timer=taken.timer_id)
    return int(taken.ente_id)

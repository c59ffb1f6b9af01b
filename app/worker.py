"""The worker: calls outside bodies for the jobs in the queue, and fires the timers that are due.

Any number of workers may run, on any number of machines, against one database.
"""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

import procrastinate
import structlog
from psycopg import AsyncConnection
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app import election, logs
from app.database import engine as databases
from app.database import provision, silence, url
from app.database.context import ente_context
from app.database.transaction import retrying
from app.moving import run_batch
from app.observe import metrics, scrape, spans
from app.servizi import risposte
from app.settings import Settings
from app.stop import asked_by
from app.turns import DueTimer, JobsInTurn, take_timer
from app.wiring import MIGRATION, QUEUE, TASK, EngineMaker, engines
from engine import Broken, Call, InstanceBusy, JobToRun, Refused, Transient, system

log = structlog.get_logger()

CONCURRENCY = 4
QUEUE_PAUSE = 1.0  # seconds before a queue that was lost is asked for again
JOB_PAUSE = 5.0  # seconds between two looks at the queue, when nothing new is announced
TIMER_PAUSE = 1.0  # seconds between two looks when nothing is due
TIMER_REST = 60.0  # seconds before a timer that failed is tried again
CLOCK_LOOK = 60.0  # seconds between two looks at the clock
FIRST_RETRY = 10  # seconds
LONGEST_RETRY = 3_600

# what the database refuses now and may do in a minute: a lock, its memory, its disk
_PASSING = (OperationalError, InterfaceError, PoolTimeout, InstanceBusy)

_NOW = text("select clock_timestamp()")
_PRATICA = text("select id from pratica where instance_id = :root_id")


def run(settings: Settings) -> None:
    """Work until a signal asks to stop; jobs under way are finished first.

    A database that does not answer is waited for. Raises StartupRefused.
    """
    logs.configure(settings.log_level)
    logs.take_over()
    spans.configure("worker")
    with asked_by(signal.SIGTERM, signal.SIGINT) as asked:
        if not provision.await_check(settings.database_url or "", asked):
            return
    database = databases.connect(settings.database_url or "", pool_size=CONCURRENCY + 2)
    maker = engines()
    stop = threading.Event()
    timers = threading.Thread(target=fire_timers, args=(database, maker, stop), name="timers")
    with ExitStack() as stack:
        stack.callback(database.dispose)
        stack.callback(timers.join)
        stack.callback(stop.set)
        stack.callback(scrape.serve(settings, scrape.WORKER))
        asyncio.run(_work(settings.session_url, database, maker, timers))


async def _work(database_url: str, database: Database, maker: EngineMaker, timers: threading.Thread) -> None:
    """Fire timers and do the jobs of the queue until a signal asks to stop.

    The queue's own worker ends when it loses its connection; another takes its place as soon as the database
    answers, without anybody starting this process anew.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    timers.start()
    asked = asyncio.create_task(stop.wait())
    while not stop.is_set():
        work = asyncio.create_task(_do_jobs(queue(database_url, database, maker), database))
        await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        (lost,) = await asyncio.gather(work, return_exceptions=True)
        if not stop.is_set():
            log.error("queue.lost", error=type(lost).__name__)
            await asyncio.wait({asked}, timeout=QUEUE_PAUSE)


async def _do_jobs(app: procrastinate.App, database: Database) -> None:
    """Until cancelled, when jobs under way are finished first. Raises what the loss of the database raises."""
    await asyncio.to_thread(_ping, database)
    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=JOB_PAUSE,
            delete_jobs="successful",
            install_signal_handlers=False,
        )


def _ping(database: Database) -> None:
    """Ask for a sign of life first: a pool that opens on nobody waits longer and longer."""
    with database.connect() as connection:
        connection.execute(_NOW)


def queue(database_url: str, database: Database, maker: EngineMaker) -> procrastinate.App:
    """The queue, with its tasks: call an operation for a job of an ente, move a batch of its instances.

    It listens and prepares statements, so its sessions must last: `database_url` is not a pooler's.
    """
    connector = procrastinate.PsycopgConnector(
        conninfo=url.libpq(database_url),
        min_size=1,
        max_size=2,
        timeout=databases.POOL_TIMEOUT,
        kwargs=databases.LINE,
        configure=_watch,
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = JobsInTurn(connector)

    # Only what we did not foresee comes here, such as a database that went away: our own retries are elsewhere.
    # A release that follows this one may have its jobs carry more, and while it takes over both serve the queue.
    @app.task(name=TASK, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=50, wait=10))
    def job(ente_id: int, job_id: int, request: str | None = None, **_newer: object) -> None:
        logs.begin(request_id=request or logs.new_name(), job=job_id)
        with _told("job.unforeseen"):
            run_job(database, maker, ente_id, job_id)

    @app.task(name=MIGRATION, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=50, wait=10))
    def migration(ente_id: int, migration_id: int, **_newer: object) -> None:
        logs.begin(request_id=logs.new_name(), migration=migration_id)
        with _told("migration.unforeseen"):
            run_batch(database, maker, ente_id, migration_id)

    return app


async def _watch(connection: AsyncConnection) -> None:
    """The queue's sessions fall silent as any other."""
    silence.watch(connection)


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
        with Session(database) as session:
            claimed, now = retrying(session, lambda: _claim(maker, session, ente_id, job_id))
        if claimed is None:
            return
        begun = time.perf_counter()
        with spans.span("call", logs.request_name(), operation=claimed.operation, job=job_id):
            answer = _attempt(maker, ente_id, claimed, now)
        _tell(answer, time.perf_counter() - begun)
        with Session(database) as session:
            retrying(session, lambda: answer.bring(maker, session, ente_id))


def _claim(
    maker: EngineMaker, session: Session, ente_id: int, job_id: int
) -> tuple[JobToRun | None, datetime]:
    """The job, and when it was claimed: by the database's clock, which may not be this machine's."""
    claimed = maker(session, ente_id).claim_job(job_id)
    if claimed is not None:
        pratica = session.scalar(_PRATICA, {"root_id": claimed.root_id})
        logs.about(pratica=pratica, instance=claimed.root_id)
    return claimed, session.execute(_NOW).scalar_one()


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


def _attempt(maker: EngineMaker, ente_id: int, job: JobToRun, now: datetime) -> _Answer:
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
        now=now.astimezone(),
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
    look = time.monotonic() + CLOCK_LOOK
    while not stop.is_set():
        now = time.monotonic()
        if now > look:
            look = now + CLOCK_LOOK
            _look_at_clock(database)
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


def _look_at_clock(database: Database) -> None:
    """Tell who runs the installation when the calendar is not kept: the clock cannot tell it of itself."""
    try:
        with database.connect() as connection:
            trouble = election.trouble(connection)
    except SQLAlchemyError:
        return  # told by who fires the timers
    if trouble is not None:
        log.error("clock.silent", trouble=trouble)


class TimerFailed(Exception):
    """A timer could not be fired: it is an incident now, or stays due when the database was to blame."""

    def __init__(self, ente_id: int, timer_id: int) -> None:
        super().__init__(ente_id, timer_id)
        self.ente_id = ente_id
        self.timer_id = timer_id


def fire_next(database: Database, maker: EngineMaker, skip: Sequence[int] = (), after: int = 0) -> int | None:
    """Fire the timer due longest of the ente whose turn comes after `after`; the ente, or None when none is due.

    Two workers never take the same one. Raises TimerFailed, so that one that cannot be fired (`skip` it then) never
    stops the others; what would fail each time becomes an incident.
    """
    taken: list[DueTimer] = []

    def fire() -> None:
        due = take_timer(session, skip, after)
        taken[:] = [] if due is None else [due]
        if due is not None:
            with ente_context(due.ente_id):
                maker(session, due.ente_id).fire_timer(due.timer_id, system("timer"))

    with Session(database) as session:
        try:
            retrying(session, fire)
        except Exception as error:
            if not taken or getattr(error, "connection_invalidated", False):
                raise  # it is the database that went away, not the timer that cannot be fired
            if not isinstance(error, _PASSING):
                _stop_timer(session, maker, taken[0], f"errore non previsto ({type(error).__name__})")
            raise TimerFailed(taken[0].ente_id, taken[0].timer_id) from error
    if not taken:
        return None
    metrics.timer("fired")
    log.info("timer", ente=taken[0].ente_id, timer=taken[0].timer_id)
    return taken[0].ente_id


def _stop_timer(session: Session, maker: EngineMaker, due: DueTimer, message: str) -> None:
    """Tell a person; where not even that can be done (a state that does not load) the check of the paths will."""
    try:
        with ente_context(due.ente_id):
            engine = maker(session, due.ente_id)
            retrying(session, lambda: engine.stop_timer(due.timer_id, message, system("timer")))
    except Exception:  # noqa: BLE001 - the term that cannot be fired is what is told of
        log.exception("timer.unstopped", ente=due.ente_id, timer=due.timer_id)

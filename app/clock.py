"""The clock: the installation's calendar work, done by one process at a time.

Any number of clocks may run; an advisory lock elects one. BPMN timers do not hang on it: the workers poll them.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, select, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import logs
from app.accounts.sweep import sweep
from app.api import idempotency
from app.database import engine as databases
from app.database import provision
from app.database.context import ente_context
from app.documenti.antivirus import Antivirus, from_env
from app.documenti.sweep import scan_waiting, settle
from app.election import elect
from app.enti.model import Ente
from app.incidents import sweep as invariants
from app.observe import metrics, scrape
from app.servizi import fondo
from app.settings import Settings
from app.stop import Stop, asked_by
from app.wiring import EngineMaker, engines
from engine import system
from engine.messages import bury_expired

log = structlog.get_logger()

STANDBY = 1.0  # seconds between two attempts to be elected
STALLED_EVERY = 30  # seconds between two searches for the jobs of a worker that was killed

_ALIVE = text("select 1")
# Those of one worker one after another: a call that kills its worker must not take the others along each time.
_STALLED = text("""
    select procrastinate_retry_job_v2(j.id,
        now() + (row_number() over (partition by j.worker_id order by j.id) - 1) * interval '5 seconds',
        null, null, null)
    from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
    where j.status = 'doing' and (
        coalesce(w.last_heartbeat, '-infinity') < now() - interval '60 seconds'
        or (select max(e.at) from procrastinate_events e where e.job_id = j.id and e.type = 'started')
            < now() - interval '10 minutes')  -- no call lasts as long: its worker could not write how it ended
""")


def run(settings: Settings) -> None:
    """Stand by until elected, then keep the calendar; stand by again when the database was lost, until a signal.

    A database that does not answer is waited for.

    Raises StartupRefused.
    """
    logs.configure(settings.log_level)
    logs.take_over()
    with asked_by(signal.SIGTERM, signal.SIGINT) as stop:
        if provision.await_check(settings.database_url or "", stop):
            _stand_by(settings, stop)


def _stand_by(settings: Settings, stop: Stop) -> None:
    """Work whenever elected."""
    database = databases.connect(settings.database_url or "", pool_size=2)
    # the election lasts as long as its session
    sessions = databases.connect(settings.session_url, pool_size=1)
    end_scraping = scrape.serve(settings, scrape.CLOCK)
    standing_by = False
    try:
        while not stop.is_set():
            try:
                with sessions.connect() as connection:
                    if elect(connection):
                        log.info("clock.elected")
                        _keep(database, connection, stop)
                    elif not standing_by:
                        log.info("clock.standing_by")
                        standing_by = True
            except SQLAlchemyError:
                log.exception("clock.lost")  # another may have been elected meanwhile: ask again
            stop.wait(STANDBY)
    finally:
        end_scraping()
        sessions.dispose()
        database.dispose()


def _keep(database: Database, election: Connection, stop: Stop) -> None:
    """Run the schedule for as long as the election holds."""
    scheduler = schedule(database, engines())
    scheduler.start()
    try:
        while not stop.wait(STANDBY):
            election.execute(_ALIVE)
            election.commit()
    finally:
        scheduler.shutdown()


def schedule(database: Database, maker: EngineMaker) -> BackgroundScheduler:
    """The calendar, not yet running; nothing daily between two and three, an hour that one night a year lacks."""
    scheduler = BackgroundScheduler(timezone="Europe/Rome")
    scheduler.add_job(_counted(_retry_stalled), "interval", seconds=STALLED_EVERY, args=(database,))
    scheduler.add_job(_counted(bury_messages), "cron", hour=3, minute=10, args=(database, maker))
    scheduler.add_job(_counted(_sweep), "cron", minute=20, args=(database,))
    scheduler.add_job(_counted(_settle_files), "cron", hour=3, minute=40, args=(database,))
    scheduler.add_job(_counted(check_instances), "interval", minutes=10, args=(database, maker))
    scheduler.add_job(_counted(check_instances), "cron", hour=4, minute=10, args=(database, maker, True))
    scheduler.add_job(_counted(renew_funds), "cron", hour=0, minute=30, args=(database, maker))
    antivirus = from_env()
    if antivirus is not None:
        scheduler.add_job(_counted(_scan_files), "interval", minutes=1, args=(database, antivirus))
    return scheduler


def _counted(work: Callable[..., None]) -> Callable[..., None]:
    """Work of the calendar whose time and outcome are counted, and whose lines have a name in common."""

    @wraps(work)
    def run(*args: Any) -> None:
        logs.begin(request_id=logs.new_name())
        begun, outcome = time.perf_counter(), "failed"
        try:
            work(*args)
            outcome = "done"
        finally:
            metrics.calendar(work.__name__.strip("_"), outcome, time.perf_counter() - begun)

    return run


def _retry_stalled(database: Database) -> None:
    """Jobs of a worker that was killed go back to the queue."""
    with Session(database) as session, session.begin():
        session.execute(_STALLED)


def _enti(database: Database) -> list[int]:
    """Those that work here."""
    with ente_context(None), Session(database) as session:
        return list(
            session.scalars(select(Ente.id).where(Ente.in_trasferimento_at.is_(None)).order_by(Ente.id))
        )


def _sweep(database: Database) -> None:
    """Sessions that have ended, forms that nobody came back for and answers of the API are forgotten."""
    for ente_id in _enti(database):
        with ente_context(ente_id), Session(database) as session, session.begin():
            sweep(session)
            idempotency.sweep(session)


def check_instances(database: Database, maker: EngineMaker, deep: bool = False) -> None:
    """What must never be and is becomes an incident; one ente that cannot be looked at does not hide the others."""
    for ente_id in _enti(database):
        try:
            swept = invariants.sweep(database, maker, ente_id, deep=deep)
        except Exception:  # noqa: BLE001 - told, and looked at again in ten minutes
            log.exception("instances.unchecked", ente=ente_id)
            continue
        if swept.found:
            kinds = Counter(finding.kind for finding in swept.found)
            log.warning("instances.wrong", ente=ente_id, new=swept.new, **kinds)


def renew_funds(database: Database, maker: EngineMaker) -> None:
    """On the first night of a year running services pass to its money; on the others there is nothing to do."""
    for ente_id in _enti(database):
        with ente_context(ente_id), Session(database) as session, session.begin():
            fondo.renew(maker(session, ente_id), system("orologio"))


def _scan_files(database: Database, antivirus: Antivirus) -> None:
    """Files that came while the antivirus was away; one at a time, each with its own commit."""
    for ente_id in _enti(database):
        with ente_context(ente_id), Session(database) as session:
            scan_waiting(session, antivirus)


def _settle_files(database: Database) -> None:
    """Files left by forms that were never sent lose their bytes."""
    for ente_id in _enti(database):
        with ente_context(ente_id), Session(database) as session, session.begin():
            settle(session)


def bury_messages(database: Database, maker: EngineMaker) -> None:
    """Messages that nobody ever waited for become dead letters."""
    for ente_id in _enti(database):
        with ente_context(ente_id), Session(database) as session, session.begin():
            buried = bury_expired(maker(session, ente_id))
        if buried:
            log.warning("messages.dead", ente=ente_id, count=buried)

"""The calendar passes to another clock when one dies, and is missed when one stands still; its nights are counted."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from app import clock
from app.database import engine as engines
from app.database.cluster import Urls
from engine.calendar import ROME
from tests.faults import foundation
from tests.faults.installation import Installation, Process, eventually
from tests.faults.process import HOURS
from tests.faults.program import Case, Program
from tests.faults.records import Records

NIGHTS = [date(2026, 10, 25), date(2027, 3, 28)]  # an hour that comes twice, and one that does not come


@pytest.fixture
def clocks(installation: Installation) -> Iterator[tuple[Process, Process]]:
    """The clock that was elected, and one that stands by."""
    installation.lacks("clock")
    both = [installation.start(name, PERCORSI_LOG="info") for name in ("clock-1", "clock-2")]
    eventually(lambda: any("clock.elected" in each.said() for each in both), "nobody was elected")
    eventually(lambda: any("clock.standing_by" in each.said() for each in both), "nobody stands by")
    elected, standby = sorted(both, key=lambda each: "clock.standing_by" in each.said())
    yield elected, standby
    for process in (elected, standby):
        process.signal(signal.SIGCONT)
        process.stop()
        process.log.write_text("")  # or the next test would read what these said


def test_one_clock_of_two_works_and_the_other_takes_its_place(clocks: tuple[Process, Process]) -> None:
    # given
    elected, standby = clocks
    assert "clock.elected" not in standby.said()
    # when
    elected.kill()
    # then
    eventually(lambda: "clock.elected" in standby.said(), "nobody took its place")


def test_a_clock_that_stands_still_is_missed_and_terms_go_on(
    clocks: tuple[Process, Process], installation: Installation, program: Program
) -> None:
    # given
    elected, standby = clocks
    # when
    elected.signal(signal.SIGSTOP)
    worker = installation.start("worker")
    # then
    eventually(lambda: "segni di vita" in worker.said(), "nobody misses it")
    assert "clock.elected" not in standby.said()
    case = Case(program, "subito")
    eventually(lambda: case.todo() == ["archivia"])


@pytest.mark.parametrize("hours", ["2", "-2"])
def test_the_clock_of_the_database_decides(
    hours: str, installation: Installation, program: Program, records: Records
) -> None:
    # given a worker whose machine is two hours fast, or slow
    installation.lacks("worker")
    later, due = Case(program, "fra_poco"), Case(program, "subito")
    worker = installation.start("worker-wrong", **{HOURS: hours})
    # then it fires what is due by the database's clock, and nothing else
    eventually(lambda: due.todo() == ["archivia"])
    assert later.todo() == ["risponde"]
    worker.stop()
    assert records.broken() == {}


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_what_is_done_each_night_is_done_once_when_the_hour_changes(night: date, town: Urls) -> None:
    # given
    database = engines.connect(town.application)
    for job in clock.schedule(database, foundation.maker()).get_jobs():
        if isinstance(job.trigger, CronTrigger) and not _every_hour(job.trigger):
            # when
            days = Counter(moment.astimezone(ROME).date() for moment in _moments(job.trigger, night))
            # then
            assert days[night] == 1, job.func
    database.dispose()


def _every_hour(trigger: CronTrigger) -> bool:
    return next(str(field) for field in trigger.fields if field.name == "hour") == "*"


def _moments(trigger: CronTrigger, night: date) -> Iterator[datetime]:
    """When it fires, from noon before the night until noon after it."""
    now = datetime(night.year, night.month, night.day, 12, tzinfo=ROME) - timedelta(days=1)
    end = now + timedelta(days=1)
    last: datetime | None = None
    while (moment := trigger.get_next_fire_time(last, now)) is not None and moment <= end:
        yield moment
        last = now = moment

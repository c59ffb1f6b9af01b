"""The database goes away under running processes, and comes back: none of them is started again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, eventually
from tests.faults.line import Line
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.faults.records import Records


@pytest.fixture
def far(installation: Installation, line: Line, home: Path, register: Register) -> Iterator[Installation]:
    """Web, worker and clock that reach their database by the line; no others run."""
    installation.lacks("worker", "clock")
    with Installation(line.url, home, register) as made:
        made.starts("web-far", "worker-far", "clock-far")
        yield made
        line.mend()


def test_an_outage_is_said_and_then_everything_goes_on_by_itself(
    far: Installation, line: Line, token: str, records: Records
) -> None:
    # given
    program = Program(f"http://127.0.0.1:{far.port}", token)
    before, case = Case(program, "protocollo"), Case(program, "protocollo")
    assert before.completes("chiede").status == 200
    eventually(lambda: before.todo() == ["verifica"] and records.one(ELECTED) == 1, "they did not start")
    # when
    line.cut()
    away = case.completes("chiede", "k-durante")
    # then people are told to come back, and a load balancer to look elsewhere
    assert (away.status, away.headers["Retry-After"]) == (503, "30")
    assert (far.answers("/health/live"), far.answers("/health/ready")) == (200, 503)
    worker, clock = far.processes["worker-far"], far.processes["clock-far"]
    eventually(lambda: "queue.lost" in worker.said() and "timers.unreachable" in worker.said())
    eventually(lambda: "clock.lost" in clock.said())
    # and when it is back
    line.mend()
    assert eventually(lambda: case.completes("chiede", "k-durante").status == 200)
    waiting = Case(program, "subito")
    eventually(lambda: case.todo() == ["verifica"], "the worker does no jobs any more")
    eventually(lambda: waiting.todo() == ["archivia"], "the worker fires no timers any more")
    eventually(lambda: records.one(ELECTED) == 1, "the clock does not work any more")
    assert all(process.runs for process in far.processes.values())
    assert records.broken() == {}


def test_a_line_that_swallows_what_is_sent_is_given_up_and_then_everything_goes_on_by_itself(
    far: Installation, line: Line, token: str, records: Records
) -> None:
    # given all three at work, by a line that both ends will believe in
    program = Program(f"http://127.0.0.1:{far.port}", token)
    case = Case(program, "protocollo")
    eventually(lambda: records.one(ELECTED) == 1, "they did not start")
    # when
    line.swallow()
    lost = case.completes("chiede", "k-inghiottita")
    # then nobody waits for ever
    assert (lost.status, lost.headers["Retry-After"]) == (503, "30")
    assert (far.answers("/health/live"), far.answers("/health/ready")) == (200, 503)
    worker, clock = far.processes["worker-far"], far.processes["clock-far"]
    eventually(lambda: "queue.lost" in worker.said() and "timers.unreachable" in worker.said())
    eventually(lambda: "clock.lost" in clock.said())
    # and when it carries again
    line.mend()
    assert eventually(lambda: case.completes("chiede", "k-inghiottita").status == 200)
    waiting = Case(program, "subito")
    eventually(lambda: case.todo() == ["verifica"], "the worker does no jobs any more")
    eventually(lambda: waiting.todo() == ["archivia"], "the worker fires no timers any more")
    eventually(lambda: records.one(ELECTED) == 1, "the clock does not work any more")
    assert all(process.runs for process in far.processes.values())
    assert records.broken() == {}


def test_who_starts_while_the_database_is_away_waits_for_it(
    installation: Installation, line: Line, home: Path, register: Register, program: Program, records: Records
) -> None:
    # given
    installation.lacks("worker", "clock")
    line.cut()
    with Installation(line.url, home, register) as made:
        worker, clock = made.start("worker-early"), made.start("clock-early")
        eventually(
            lambda: all(each.said().count("database.away") > 1 for each in (worker, clock)),
            "they do not wait",
        )
        # when
        line.mend()
        # then
        case, waiting = Case(program, "protocollo"), Case(program, "subito")
        assert case.completes("chiede").status == 200
        eventually(lambda: case.todo() == ["verifica"], "the worker does no jobs")
        eventually(lambda: waiting.todo() == ["archivia"], "the worker fires no timers")
        eventually(lambda: records.one(ELECTED) == 1, "the clock does not work")
        assert [each.runs for each in (worker, clock)] == [True, True]


def test_who_waits_for_the_database_still_stops_when_asked(
    installation: Installation, line: Line, home: Path, register: Register
) -> None:
    line.cut()
    with Installation(line.url, home, register) as made:
        for process in (made.start("worker-tired"), made.start("clock-tired")):
            eventually(lambda process=process: "database.away" in process.said())  # type: ignore[misc]
            assert process.stop() == 0


ELECTED = (
    "select count(*) from pg_locks where locktype = 'advisory' and granted and classid = 1 and objsubid = 1"
)

"""A minute without a database: everybody is told, and no process grows while it waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, Process, eventually
from tests.faults.line import Line
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.faults.records import Records

LASTS = 60  # seconds
PEOPLE = 4
MORE_THREADS = 4  # a pool's that is being opened
MORE_MEMORY = 20_000  # kB
NAMES = ("web-far", "worker-far", "clock-far")


@pytest.fixture
def far(installation: Installation, line: Line, home: Path, register: Register) -> Iterator[Installation]:
    installation.lacks("worker", "clock")
    with Installation(line.url, home, register) as made:
        made.starts(*NAMES)
        yield made
        line.mend()


def test_a_minute_without_a_database_grows_nothing(
    far: Installation, line: Line, token: str, records: Records
) -> None:
    # given
    program = Program(f"http://127.0.0.1:{far.port}", token)
    earlier, case = Case(program, "protocollo"), Case(program, "protocollo")
    assert earlier.completes("chiede").status == 200
    eventually(lambda: earlier.todo() == ["verifica"], "the worker did not start")
    statuses: set[tuple[int, str | None]] = set()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = program.get(f"/pratiche/{case.id}")
            statuses.add((answer.status, answer.headers.get("Retry-After")))

    # when nobody answers at its door, and then somebody does who says nothing
    line.cut()
    people = [threading.Thread(target=ask) for _ in range(PEOPLE)]
    for each in people:
        each.start()
    time.sleep(LASTS / 6)
    before = [size(far.processes[name]) for name in NAMES]
    time.sleep(LASTS / 2)
    line.hush()
    time.sleep(LASTS / 2)
    after = [size(far.processes[name]) for name in NAMES]
    alive, ready = far.answers("/health/live"), far.answers("/health/ready")
    stop.set()
    for each in people:
        each.join()
    # then
    assert statuses == {(503, "30")}
    assert (alive, ready) == (200, 503)
    for (threads, memory), (threads_then, memory_then) in zip(after, before, strict=True):
        assert threads <= threads_then + MORE_THREADS
        assert memory <= memory_then + MORE_MEMORY
    line.mend()
    eventually(lambda: case.completes("chiede", "k-poi").status == 200)
    eventually(lambda: case.todo() == ["verifica"])
    assert records.broken() == {}


def size(process: Process) -> tuple[int, int]:
    """Threads and memory (kB) of a process and of what it started."""
    threads = memory = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue  # it has just ended
        if told.get("NSpgid", "").split()[-1:] == [str(process.pid)]:
            threads += int(told["Threads"])
            memory += int(told.get("VmRSS", "0 kB").split()[0])
    return threads, memory

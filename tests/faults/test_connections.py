"""Too few connections, or connections cut all the time: an answer comes, and it is about one's own ente."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.database.cluster import Urls
from tests.faults import barrier, foundation, mixed_run
from tests.faults.installation import Installation
from tests.faults.outside import Register
from tests.faults.person import Person
from tests.faults.program import Case, Program, Unanswered
from tests.faults.records import Records

INSTANCE = "select 1 from engine_instance where id = %s for update"
CONNECTIONS = 15  # that a web process opens at most
OPENED = "select count(*) from pratica"
WALKED = min(int(os.environ.get("INSTANCES", "40")) // 2, 200)
IN_THE_MIDDLE = """
    select pid from pg_stat_activity
    where usename = 'percorsi_app' and datname = current_database() and wait_event_type = 'Lock'
"""
BACKENDS = "select pid from pg_stat_activity where usename = 'percorsi_app' and datname = current_database()"


@pytest.fixture
def crowded(town: Urls, token: str, home: Path, register: Register) -> Iterator[Installation]:
    """A web with more threads than connections."""
    with Installation(town.application, home, register) as made:
        made.threads = CONNECTIONS + 5
        made.start("web-crowded")
        yield made


def test_who_finds_no_connection_is_told_so(
    crowded: Installation, token: str, records: Records, town: Urls
) -> None:
    # given as many requests as there are connections, all waiting for one instance
    program = Program(f"http://127.0.0.1:{crowded.port}", token)
    case, other = Case(program, "affiancati"), Case(program, "affiancati")
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
            done = [pool.submit(case.completes, "uno") for _ in range(CONNECTIONS)]
            reached.wait(CONNECTIONS)
            # when
            refused = other.completes("uno")
            # then it is told while they still wait
            assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
            assert not any(each.done() for each in done)
        statuses = Counter(each.result().status for each in done)
    assert statuses == {200: 1, 409: CONNECTIONS - 1}
    assert other.completes("uno").status == 200
    assert records.broken() == {}


def test_connections_that_died_at_rest_are_seen_by_nobody(
    program: Program, records: Records, town: Urls
) -> None:
    # given a person, a program, and connections at rest that the database has closed
    person = Person(program.address, "luca")
    case = Case(program, "affiancati")
    superuser = Records(town.superuser)

    def cut() -> None:
        for row in superuser.rows(BACKENDS):
            superuser.does("select pg_terminate_backend(:pid)", pid=row.pid)

    # when / then
    cut()
    assert program.get("/attivita").status == 200
    cut()
    assert case.completes("uno").status == 200
    cut()
    assert "Luca Lai" in person.opens("/scrivania")
    assert records.broken() == {}


def test_a_connection_cut_in_the_middle_of_a_command_is_seen_by_nobody(
    program: Program, records: Records, town: Urls
) -> None:
    # given a command that stands in the middle of its transaction
    case, superuser = Case(program, "affiancati"), Records(town.superuser)
    with ThreadPoolExecutor(1) as pool:
        with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
            done = pool.submit(case.completes, "uno")
            reached.wait()
            # when its connection is cut there
            cut = superuser.rows(IN_THE_MIDDLE)
            superuser.does("select pg_terminate_backend(:pid, 10000)", pid=cut[0].pid)
            # then it comes there again by another, without anybody asking
            reached.wait()
            assert {row.pid for row in superuser.rows(IN_THE_MIDDLE)} != {row.pid for row in cut}
        assert done.result().status == 200
    assert case.todo() == ["due"]
    assert records.broken() == {}


class Neighbour:
    """A program of another ente that asks all the time what there is to do, and must never see anything."""

    def __init__(self, address: str, token: str) -> None:
        self.answers = 0
        self.seen: list[object] = []
        self._program = Program(address, token)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Neighbour:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.wait(0.02):
            try:
                answer = self._program.get("/attivita")
            except Unanswered:
                continue
            if answer.status == 200:
                self.answers += 1
                self.seen += answer.json["attivita"]


def test_connections_cut_all_the_time_cost_repetitions_and_nothing_else(
    web: Installation, token: str, program: Program, records: Records, town: Urls
) -> None:
    # given
    web.starts("worker")
    superuser = Records(town.superuser)
    neighbour = foundation.with_session(town, foundation.issue, foundation.NEIGHBOUR)
    people = mixed_run.People(program.address, token, WALKED, "cut")
    dice = random.Random(0)
    before = records.one(OPENED)

    def cut() -> None:
        pids = [row.pid for row in superuser.rows(BACKENDS)]
        if pids:
            superuser.does("select pg_terminate_backend(:pid)", pid=dice.choice(pids))

    # when
    with Neighbour(program.address, neighbour) as watching, mixed_run.Shaking({"tagli": cut}, every=0.1):
        people.work()
    # then
    done = people.acknowledged
    assert (len(done.opened), watching.seen) == (WALKED, [])
    assert records.one(OPENED) == before + WALKED
    assert watching.answers
    count = "select count(*) from engine_task where status = 'done' and id = any(:ids)"
    assert records.one(count, ids=[int(task) for task in done.completed]) == len(done.completed)
    assert records.broken() == {}
    # and those cut last, which nobody has used since, are seen by nobody
    assert {program.get("/attivita").status for _ in range(CONNECTIONS)} == {200}

"""Two who want to move the same step: one does, and never somebody who may no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from app import worker
from app.accounts import tokens
from app.accounts.operator import Operator
from app.database import engine as engines
from app.database.cluster import Urls
from tests.faults import barrier, foundation
from tests.faults.installation import Installation, eventually
from tests.faults.person import Person
from tests.faults.program import Case, Program
from tests.faults.records import Records

INSTANCE = "select 1 from engine_instance where id = %s for update"
TASK = "select 1 from engine_task where id = %s for update"
ROUNDS = 6


@pytest.fixture
def database(town: Urls) -> Iterator[Engine]:
    """The worker's connections, in the test's own process."""
    made = engines.connect(town.application, pool_size=2)
    yield made
    made.dispose()


@pytest.fixture
def two() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.parametrize("first", ["chi risponde", "il termine"])
def test_an_answer_races_its_deadline_and_one_way_is_taken(
    first: str,
    installation: Installation,
    program: Program,
    records: Records,
    town: Urls,
    database: Engine,
    two: ThreadPoolExecutor,
) -> None:
    # given cases whose time is over, and no worker yet
    installation.lacks("worker")
    cases = [Case(program, "subito") for _ in range(ROUNDS)]
    maker = foundation.maker()
    for case in cases:
        instance = records.instance_of(case.id)
        others = [row.id for row in records.rows(OTHER_TIMERS, id=instance)]
        comers: list[Callable[[], Any]] = [
            lambda case=case: case.completes("risponde").status,  # type: ignore[misc]
            lambda others=others: worker.fire_next(database, maker, others),  # type: ignore[misc]
        ]
        if first == "il termine":
            comers.reverse()
        # when
        done: list[Future[Any]] = []
        with barrier.before(town.owner, INSTANCE, (instance,)) as reached:
            for number, comer in enumerate(comers, 1):
                done.append(two.submit(comer))
                reached.wait(number)
        outcomes = {each.result() for each in done}
        # then
        answered = 200 in outcomes
        assert answered or 409 in outcomes
        assert case.todo() == (["esamina"] if answered else ["archivia"])
    assert records.broken() == {}


@pytest.mark.parametrize("key", [None, "chiave-1"])
def test_a_token_revoked_while_its_command_waits_does_nothing(
    key: str | None, program: Program, records: Records, town: Urls, two: ThreadPoolExecutor
) -> None:
    # given
    case = Case(program, "affiancati")
    fired = Program(program.address, foundation.with_session(town, foundation.issue))
    last = records.one("select max(id) from token_api")
    with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
        done = two.submit(fired.completes, case.tasks["uno"], key)
        reached.wait()
        # when
        by = Operator(foundation.ADMIN, foundation.ENTE, "Carla Costa")
        foundation.with_session(town, lambda session: tokens.revoke(session, by, last))
    # then
    assert done.result().status == 401
    assert case.todo() == ["due", "uno"]
    assert records.broken() == {}


def test_a_message_that_waits_for_a_step_holds_nothing_that_the_step_may_want(
    program: Program, records: Records, town: Urls, two: ThreadPoolExecutor
) -> None:
    # given a message whose instance is in somebody's step
    case = Case(program, "attesa", ordine="gara")
    with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
        delivered = two.submit(program.delivers, "consegnato", "gara", "m-gara")
        # when
        reached.wait()
        # then the step could still await the same message: neither would wait for the other
        assert records.one(MESSAGE_FREE)
    assert delivered.result().json["esito"] == "correlated"
    assert case.todo() == ["saluta"]
    assert records.broken() == {}


def lose_the_roles(town: Urls, records: Records) -> None:
    foundation.end_roles(town)


def lose_the_step(town: Urls, records: Records) -> None:
    records.does("update engine_task set assignee_id = :id where status = 'open'", id=foundation.ADMIN)


@pytest.mark.parametrize("lose", [lose_the_roles, lose_the_step])
@pytest.mark.parametrize("path", ["", "/prendi"])
def test_who_loses_the_right_while_waiting_does_nothing(
    lose: Callable[[Urls, Records], None],
    path: str,
    luca: Person,
    program: Program,
    records: Records,
    town: Urls,
    two: ThreadPoolExecutor,
) -> None:
    # given somebody who completes or takes a step, and stands before its lock
    case = Case(program, "affiancati")
    address = f"/attivita/{case.tasks['uno']}"
    page = luca.opens(address)
    with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
        done = two.submit(luca.sends, address + path, page)
        reached.wait()
        # when
        lose(town, records)
    # then
    assert done.result() == 403
    assert case.todo() == ["due", "uno"]
    holder = "select assignee_id from engine_task where id = :id"
    assert records.one(holder, id=int(case.tasks["uno"])) != foundation.COLLEAGUE
    assert records.broken() == {}


@pytest.fixture
def holder(town: Urls) -> Iterator[Connection]:
    """Somebody who never gives way in a deadlock, while who connects from now on does after three seconds."""
    made = create_engine(town.superuser, poolclass=NullPool)
    with made.connect() as connection:
        connection.execute(text("set deadlock_timeout = '1min'"))
        connection.execute(text(f"alter database {made.url.database} set deadlock_timeout = '3s'"))
        connection.commit()
        yield connection
        connection.rollback()
        connection.execute(text(f"alter database {made.url.database} reset deadlock_timeout"))
        connection.commit()


def test_a_worker_that_gives_way_in_a_deadlock_tries_again(
    installation: Installation,
    program: Program,
    records: Records,
    holder: Connection,
    database: Engine,
    two: ThreadPoolExecutor,
) -> None:
    # given a worker that has taken a term, and somebody who has its instance
    installation.lacks("worker")
    case = Case(program, "subito")
    instance = records.instance_of(case.id)
    others = [row.id for row in records.rows(OTHER_TIMERS, id=instance)]
    holder.execute(text("select 1 from engine_instance where id = :id for update"), {"id": instance})
    fired = two.submit(worker.fire_next, database, foundation.maker(), others)
    eventually(lambda: records.one(WAITING) == 1)
    # when each wants what the other has
    holder.execute(text("select 1 from engine_timer where instance_id = :id for update"), {"id": instance})
    # then the worker looks again, and leaves the term to who has it now
    assert fired.result() is None
    holder.rollback()
    assert worker.fire_next(database, foundation.maker(), others)
    assert case.todo() == ["archivia"]
    assert records.broken() == {}


MESSAGE_FREE = "select pg_try_advisory_xact_lock(hashtextextended('1:consegnato:gara', 0))"
OTHER_TIMERS = "select id from engine_timer where instance_id <> :id"
WAITING = """
    select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and a.datname = current_database()
"""

"""No ente waits for another's backlog: real queue, real timers, two enti of one installation."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import worker
from app.database.context import ente_context
from app.wiring import QUEUE, TASK, EngineMaker
from engine import Operations, system
from tests.engine.drawing import bundle, diagram, end, event, on_timer, start

CLERK = system("prova")
GENOVA, RECCO = 1, 2
BULK = 2_000
A_HANDFUL = 10
TWO_PLACES = 2  # one for a call that hangs, one for the others
WAITING = start() + event("termine", "intermediateCatch", on_timer("PT0S")) + end()

Call = Callable[[int, int], None]


@pytest.fixture
def maker(ente: int) -> EngineMaker:
    return EngineMaker(Operations())


def _put(owner: Database, ente_id: int, count: int) -> None:
    with owner.begin() as connection:
        connection.execute(
            text(
                "insert into procrastinate_jobs (queue_name, task_name, args) "
                "select :queue, :task, jsonb_build_object('ente_id', cast(:ente_id as int), 'job_id', n) "
                "from generate_series(1, :count) n"
            ),
            {"queue": QUEUE, "task": TASK, "ente_id": ente_id, "count": count},
        )


@pytest.fixture
def work(
    monkeypatch: pytest.MonkeyPatch, database_url: str, engine: Database, maker: EngineMaker
) -> Callable[[Call, int], None]:
    """Let the worker empty the queue, with what an outside body would do in the place of the call."""

    def run(call: Call, concurrency: int) -> None:
        monkeypatch.setattr(worker, "run_job", lambda _database, _maker, ente_id, job: call(ente_id, job))
        worker.queue(database_url, engine, maker).run_worker(
            queues=[QUEUE],
            concurrency=concurrency,
            wait=False,
            delete_jobs="successful",
            install_signal_handlers=False,
        )

    return run


def test_one_call_is_made_after_a_handful_of_anothers_two_thousand(
    owner_engine: Database, work: Callable[[Call, int], None], ente: int
) -> None:
    # given
    _put(owner_engine, GENOVA, BULK)
    _put(owner_engine, RECCO, 1)
    made: list[int] = []

    def call(ente_id: int, _job: int) -> None:
        made.append(ente_id)
        if ente_id == RECCO:  # the rest of the bulk need not be seen
            with owner_engine.begin() as connection:
                connection.execute(text("delete from procrastinate_jobs where status = 'todo'"))

    # when
    work(call, worker.CONCURRENCY)
    # then
    assert made.index(RECCO) < A_HANDFUL


def test_calls_that_hang_for_one_ente_leave_a_place_for_the_calls_of_the_others(
    owner_engine: Database, work: Callable[[Call, int], None], ente: int
) -> None:
    # given the body that Genova asks does not answer until all of Recco's calls are made
    _put(owner_engine, GENOVA, TWO_PLACES + 1)
    _put(owner_engine, RECCO, 20)
    all_of_recco, made, gave_up = threading.Event(), [], []

    def call(ente_id: int, _job: int) -> None:
        if ente_id == GENOVA:
            if not all_of_recco.wait(60):
                gave_up.append(ente_id)
        else:
            made.append(ente_id)
            if len(made) == 20:
                all_of_recco.set()

    # when
    work(call, TWO_PLACES)
    # then
    assert gave_up == []


def test_one_term_fires_after_a_handful_of_anothers_backlog(
    owner_engine: Database, engine: Database, maker: EngineMaker, ente: int
) -> None:
    # given twenty terms of Genova, all due before the only one of Recco
    for ente_id, terms in ((GENOVA, 20), (RECCO, 1)):
        with ente_context(ente_id), Session(engine) as session, session.begin():
            made = maker(session, ente_id)
            made.publish(
                bundle("prova", diagram("prova", WAITING, "inizio termine; termine fine")), system("prova")
            )
            for _ in range(terms):
                made.start("prova", {}, system("prova"))
    # when
    stop = threading.Event()
    firing = threading.Thread(target=worker.fire_timers, args=(engine, maker, stop))
    firing.start()
    fired: list[int] = []
    while len(fired) < 21:
        with owner_engine.connect() as connection:
            query = text("select ente_id from engine_history where event = 'timer' order by id")
            fired = list(connection.scalars(query))
    stop.set()
    firing.join()
    # then
    assert fired.index(RECCO) < 3

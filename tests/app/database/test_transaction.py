"""Units of work that PostgreSQL interrupts: repeated when nothing took effect, reported otherwise."""

from threading import Barrier, Thread
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.database import context, db
from app.database import engine as engines
from app.database.context import ente_context
from app.database.transaction import may_repeat, retrying, transactional
from app.enti.model import Unita
from engine.plain import send

INSERT = text("insert into unita (ente_id, id, nome, tipo) values (1, :id, 'ATS', 'ats')")
COUNT = text("select count(*) from unita")


def _error(code: str) -> DBAPIError:
    class Failure(psycopg2.DatabaseError):
        pgcode = code

    return DBAPIError("select 1", {}, Failure())


def _kill_others(superuser_engine: Engine, database: str) -> None:
    query = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = :name"
    with superuser_engine.connect() as connection:
        connection.execute(text(query), {"name": database}).all()


def test_two_that_block_each_other_both_succeed(engine: Engine, ente: int) -> None:
    # given two rows, taken by two people in opposite order
    with engine.begin() as connection:
        for id in ("a", "b"):
            connection.execute(INSERT, {"id": id})
    meet = Barrier(2)
    attempts = {"ab": 0, "ba": 0}

    def work(order: str) -> None:
        with ente_context(ente), Session(engine) as session:

            def take() -> None:
                attempts[order] += 1
                for id in order:
                    session.execute(text("update unita set nome = nome || 'x' where id = :id"), {"id": id})
                    if id == order[0] and attempts[order] == 1:
                        meet.wait(60)

            retrying(session, take)

    # when
    threads = [Thread(target=work, args=(order,)) for order in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # then
    with engine.connect() as connection:
        assert connection.scalars(text("select nome from unita")).all() == ["ATSxx", "ATSxx"]
    assert sum(attempts.values()) == 3


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_repeat_is_tried_three_times_and_then_reported(engine: Engine, code: str) -> None:
    # given
    attempts = []

    def work() -> None:
        attempts.append(1)
        raise _error(code)

    # when
    with Session(engine) as session, pytest.raises(DBAPIError):
        retrying(session, work)
    # then
    assert len(attempts) == 4


def test_another_failure_is_reported_at_once_and_leaves_nothing(engine: Engine, ente: int) -> None:
    # given
    attempts = []

    with Session(engine) as session:

        def work() -> None:
            attempts.append(1)
            session.execute(INSERT, {"id": "a"})
            session.execute(INSERT, {"id": "a"})

        # when
        with pytest.raises(DBAPIError, match="pk_unita"):
            retrying(session, work)
        # then
        assert session.scalar(COUNT) == 0
    assert len(attempts) == 1


def test_a_lost_connection_is_not_seen_by_the_user(
    engine: Engine, ente: int, superuser_engine: Engine
) -> None:
    # given connections that died while they were idle
    with engine.connect() as first, engine.connect() as second:
        database = first.scalar(text("select current_database()"))
        second.scalar(text("select 1"))
    _kill_others(superuser_engine, database)
    # when
    with Session(engine) as session:
        retrying(session, lambda: session.execute(INSERT, {"id": "a"}))
        # then
        assert session.scalar(COUNT) == 1


def test_whichever_connection_died_at_rest_the_first_reading_finds_another(
    engine: Engine, ente: int, superuser_engine: Engine
) -> None:
    # given a pool of connections that the database has closed
    at_rest = [engine.connect() for _ in range(3)]
    database = at_rest[0].scalar(text("select current_database()"))
    for connection in at_rest:
        connection.close()
    _kill_others(superuser_engine, database)
    # when several are taken at once, as by a request with more than one transaction
    taken = [engine.connect() for _ in range(3)]
    # then
    assert [connection.scalar(COUNT) for connection in taken] == [0, 0, 0]
    for connection in taken:
        connection.close()


def test_a_connection_that_dies_under_a_plain_statement_is_not_seen_by_the_user(
    engine: Engine, ente: int, superuser_engine: Engine
) -> None:
    # given
    attempts = []

    def work() -> list[Any]:
        database = session.scalar(text("select current_database()"))
        if not attempts:
            _kill_others(superuser_engine, database)
        attempts.append(1)
        return send(session, "select count(*) as seen from unita where tipo = %(tipo)s", {"tipo": "ats"})

    # when
    with Session(engine) as session:
        found = retrying(session, work)
    # then
    assert [row.seen for row in found] == [0]
    assert len(attempts) == 2


def test_a_session_that_has_failed_takes_no_plain_statement(engine: Engine, ente: int) -> None:
    # given one that was used, and then refused
    with Session(engine) as session:
        send(session, "select %(one)s", {"one": 1})
        session.add(Unita(ente_id=ente, id="a", nome=None, tipo="ats"))
        with pytest.raises(IntegrityError):
            session.flush()
        # then
        with pytest.raises(PendingRollbackError):
            send(session, "select %(one)s", {"one": 1})
        # and when it is given up, it goes on
        session.rollback()
        assert send(session, "select %(one)s as one", {"one": 1})[0].one == 1


def test_a_connection_lost_in_the_commit_is_never_repeated() -> None:
    # given an error without a statement: nobody knows whether the COMMIT arrived
    lost = OperationalError(None, None, psycopg2.OperationalError(), connection_invalidated=True)
    during = OperationalError("update …", {}, psycopg2.OperationalError(), connection_invalidated=True)
    # then
    assert not may_repeat(lost)
    assert may_repeat(during)


@pytest.fixture
def flask_app(database_url: str) -> Flask:
    """A Flask application with the database and nothing else."""
    made = Flask("prova")
    engines.init_app(made, database_url)
    return made


def test_a_use_case_inside_another_joins_its_transaction(flask_app: Flask, ente: int) -> None:
    # given
    @transactional
    def inner() -> None:
        db.session.execute(INSERT, {"id": "inner"})

    @transactional
    def outer() -> None:
        inner()
        raise LookupError

    # when
    with flask_app.app_context():
        with pytest.raises(LookupError):
            outer()
        # then
        assert db.session.scalar(COUNT) == 0
        inner()
        db.session.rollback()
        assert db.session.scalar(COUNT) == 1
        db.session.remove()
        db.engine.dispose()


def test_flasks_session_keeps_to_its_ente(flask_app: Flask, ente: int) -> None:
    with flask_app.app_context():
        # given
        db.session.execute(INSERT, {"id": "a"})
        db.session.commit()
        # then
        with ente_context(2):
            assert db.session.scalar(COUNT) == 0
        db.session.remove()
        db.engine.dispose()


def test_an_exhausted_pool_answers_soon(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(engines, "POOL_TIMEOUT", 0.2)
    small = engines.connect(database_url, pool_size=1)
    held = [small.connect() for _ in range(1 + small.pool._max_overflow)]  # type: ignore[attr-defined]
    # when
    with pytest.raises(PoolTimeout):
        small.connect()
    # then
    for connection in held:
        connection.close()
    small.dispose()


def test_a_statement_that_never_ends_is_cut(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("show statement_timeout")) == "30s"
        connection.execute(text("set local statement_timeout = 50"))
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("select pg_sleep(5)"))


def test_the_ente_is_told_once_in_a_transaction(engine: Engine, ente: int) -> None:
    # given
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    # when
    with engine.begin() as connection:
        for _ in range(5):
            connection.execute(COUNT)
    # then
    assert statements.count(context.TELL) == 1
    assert len(statements) == 6

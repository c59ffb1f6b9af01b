"""Row-level security between enti, as the application's role meets it."""

from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from app.database.context import EnteChanged, ente_context

INSERT = text("insert into unita (ente_id, id, nome, tipo) values (:ente, :id, 'ATS', 'ats')")
IDS = text("select id from unita order by id")


@pytest.fixture
def two_units(engine: Engine, ente: int) -> None:
    """One unità in each of the two enti."""
    for number, id in ((1, "ats-34"), (2, "ats-99")):
        with ente_context(number), engine.begin() as connection:
            connection.execute(INSERT, {"ente": number, "id": id})


def test_an_ente_sees_its_own_rows_only(two_units: None, session: Session) -> None:
    # when
    found = session.scalars(IDS).all()
    # then
    assert found == ["ats-34"]


def test_without_an_ente_there_are_no_rows(two_units: None, session: Session) -> None:
    with ente_context(None):
        assert session.scalars(IDS).all() == []


def test_a_row_of_another_ente_is_refused(two_units: None, session: Session) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(INSERT, {"ente": 2, "id": "ats-1"})


def test_a_row_cannot_be_moved_to_another_ente(two_units: None, session: Session) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text("update unita set ente_id = 2"))


def test_updates_do_not_reach_another_ente(two_units: None, engine: Engine, session: Session) -> None:
    # when
    changed = session.execute(text("update unita set nome = 'ATS 34' where id like 'ats-%'"))
    # then
    assert changed.rowcount == 1  # type: ignore[attr-defined]


def test_the_ente_does_not_leak_through_the_pool(two_units: None, engine: Engine) -> None:
    # given one connection used for ente 1 and given back
    with ente_context(1), engine.connect() as connection:
        first = connection.scalar(text("select pg_backend_pid()"))
    # when the same connection serves nobody in particular
    with ente_context(None), engine.connect() as connection:
        again = connection.scalar(text("select pg_backend_pid()"))
        seen = connection.scalars(IDS).all()
        told = connection.scalar(text("select current_setting('app.ente_id', true)"))
    # then
    assert (again, seen, told) == (first, [], "")


def test_a_committed_transaction_forgets_its_ente(two_units: None, session: Session) -> None:
    # given
    assert session.scalars(IDS).all() == ["ats-34"]
    session.commit()
    # when
    with ente_context(2):
        found = session.scalars(IDS).all()
    # then
    assert found == ["ats-99"]


def test_a_transaction_cannot_change_ente(two_units: None, session: Session) -> None:
    # given
    session.scalars(IDS).all()
    # when
    with ente_context(2), pytest.raises(EnteChanged) as refused:
        session.scalars(IDS).all()
    # then
    assert (refused.value.begun_for, refused.value.used_for) == (1, 2)


def test_a_transaction_begun_for_nobody_may_enter_an_ente(two_units: None, session: Session) -> None:
    # given a login, which looks people up before it knows their ente
    with ente_context(None):
        session.execute(text("select slug from ente")).all()
    # when
    found = session.scalars(IDS).all()
    # then
    assert found == ["ats-34"]


def test_a_rolled_back_savepoint_keeps_the_ente(two_units: None, session: Session) -> None:
    # given a savepoint that is the transaction's first act
    savepoint = session.begin_nested()
    session.scalars(IDS).all()
    savepoint.rollback()
    # then
    assert session.scalars(IDS).all() == ["ats-34"]


def test_threads_do_not_share_their_ente(two_units: None, engine: Engine) -> None:
    # given
    seen: list[list[str]] = []

    def look() -> None:
        with engine.connect() as connection:
            seen.append(list(connection.scalars(IDS).all()))

    # when
    thread = Thread(target=look)
    thread.start()
    thread.join()
    # then
    assert seen == [[]]


def test_a_foreign_key_is_no_oracle_on_another_ente(two_units: None, session: Session) -> None:
    # when the parent exists, but in another ente
    with pytest.raises(DBAPIError, match="fk_unita_ente_id_parent_id"):
        session.execute(
            text(
                "insert into unita (ente_id, id, nome, tipo, parent_id) values (1, 'x', 'X', 'ats', 'ats-99')"
            )
        )


def test_the_application_owns_nothing_and_cannot_lift_security(session: Session) -> None:
    for statement in (
        "alter table unita disable row level security",
        "drop policy unita_ente on unita",
        "set role percorsi_owner",
        "create table note (id int)",
        "delete from unita",
    ):
        with pytest.raises(ProgrammingError):
            session.execute(text(statement))
        session.rollback()


def test_the_owner_sees_every_ente_for_data_migrations(two_units: None, owner_engine: Engine) -> None:
    with owner_engine.connect() as connection:
        assert connection.scalars(IDS).all() == ["ats-34", "ats-99"]


def test_a_failure_inside_a_savepoint_is_told_as_it_is_and_the_ente_stays(
    session: Session, ente: int
) -> None:
    # given
    session.execute(text("select 1"))
    # when
    with pytest.raises(DataError), session.begin_nested():
        session.execute(text("select 1/0"))
    # then
    assert session.execute(text("select current_setting('app.ente_id')")).scalar_one() == str(ente)

"""Guessing passwords gets slower and slower, across processes, and never for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.accounts.throttle import (
    BY_ADDRESS,
    BY_USERNAME,
    LONGEST_WAIT,
    Throttle,
    Throttled,
    network_of,
    purge,
)
from tests.app.accounts.pages import field_in, form_token, log_in

SECRET = "s" * 40


def fail(session: Session, times: int, username: str = "giulia", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        Throttle(session, SECRET, username, address).count()


def wait_is_over(session: Session) -> None:
    session.execute(text("update tentativo_accesso set bloccato_fino_at = now()"))
    session.commit()


def test_a_few_mistakes_are_free_and_then_each_doubles_the_wait(session: Session):
    # given
    fail(session, BY_USERNAME.free)
    # when
    waits = []
    for _ in range(4):
        with pytest.raises(Throttled) as blocked:
            fail(session, 1)
        waits.append(blocked.value.seconds)
        wait_is_over(session)
        fail(session, 1)
    # then
    assert waits == [1, 2, 4, 8]


def test_the_wait_never_exceeds_a_quarter_of_an_hour(session: Session):
    fail(session, 1)
    session.execute(text("update tentativo_accesso set fallimenti = 1000000"))
    fail(session, 1)
    with pytest.raises(Throttled) as blocked:
        fail(session, 1)
    assert LONGEST_WAIT - 5 <= blocked.value.seconds <= LONGEST_WAIT


def test_attempts_while_waiting_do_not_lengthen_the_wait(session: Session):
    fail(session, BY_USERNAME.free)
    for _ in range(3):
        with pytest.raises(Throttled) as blocked:
            fail(session, 1)
        assert blocked.value.seconds == 1


def test_one_address_trying_many_names_must_wait_too(session: Session):
    for n in range(BY_ADDRESS.free):
        fail(session, 1, username=f"nome{n}")
    with pytest.raises(Throttled):
        fail(session, 1, username="un altro")
    fail(session, 1, username="un altro", address="192.0.2.2")


def test_one_subscriber_of_ipv6_is_one_address():
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"


def test_a_good_login_forgets_the_mistakes(session: Session):
    fail(session, BY_USERNAME.free - 1)
    Throttle(session, SECRET, "giulia", "192.0.2.1").succeeded()
    session.commit()
    fail(session, BY_USERNAME.free - 1)


def test_an_hour_later_the_mistakes_are_forgotten(session: Session):
    fail(session, BY_USERNAME.free)
    session.execute(
        text("update tentativo_accesso set ultimo_at = now() - interval '2 hours', bloccato_fino_at = now()")
    )
    fail(session, BY_USERNAME.free - 1)


def test_parallel_guesses_do_not_outrun_the_count(engine: Engine):
    def guess(_: int) -> bool:
        with Session(engine) as mine:
            try:
                Throttle(mine, SECRET, "giulia", "192.0.2.1").count()
            except Throttled:
                return False
            return True

    with ThreadPoolExecutor(5) as pool:
        looked_at = sum(pool.map(guess, range(20)))
    assert looked_at == BY_USERNAME.free


def test_the_table_names_nobody(session: Session):
    fail(session, 1, "giulia.parodi", "192.0.2.1")
    rows = session.execute(text("select * from tentativo_accesso")).all()
    assert len(rows) == 2
    assert "giulia" not in str(rows)
    assert all(len(row.chiave) == 32 for row in rows)


def test_old_counts_are_swept(session: Session):
    fail(session, 1)
    session.execute(text("update tentativo_accesso set ultimo_at = now() - interval '2 hours'"))
    purge(session)
    assert session.scalar(text("select count(*) from tentativo_accesso")) == 0


def test_the_page_says_when_to_try_again_even_to_the_right_password(browser: FlaskClient, an_account):
    # given
    an_account()
    for _ in range(BY_USERNAME.free):
        log_in(browser, password="sbagliata sbagliata")
    # when
    page = log_in(browser)
    # then
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "1"
    assert "Puoi riprovare tra 1 secondo" in page.text
    assert field_in(page, "nome_utente") == "giulia.parodi"


def test_a_name_that_nobody_has_must_wait_as_well(browser: FlaskClient, units: None):
    for _ in range(BY_USERNAME.free):
        log_in(browser, "nessuno.esiste")
    assert log_in(browser, "nessuno.esiste").status_code == 429


def test_who_finds_a_computer_left_open_may_not_guess_the_password(browser: FlaskClient, an_account):
    # given
    an_account()
    log_in(browser)
    guess = {"attuale": "a caso", "nuova": "quattro parole lunghe", "ripeti": "quattro parole lunghe"}
    for _ in range(BY_USERNAME.free):
        browser.post("/password", data=guess | {"csrf_token": form_token(browser)})
    # when
    page = browser.post("/password", data=guess | {"csrf_token": form_token(browser)})
    # then
    assert page.status_code == 429
    assert "Troppi tentativi. Riprova tra 1 secondo." in page.text

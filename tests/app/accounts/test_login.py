"""Logging in: who may, what is told to who may not, and what the cookie is."""

import re
from functools import cache

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.models import Account, Sessione
from app.accounts.service import close_account
from app.audit.models import Audit
from tests.app.accounts.pages import field_in, form_token, log_in, session_cookie, token_in


def test_a_stranger_is_sent_to_the_login_and_then_where_she_was_going(browser: FlaskClient, an_account):
    # given
    an_account()
    # when
    sent = browser.get("/scheda?n=1")
    # then
    assert sent.location == "/accesso?next=/scheda?n%3D1"
    assert log_in(browser, next="/scheda?n=1").location == "/scheda?n=1"
    assert browser.get("/").text == "Scrivania di Giulia Parodi"


def test_the_username_is_found_however_it_is_typed(browser: FlaskClient, an_account):
    an_account()
    assert log_in(browser, "  Giulia.PARODI ").status_code == 303


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_answer(
    browser: FlaskClient, an_account, session: Session
):
    # given
    an_account()
    close_account(session, None, an_account("mario.rossi"))
    session.commit()
    # when
    answers = [
        log_in(browser, "giulia.parodi", "sbagliata sbagliata"),
        log_in(browser, "nessuno.esiste"),
        log_in(browser, "mario.rossi"),
    ]
    # then
    assert {answer.status_code for answer in answers} == {422}
    bodies = [re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text) for answer in answers]
    assert bodies[0] == bodies[1] == bodies[2]
    assert "Nome utente o password non giusti" in bodies[0]
    assert session_cookie(browser) is None


def test_the_typed_username_stays_and_the_password_does_not(browser: FlaskClient, an_account):
    page = log_in(browser, "giulia.parodi", "segreto sbagliato")
    assert field_in(page, "nome_utente") == "giulia.parodi"
    assert "segreto sbagliato" not in page.text


def test_an_unknown_name_costs_the_work_of_a_wrong_password(monkeypatch, browser: FlaskClient, an_account):
    # given
    an_account()
    hashes: list[str] = []
    verify = passwords._hasher.verify

    class Watched:
        def verify(self, password_hash: str, password: str) -> bool:
            hashes.append(password_hash.rsplit("$", 2)[0])
            return verify(password_hash, password)

        def check_needs_rehash(self, password_hash: str) -> bool:
            return False

    nobody = passwords.hash_password("x" * 12)
    monkeypatch.setattr(passwords, "_nobody", cache(lambda: nobody))
    monkeypatch.setattr(passwords, "_hasher", Watched())
    # when
    log_in(browser, "giulia.parodi", "sbagliata sbagliata")
    log_in(browser, "nessuno.esiste", "sbagliata sbagliata")
    # then: one hash each, with the same parameters
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


def test_a_password_hashed_with_weaker_parameters_is_hashed_again(
    browser: FlaskClient, an_account, session: Session
):
    # given
    account_id = an_account()
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(
        "corretto cavallo batteria"
    )
    session.execute(text("update account set password_hash = :weak"), {"weak": weak})
    session.commit()
    # when
    log_in(browser)
    # then
    stored = session.scalar(select(Account.password_hash).where(Account.id == account_id))
    assert stored != weak
    assert passwords.is_right(stored, "corretto cavallo batteria")
    assert not passwords.needs_rehash(stored)


def test_the_cookie_is_new_at_login_whatever_the_browser_brought(browser: FlaskClient, an_account):
    """Session fixation: a token planted before the login is worth nothing after it."""
    # given
    an_account()
    browser.set_cookie("percorsi", "piantato-da-altri")
    # when
    log_in(browser)
    # then
    assert session_cookie(browser) != "piantato-da-altri"
    thief = browser.application.test_client()
    thief.set_cookie("percorsi", "piantato-da-altri")
    assert thief.get("/").status_code == 302


def test_logging_in_again_ends_the_session_of_before(browser: FlaskClient, an_account):
    # given
    an_account()
    log_in(browser)
    old = session_cookie(browser)
    # when
    token = form_token(browser)
    fields = {"csrf_token": token, "nome_utente": "giulia.parodi", "password": "corretto cavallo batteria"}
    assert browser.post("/accesso", data=fields).status_code == 303
    # then
    assert session_cookie(browser) != old
    thief = browser.application.test_client()
    thief.set_cookie("percorsi", old)
    assert thief.get("/").status_code == 302


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(browser: FlaskClient, an_account):
    an_account()
    cookie = next(c for c in log_in(browser).headers.getlist("Set-Cookie") if c.startswith("percorsi="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_database_keeps_no_token(browser: FlaskClient, an_account, session: Session):
    an_account()
    log_in(browser)
    stored = session.scalars(select(Sessione.token_hash)).one()
    assert session_cookie(browser).encode() not in stored
    assert len(stored) == 32


def test_logging_out_ends_the_session_on_the_server(browser: FlaskClient, an_account):
    # given
    an_account()
    log_in(browser)
    stolen = session_cookie(browser)
    # when
    browser.post("/uscita", data={"csrf_token": form_token(browser)})
    # then
    assert session_cookie(browser) is None
    browser.set_cookie("percorsi", stolen)
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("column", ["last_seen_at = now() - interval '13 hours'", "expires_at = now()"])
def test_an_idle_or_old_session_is_over(browser: FlaskClient, an_account, session: Session, column: str):
    an_account()
    log_in(browser)
    session.execute(text(f"update sessione set {column}"))
    session.commit()
    assert browser.get("/").status_code == 302


def test_use_keeps_the_session_alive(browser: FlaskClient, an_account, session: Session):
    an_account()
    log_in(browser)
    session.execute(text("update sessione set last_seen_at = now() - interval '11 hours'"))
    session.commit()
    assert browser.get("/").status_code == 200
    idle = session.scalar(text("select now() - last_seen_at < interval '1 minute' from sessione"))
    assert idle


def test_a_login_and_a_logout_are_in_the_audit(browser: FlaskClient, an_account, session: Session):
    account_id = an_account()
    log_in(browser)
    browser.post("/uscita", data={"csrf_token": form_token(browser)})
    query = select(Audit.azione).where(Audit.account_id == account_id).order_by(Audit.id)
    assert session.scalars(query).all() == ["accesso.login", "accesso.logout"]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://altrove.it/", "//altrove.it", "/\\altrove.it", "\\\\altrove.it", "javascript:1", "/a\nb"],
)
def test_after_the_login_nobody_is_sent_to_another_site(browser: FlaskClient, an_account, elsewhere: str):
    an_account()
    assert log_in(browser, next=elsewhere).location == "/"


def test_the_lookup_of_a_name_gives_no_list_and_needs_no_ente(engine: Engine, an_account):
    an_account()
    an_account("anna.traverso", ente_id=2, unita="recco")
    with engine.connect() as connection:
        look = text("select ente_id from accesso_account(:nome)")
        assert connection.scalars(look, {"nome": "anna.traverso"}).all() == [2]
        assert connection.scalars(look, {"nome": "%"}).all() == []
        assert connection.scalars(text("select id from account")).all() == [1]  # of this ente only


def test_a_provisional_password_must_be_changed_first(browser: FlaskClient, an_account, session):
    # given
    an_account()
    session.execute(text("update account set must_change = true"))
    session.commit()
    log_in(browser)
    # when / then
    assert browser.get("/").location == "/password"
    fields = {
        "csrf_token": token_in(browser.get("/password")),
        "attuale": "corretto cavallo batteria",
        "nuova": "quattro parole lunghe insieme",
        "ripeti": "quattro parole lunghe insieme",
    }
    assert browser.post("/password", data=fields).status_code == 303
    assert browser.get("/").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(browser: FlaskClient, an_account):
    # given
    an_account()
    other = browser.application.test_client()
    log_in(other)
    log_in(browser)
    before = session_cookie(browser)
    # when
    fields = {
        "csrf_token": form_token(browser),
        "attuale": "corretto cavallo batteria",
        "nuova": "quattro parole lunghe insieme",
        "ripeti": "quattro parole lunghe insieme",
    }
    browser.post("/password", data=fields)
    # then
    assert session_cookie(browser) != before
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 302


@pytest.mark.parametrize(
    ("attuale", "nuova", "ripeti", "said"),
    [
        ("sbagliata", "quattro parole lunghe", "quattro parole lunghe", "La password di ora non è giusta"),
        ("corretto cavallo batteria", "corta", "corta", "servono almeno 12 caratteri"),
        ("corretto cavallo batteria", "quattro parole lunghe", "altre parole lunghe", "non sono uguali"),
        ("corretto cavallo batteria", "giulia.parodi", "giulia.parodi", "facile da indovinare"),
        ("corretto cavallo batteria", "corretto cavallo batteria", "corretto cavallo batteria", "è uguale"),
    ],
)
def test_a_password_that_will_not_do_is_explained(
    browser: FlaskClient, an_account, attuale: str, nuova: str, ripeti: str, said: str
):
    an_account()
    log_in(browser)
    fields = {"csrf_token": form_token(browser), "attuale": attuale, "nuova": nuova, "ripeti": ripeti}
    page = browser.post("/password", data=fields)
    assert page.status_code == 422
    assert said in page.text

"""The gate: closed by default, forms believed only from our own pages, nothing typed is lost."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts import gate, operators, pending
from app.accounts.models import Account
from app.accounts.service import grant_role
from tests.app.accounts.fixtures import PASSWORD
from tests.app.accounts.pages import form_token, log_in, session_cookie, textarea_in, token_in

TYPED = "La signora dice:\n«non ce la faccio» & <b>piange</b>"


@pytest.fixture
def giulia(browser: FlaskClient, an_account) -> FlaskClient:
    an_account()
    log_in(browser)
    return browser


def test_every_page_is_closed_unless_it_says_otherwise(web: Flask, browser: FlaskClient):
    closed = [rule for rule in web.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for rule in closed:
        view = web.view_functions[rule.endpoint]
        status = browser.get(rule.rule).status_code
        expected = 200 if getattr(view, "public", False) else (401 if rule.rule.startswith("/api/") else 302)
        assert status == expected, rule.rule
    assert browser.get("/non-esiste").status_code == 404


def test_a_form_with_its_token_is_accepted(giulia: FlaskClient):
    answer = giulia.post("/scheda", data={"csrf_token": form_token(giulia), "testo": "ciao"})
    assert answer.text == "registrato: ciao"


def test_a_script_sends_the_token_in_a_header(giulia: FlaskClient):
    answer = giulia.post("/scheda", data={"testo": "ciao"}, headers={"X-CSRF-Token": form_token(giulia)})
    assert answer.text == "registrato: ciao"


@pytest.mark.parametrize("token", ["", "0" * 96, "x"])
def test_a_form_without_its_token_is_not_executed(giulia: FlaskClient, token: str):
    answer = giulia.post("/scheda", data={"csrf_token": token, "testo": "ciao"})
    assert answer.status_code == 303
    assert "registrato" not in answer.text


def test_a_token_of_somebody_else_is_worth_nothing(giulia: FlaskClient, web: Flask, an_account):
    an_account("marco.bruzzone")
    other = web.test_client()
    log_in(other, "marco.bruzzone")
    assert giulia.post("/scheda", data={"csrf_token": form_token(other), "testo": "x"}).status_code == 303


def test_the_token_differs_at_each_page(giulia: FlaskClient):
    assert form_token(giulia) != form_token(giulia)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://altrove.it"},
        {"Origin": "null"},
        {"Referer": "https://altrove.it/pagina"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_sends_is_refused_even_with_the_token(giulia: FlaskClient, headers: dict[str, str]):
    answer = giulia.post("/scheda", data={"csrf_token": form_token(giulia), "testo": "ciao"}, headers=headers)
    assert answer.status_code == 403
    assert "Invio rifiutato" in answer.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_what_our_own_pages_send_is_accepted(giulia: FlaskClient, headers: dict[str, str]):
    answer = giulia.post("/scheda", data={"csrf_token": form_token(giulia), "testo": "a"}, headers=headers)
    assert answer.text == "registrato: a"


def test_the_login_itself_wants_a_token(browser: FlaskClient, an_account):
    an_account()
    answer = browser.post("/accesso", data={"nome_utente": "giulia.parodi", "password": PASSWORD})
    assert answer.status_code == 403
    assert session_cookie(browser) is None


def test_a_form_sent_when_the_session_is_over_comes_back_after_the_login(
    giulia: FlaskClient, session: Session
):
    # given
    token = form_token(giulia)
    session.execute(text("update sessione set last_seen_at = now() - interval '13 hours'"))
    session.commit()
    # when
    fields = [("csrf_token", token), ("testo", TYPED), ("scelte", "1"), ("scelte", "2")]
    sent = giulia.post("/scheda?passo=2", data=MultiDict(fields))
    login = giulia.get(sent.location)
    key = sent.location.split("sospeso=")[1].split("&")[0]
    back = log_in(giulia, sospeso=key)
    page = giulia.get(back.location)
    # then
    assert "Quello che hai scritto è al sicuro" in login.text
    assert 'action="/scheda?passo=2"' in page.text
    assert textarea_in(page, "testo") == TYPED
    assert page.text.count('name="scelte"') == 2
    assert token not in page.text
    answer = giulia.post(
        "/scheda?passo=2", data={"csrf_token": token_in(page), "testo": textarea_in(page, "testo")}
    )
    assert answer.text == "registrato: " + TYPED


def test_a_form_opened_before_a_new_login_asks_for_one_more_press(giulia: FlaskClient):
    # given: another tab logged in again meanwhile
    old_token = form_token(giulia)
    giulia.post("/uscita", data={"csrf_token": form_token(giulia)})
    log_in(giulia)
    # when
    sent = giulia.post("/scheda", data={"csrf_token": old_token, "testo": TYPED})
    # then
    assert sent.location.startswith("/invio-sospeso/")
    assert textarea_in(giulia.get(sent.location), "testo") == TYPED


def test_a_kept_form_is_for_its_owner_only_and_for_one_hour(
    giulia: FlaskClient, web: Flask, an_account, owner_engine: Engine
):
    # given
    sent = giulia.post("/scheda", data={"testo": TYPED})
    an_account("marco.bruzzone")
    an_account("anna.traverso", ente_id=2, unita="recco")
    # when / then
    for other in ("marco.bruzzone", "anna.traverso"):
        stranger = web.test_client()
        log_in(stranger, other)
        page = stranger.get(sent.location)
        assert page.status_code == 404
        assert "signora" not in page.text
    assert giulia.get(sent.location).status_code == 200
    with owner_engine.begin() as connection:
        connection.execute(text("update modulo_sospeso set expires_at = now()"))
    assert giulia.get(sent.location).status_code == 404


def test_a_stranger_s_form_is_not_kept(browser: FlaskClient, session: Session, units: None):
    browser.set_cookie("percorsi", "mai-esistito")
    sent = browser.post("/scheda", data={"testo": "x" * 1000})
    assert "sospeso" not in sent.location
    assert session.scalar(text("select count(*) from modulo_sospeso")) == 0


def test_a_form_comes_back_after_the_login_when_the_cookies_were_cleared(giulia: FlaskClient):
    # given
    token = form_token(giulia)
    giulia.delete_cookie("percorsi")
    giulia.delete_cookie("percorsi_avvisi")
    # when
    sent = giulia.post("/scheda?passo=2", data={"csrf_token": token, "testo": TYPED})
    login = giulia.get(sent.location)
    back = log_in(giulia, sospeso=sent.location.split("sospeso=")[1].split("&")[0])
    page = giulia.get(back.location)
    # then
    assert "Quello che hai scritto è al sicuro" in login.text
    assert 'action="/scheda?passo=2"' in page.text
    assert textarea_in(page, "testo") == TYPED


def test_what_the_form_of_a_lost_cookie_kept_is_for_its_owner_only(
    giulia: FlaskClient, web: Flask, an_account
):
    # given
    an_account("marco.bruzzone")
    token = form_token(giulia)
    # when
    sent = web.test_client().post("/scheda", data={"csrf_token": token, "testo": TYPED})
    # then
    stranger = web.test_client()
    back = log_in(stranger, "marco.bruzzone", sospeso=sent.location.split("sospeso=")[1].split("&")[0])
    page = stranger.get(back.location)
    assert page.status_code == 404
    assert "signora" not in page.text


def another_account(token: str) -> str:
    return f"{token[:104]}{2:016x}{token[120:]}"


def another_form(token: str) -> str:
    return "0" * 32 + token[32:]


def long_ago(token: str) -> str:
    return f"{token[:120]}{1:010x}{token[130:]}"


@pytest.mark.parametrize("forge", [another_account, another_form, long_ago, lambda token: token[:96]])
def test_a_form_that_we_did_not_sign_is_not_kept(
    giulia: FlaskClient, web: Flask, session: Session, forge: Callable[[str], str]
):
    token = form_token(giulia)
    sent = web.test_client().post("/scheda", data={"csrf_token": forge(token), "testo": TYPED})
    assert "sospeso" not in sent.location
    assert session.scalar(text("select count(*) from modulo_sospeso")) == 0


def test_the_mark_of_a_form_expires(giulia: FlaskClient, web: Flask, monkeypatch: pytest.MonkeyPatch):
    # given
    token = form_token(giulia)
    later = time.time() + 49 * 3600
    monkeypatch.setattr("app.accounts.gate.time", SimpleNamespace(time=lambda: later))
    # when
    sent = web.test_client().post("/scheda", data={"csrf_token": token, "testo": TYPED})
    # then
    assert "sospeso" not in sent.location


def test_files_are_named_on_the_page_because_they_cannot_be_kept(giulia: FlaskClient):
    sent = giulia.post("/scheda", data={"testo": "a", "file": (BytesIO(b"%PDF"), "isee.pdf")})
    assert "isee.pdf" in giulia.get(sent.location).text


NOT_KEPT = "il modulo non si può tenere da parte"


def test_a_form_too_large_to_keep_is_refused_in_words(giulia: FlaskClient, session: Session):
    # given
    open_session = giulia.post("/scheda", data={"testo": "x" * 400_000})
    session.execute(text("update sessione set last_seen_at = now() - interval '13 hours'"))
    session.commit()
    # when
    ended_session = giulia.post("/scheda", data={"testo": "x" * 400_000})
    # then
    for answer in (open_session, ended_session):
        assert answer.status_code == 403
        assert NOT_KEPT in answer.text
        assert "Copialo, entra di nuovo e incollalo" in answer.text


def test_an_account_keeps_only_some_forms_and_those_it_has_stay(
    giulia: FlaskClient, web: Flask, an_account, owner_engine: Engine
):
    # given
    kept = [giulia.post("/scheda", data={"testo": TYPED}).location for _ in range(pending.MOST)]
    # when
    refused = giulia.post("/scheda", data={"testo": "uno di troppo"})
    # then
    assert NOT_KEPT in refused.text
    assert textarea_in(giulia.get(kept[0]), "testo") == TYPED
    an_account("marco.bruzzone")
    marco = web.test_client()
    log_in(marco, "marco.bruzzone")
    assert marco.post("/scheda", data={"testo": TYPED}).status_code == 303
    # when their hour is over, swept or not
    with owner_engine.begin() as connection:
        connection.execute(text("update modulo_sospeso set expires_at = now()"))
    # then
    assert giulia.post("/scheda", data={"testo": TYPED}).status_code == 303


def test_forms_that_arrive_at_once_are_counted_together(giulia: FlaskClient, web: Flask, session: Session):
    # given
    token = form_token(giulia)

    def send(_: int) -> int:
        return web.test_client().post("/scheda", data={"csrf_token": token, "testo": TYPED}).status_code

    # when
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(pending.MOST + 8)))
    # then
    assert statuses.count(303) == pending.MOST
    assert session.scalar(text("select count(*) from modulo_sospeso")) == pending.MOST


def test_the_forms_of_an_account_have_a_size_together(giulia: FlaskClient, session: Session):
    # given
    statuses = [giulia.post("/scheda", data={"testo": "x" * 290_000}).status_code for _ in range(4)]
    # then
    assert statuses == [303, 303, 303, 403]
    assert giulia.post("/scheda", data={"testo": TYPED}).status_code == 303
    assert session.scalar(text("select count(*) from modulo_sospeso")) == 4


def test_a_partial_update_without_session_leaves_the_page_alone(browser: FlaskClient, units: None):
    answer = browser.post("/scheda", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_closed_account_is_out_at_once(giulia: FlaskClient, session: Session):
    session.execute(text("update account set attivo = false"))
    session.commit()
    assert giulia.get("/").status_code == 302


def test_a_new_role_ends_the_session_and_the_next_login_has_it(giulia: FlaskClient, session: Session):
    # given
    before, account_id = session_cookie(giulia), session.scalars(select(Account.id)).one()
    # when
    grant_role(session, None, account_id, "responsabile_ats", "levante")
    session.commit()
    # then
    assert giulia.get("/").status_code == 302
    log_in(giulia)
    assert session_cookie(giulia) != before
    assert operators.load(session, account_id).ruoli == {"assistente_sociale", "responsabile_ats"}


@pytest.mark.parametrize("path", ["/", "/accesso", "/non-esiste", "/api/pratiche"])
def test_every_answer_carries_the_headers(browser: FlaskClient, units: None, path: str):
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-ID"]) == 16
    assert "Strict-Transport-Security" not in headers


def test_in_production_the_cookie_and_the_site_are_for_https_only(web: Flask, an_account):
    # given
    an_account()
    web.extensions["percorsi_production"] = True
    browser = web.test_client()
    # when
    page = browser.get("/accesso", base_url="https://percorsi.test")
    fields = {"csrf_token": token_in(page), "nome_utente": "giulia.parodi", "password": PASSWORD}
    answer = browser.post("/accesso", base_url="https://percorsi.test", data=fields)
    # then
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-percorsi="))
    assert "Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("given", ["5f0c2a9e7b1d4c68", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"])
def test_a_request_name_from_a_proxy_is_taken(browser: FlaskClient, given: str):
    assert browser.get("/libera", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["<script>", "RSSMRA80A01H501U", "Rosa.Parodi.1946", "80380001234567890123", "abc"]
)
def test_a_request_name_that_may_name_a_person_is_not(browser: FlaskClient, given: str):
    assert browser.get("/libera", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/a?b=c", True),
        ("//x", False),
        ("/\\x", False),
        ("http://x", False),
        ("", False),
        (None, False),
        ("/a\tb", False),
    ],
)
def test_only_local_paths_are_followed(path: str | None, kept: bool):
    assert gate.local_path(path) == (path if kept else "/")

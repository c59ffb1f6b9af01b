"""Other programs: a bearer token with scopes, never a cookie."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import TokenApi
from app.accounts.operator import Operator, RoleGrant
from tests.app.accounts.pages import form_token, log_in


@pytest.fixture
def admin(an_account) -> Operator:
    account_id = an_account("carla.costa", ruolo="amministratore_ente", unita=None)
    return Operator(account_id, 1, "Carla Costa", (RoleGrant("amministratore_ente"),))


@pytest.fixture
def token(session: Session, admin: Operator) -> str:
    made = tokens.issue(session, admin, "anagrafe", ["pratiche:leggi"])
    session.commit()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_opens_the_api_of_its_ente(browser: FlaskClient, token: str):
    assert browser.get("/api/pratiche", headers=bearer(token)).json == {"ente": "1"}


def test_a_token_needs_no_form_token_and_no_origin(browser: FlaskClient, token: str):
    headers = bearer(token) | {"Origin": "https://altrove.it"}
    assert browser.post("/api/messaggi", headers=headers).json == {"da": "anagrafe"}


def test_a_cookie_opens_nothing_in_the_api(browser: FlaskClient, an_account):
    an_account()
    log_in(browser)
    answer = browser.post("/api/messaggi", data={"csrf_token": form_token(browser)})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer percorsi_" + "x" * 43])
def test_anything_but_a_good_token_is_refused(browser: FlaskClient, token: str, header: str):
    assert browser.get("/api/pratiche", headers={"Authorization": header}).status_code == 401


def test_a_revoked_or_expired_token_is_refused(browser: FlaskClient, session: Session, admin, token: str):
    tokens.revoke(session, admin, session.scalars(select(TokenApi.id)).one())
    old = tokens.issue(session, admin, "vecchio", ["pratiche:leggi"], datetime(2020, 1, 1, tzinfo=UTC))
    session.commit()
    assert browser.get("/api/pratiche", headers=bearer(token)).status_code == 401
    assert browser.get("/api/pratiche", headers=bearer(old)).status_code == 401


def test_a_token_without_the_scope_is_told_so(browser: FlaskClient, session: Session, admin: Operator):
    narrow = tokens.issue(session, admin, "altro", ["messaggi:scrivi"])
    session.commit()
    answer = browser.get("/api/pratiche", headers=bearer(narrow))
    assert answer.status_code == 403
    assert answer.json["title"] == "Operazione non consentita"


def test_the_database_keeps_no_token(session: Session, token: str):
    row = session.execute(text("select * from token_api")).one()
    assert token not in str(row)
    assert token.startswith("percorsi_")

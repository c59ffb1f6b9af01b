"""Tokens of other programs: made once, told, ended; and those that read people's data take two persons."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import TokenApi
from app.api.scopes import DELIVER, READ, SCOPES, START
from app.audit.models import Audit
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import Storie, date_of_today

Enter = Callable[[str], Visitor]
TOKEN = re.compile(r"percorsi_[A-Za-z0-9_-]{43}")


def made(page: str) -> str:
    found = TOKEN.search(page)
    assert found
    return found[0]


def asks(web: Flask, token: str, path: str = "/percorsi") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return web.test_client().get(f"/api/v1{path}", headers=headers).status_code


def audited(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Audit.azione).where(Audit.azione.like("token.%")).order_by(Audit.id)))


def test_a_token_is_shown_once_used_told_and_ended(enter: Enter, web: Flask, db_session: Session) -> None:
    # given
    admin = enter("admin.genova")
    until = (date_of_today() + timedelta(days=90)).isoformat()
    # when
    token = made(
        admin.send("/operatori/programmi/nuovo", nome="Sportello web", ambiti=[START, DELIVER], al=until).text
    )
    # then
    page = admin.get("/operatori/programmi/").text
    assert token not in page
    assert SCOPES[START] in page
    assert ">mai<" in page
    assert asks(web, token) == 200
    page = admin.get("/operatori/programmi/").text
    assert ">oggi" in page
    assert "senza scadenza" not in page
    row = db_session.scalars(select(TokenApi)).one()
    assert "Token revocato" in admin.send(f"/operatori/programmi/{row.id}/revoca").text
    assert asks(web, token) == 401
    assert admin.send(f"/operatori/programmi/{row.id}/revoca").status_code == 409
    assert audited(db_session) == ["token.issue", "token.revoke"]
    assert token not in str([vars(each) for each in db_session.scalars(select(Audit))])


def test_a_token_that_reads_cases_opens_nothing_until_a_responsabile_approves(
    enter: Enter, web: Flask, db_session: Session, storie: Storie
) -> None:
    # given
    admin, anna = enter("admin.genova"), enter("anna.traverso")
    page = admin.send("/operatori/programmi/nuovo", nome="Anagrafe", ambiti=[READ])
    token, there = made(page.text), f"/pratiche/{storie.in_servizio.pratica_id}"
    assert "Non apre ancora niente" in page.text
    assert asks(web, token, there) == 401
    token_id = db_session.scalars(select(TokenApi.id)).one()
    # when the administrator tries alone
    assert admin.send(f"/operatori/programmi/{token_id}/approva").status_code == 403
    assert asks(web, token, there) == 401
    # then
    page = anna.get("/accessi-straordinari")
    assert SCOPES[READ] in page.text
    assert "Programma approvato" in anna.send(f"/operatori/programmi/{token_id}/approva").text
    assert asks(web, token, there) == 200
    assert "approvato da Anna Traverso" in admin.get("/operatori/programmi/").text
    assert anna.send(f"/operatori/programmi/{token_id}/rifiuta").status_code == 409
    assert audited(db_session) == ["token.issue", "token.approve"]


def test_a_responsabile_says_no(enter: Enter, web: Flask, db_session: Session) -> None:
    token = made(
        enter("admin.genova").send("/operatori/programmi/nuovo", nome="Anagrafe", ambiti=[READ]).text
    )
    token_id = db_session.scalars(select(TokenApi.id)).one()
    anna = enter("anna.traverso")
    assert "non approvato" in anna.send(f"/operatori/programmi/{token_id}/rifiuta").text
    assert anna.send(f"/operatori/programmi/{token_id}/approva").status_code == 409
    assert asks(web, token) == 401


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ambiti": []}, "Scegli che cosa può fare"),
        ({"ambiti": ["tutto"]}, "errore"),
        ({"nome": "  "}, "errore"),
        ({"al": "2020-01-01"}, "Questo giorno è già passato"),
    ],
)
def test_a_token_that_cannot_be_made_is_said_and_what_was_typed_stays(
    enter: Enter, db_session: Session, wrong: dict[str, object], said: str
) -> None:
    page = enter("admin.genova").send(
        "/operatori/programmi/nuovo", **{"nome": "Anagrafe", "ambiti": [START], **wrong}
    )
    assert page.status_code == 422
    assert said.lower() in page.text.lower()
    assert 'value="Anagrafe"' in page.text or "nome" in wrong
    assert audited(db_session) == []


@pytest.mark.parametrize("who", ["anna.traverso", "giulia.parodi", "dpo.genova", "coop.lanterna"])
def test_only_the_administrator_makes_tokens_and_only_a_responsabile_approves(enter: Enter, who: str) -> None:
    visitor = enter(who)
    assert visitor.get("/operatori/programmi/").status_code == 403
    assert visitor.send("/operatori/programmi/nuovo", nome="x", ambiti=[START]).status_code == 403
    assert visitor.send("/operatori/programmi/1/revoca").status_code == 403
    if who != "anna.traverso":
        assert visitor.send("/operatori/programmi/1/approva").status_code == 403
        assert visitor.send("/operatori/programmi/1/rifiuta").status_code == 403


def test_the_pages_can_be_used_by_everybody(browse: Callable[..., Page], enter: Enter) -> None:
    page = browse("admin.genova", "/operatori/programmi/nuovo", NARROW)
    page.get_by_role("button", name="Crea", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Nome del programma").fill("Anagrafe del comune di Genova")
    page.get_by_label(SCOPES[READ]).check()
    page.get_by_role("button", name="Crea", exact=True).click()
    expect(page.get_by_role("heading", name="Token creato")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Fatto").click()
    expect(page.get_by_role("heading", name="Programmi")).to_be_visible()
    assert_accessible(page)
    assert_accessible(browse("anna.traverso", "/accessi-straordinari", NARROW))

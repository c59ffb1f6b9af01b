"""Accounts and roles as the administrator keeps them: in and out, once, and never over people's cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, RuoloOperatore, Sessione
from app.audit.models import Audit
from app.rights.roles import ROLES
from tests.app.accounts.pages import log_in, token_in
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import Storie, date_of_today

Enter = Callable[[str], Visitor]
NEW = {"nome": "Ida", "cognome": "Neri", "nome_utente": "ida.neri"}
ROLE = {"ruolo": "assistente_sociale", "unita": "ats-centro-est"}
PASSWORD = re.compile(r'pr-grande text-break">([^<]+)<')


def id_of(session: Session, nome_utente: str) -> int:
    return session.scalars(select(Account.id).where(Account.nome_utente == nome_utente)).one()


def audited(session: Session) -> list[str]:
    session.rollback()
    kinds = Audit.azione.like("account.%") | Audit.azione.like("ruolo.%")
    return list(
        session.scalars(select(Audit.azione).where(kinds, Audit.account_id.is_not(None)).order_by(Audit.id))
    )


def test_a_colleague_is_let_in_changes_the_password_and_works(
    enter: Enter, web: Flask, db_session: Session
) -> None:
    # given
    admin = enter("admin.genova")
    # when
    opened = admin.send("/operatori/nuovo", **NEW)
    password = PASSWORD.search(opened.text)
    assert password
    ida = id_of(db_session, "ida.neri")
    given = admin.send(f"/operatori/{ida}/ruoli", **ROLE, dal=date_of_today().isoformat())
    # then
    assert "Ruolo dato" in given.text
    assert password[1] not in admin.get(f"/operatori/{ida}").text
    browser = web.test_client()
    assert log_in(browser, "ida.neri", password[1]).status_code == 303
    assert browser.get("/scrivania").headers["Location"] == "/password"
    own = "quattro parole tutte mie"
    fields = {
        "attuale": password[1],
        "nuova": own,
        "ripeti": own,
        "csrf_token": token_in(browser.get("/password")),
    }
    assert browser.post("/password", data=fields).status_code == 303
    assert browser.get("/scrivania").status_code == 200
    assert audited(db_session) == ["account.open", "ruolo.grant", "account.change_password"]
    assert password[1] not in str([vars(row) for row in db_session.scalars(select(Audit))])


def test_who_is_suspended_is_out_at_once_and_comes_back(
    enter: Enter, db_session: Session, storie: Storie
) -> None:
    # given
    admin, giulia = enter("admin.genova"), enter("giulia.parodi")
    there = f"/operatori/{id_of(db_session, 'giulia.parodi')}"
    # when / then
    assert "Accesso sospeso" in admin.send(f"{there}/sospendi").text
    assert giulia.get("/scrivania").status_code == 302
    assert "parodi" in admin.get("/operatori/?stato=sospesi&q_lista=PARODI").text
    assert "Accesso riaperto" in admin.send(f"{there}/riapri").text
    again = enter("giulia.parodi")
    assert "1 computer" in admin.get(there).text
    assert "fuori da tutti i computer" in admin.send(f"{there}/uscite").text
    assert again.get("/scrivania").status_code == 302
    assert PASSWORD.search(admin.send(f"{there}/password").text)
    assert "Password rifatte a chi lavora con te" in enter("anna.traverso").get("/accessi-straordinari").text
    assert "Password rifatte" not in enter("ines.sciaccaluga").get("/accessi-straordinari").text
    assert audited(db_session) == [
        "account.close", "account.reopen", "account.end_sessions", "account.reset_password",
    ]  # fmt: skip


def test_a_role_is_given_for_a_time_shown_and_taken_away(enter: Enter, db_session: Session) -> None:
    # given
    admin = enter("admin.genova")
    luca = id_of(db_session, "luca.repetto")
    today = date_of_today()
    until = today + timedelta(days=40)
    # when
    path = f"/operatori/{luca}/ruoli"
    page = admin.send(path, ruolo="uvm", unita="-", dal=today.isoformat(), al=until.isoformat()).text
    # then
    row = db_session.scalars(
        select(RuoloOperatore).where(RuoloOperatore.account_id == luca, RuoloOperatore.ruolo == "uvm")
    ).one()
    assert (row.al, row.granted_by) == (until, id_of(db_session, "admin.genova"))
    assert "Adele Peirano" in page
    assert "tutto l’ente" in page
    told = enter("anna.traverso").get("/accessi-straordinari").text
    assert "Ruoli dati nelle tue unità" in told
    assert "Adele Peirano" in told
    page = admin.send(f"/operatori/{luca}/ruoli/{row.id}/togli").text
    assert "Ruolo tolto" in page
    assert "componente dell’UVM" not in page
    assert "già finito" in admin.send(f"/operatori/{luca}/ruoli/{row.id}/togli").text
    assert "Ruoli dati" not in enter("anna.traverso").get("/accessi-straordinari").text
    assert audited(db_session) == ["ruolo.grant", "ruolo.end"]


def test_a_role_in_another_unit_is_told_to_its_own_responsabile(enter: Enter, db_session: Session) -> None:
    asked = {**ROLE, "unita": "ats-valpolcevera", "dal": date_of_today().isoformat()}
    enter("admin.genova").send(f"/operatori/{id_of(db_session, 'luca.repetto')}/ruoli", **asked)
    assert "Luca Repetto" in enter("ines.sciaccaluga").get("/accessi-straordinari").text
    assert "Luca Repetto" not in enter("anna.traverso").get("/accessi-straordinari").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "Ha già questo ruolo qui"),
        ({"dal": "2020-01-01", "ruolo": "uvm"}, "Un ruolo comincia da oggi in poi"),
        ({"al": "2020-01-01", "ruolo": "uvm"}, "Il ruolo finirebbe prima di cominciare"),
        ({"ruolo": "fornitore_accreditato", "unita": "-"}, "Per un fornitore scegli la sua unità"),
        ({"ruolo": "amministratore_ente", "unita": "-"}, "li deve avere un’altra persona"),
        ({"ruolo": "imperatore"}, "errore"),
    ],
)
def test_a_role_that_cannot_be_given_is_said_and_what_was_typed_stays(
    enter: Enter, db_session: Session, wrong: dict[str, str], said: str
) -> None:
    luca = id_of(db_session, "luca.repetto")
    asked = {**ROLE, "dal": date_of_today().isoformat(), **wrong}
    page = enter("admin.genova").send(f"/operatori/{luca}/ruoli", **asked)
    assert page.status_code == 422
    assert said.lower() in page.text.lower()
    if asked["ruolo"] in ROLES:
        assert re.search(rf'value="{asked["ruolo"]}" (selected|checked)', page.text)
    assert audited(db_session) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nome_utente": "giulia.parodi"}, "Qualcuno ha già questo nome utente"),
        ({"nome_utente": "ida neri"}, "Usa solo lettere senza accento"),
        ({"email": "ida"}, "email"),
        ({"cognome": " "}, "errore"),
    ],
)
def test_an_account_that_cannot_be_opened_is_said_and_what_was_typed_stays(
    enter: Enter, db_session: Session, wrong: dict[str, str], said: str
) -> None:
    page = enter("admin.genova").send("/operatori/nuovo", **{**NEW, **wrong})
    assert page.status_code == 422
    assert said in page.text.lower() or said in page.text
    assert 'value="Ida"' in page.text
    assert audited(db_session) == []


def test_an_administrator_does_nothing_to_oneself_and_the_last_one_stays(
    enter: Enter, db_session: Session
) -> None:
    # given
    admin = enter("admin.genova")
    own = id_of(db_session, "admin.genova")
    role = db_session.scalars(select(RuoloOperatore.id).where(RuoloOperatore.account_id == own)).one()
    # when / then
    page = admin.get(f"/operatori/{own}").text
    assert "Questo accesso è il tuo" in page
    assert "Togli" not in page
    asked = {**ROLE, "dal": date_of_today().isoformat()}
    for path in ("ruoli", f"ruoli/{role}/togli", "sospendi", "riapri", "uscite", "password"):
        assert admin.send(f"/operatori/{own}/{path}", **asked).status_code == 403
    # given a second one, for a month
    admin.send("/operatori/nuovo", **NEW)
    ida = id_of(db_session, "ida.neri")
    until = (date_of_today() + timedelta(days=30)).isoformat()
    admin.send(f"/operatori/{ida}/ruoli", ruolo="amministratore_ente", unita="-", dal=asked["dal"], al=until)
    db_session.rollback()
    held = db_session.scalars(select(RuoloOperatore).where(RuoloOperatore.account_id == ida)).one()
    second = db_session.get_one(Account, (1, ida))
    second.must_change, second.password_hash = False, db_session.get_one(Account, (1, own)).password_hash
    db_session.commit()
    # then she cannot take the first away, who can take her
    ida_in = enter("ida.neri")
    for path in ("sospendi", f"ruoli/{role}/togli"):
        assert "È l’ultima persona che amministra l’ente" in ida_in.send(f"/operatori/{own}/{path}").text
    assert "Ruolo tolto" in admin.send(f"/operatori/{ida}/ruoli/{held.id}/togli").text


@pytest.mark.parametrize(
    "who", ["anna.traverso", "giulia.parodi", "analista.genova", "dpo.genova", "coop.lanterna"]
)
def test_only_the_administrator_keeps_accounts(enter: Enter, db_session: Session, who: str) -> None:
    visitor = enter(who)
    there = f"/operatori/{id_of(db_session, 'luca.repetto')}"
    for path in ("/operatori/", "/operatori/ruoli", "/operatori/nuovo", there, f"{there}/ruoli"):
        assert visitor.get(path).status_code == 403, path
    for path in ("sospendi", "riapri", "uscite", "password", "ruoli", "ruoli/1/togli"):
        assert visitor.send(f"{there}/{path}").status_code == 403, path
    assert visitor.send("/operatori/nuovo", **NEW).status_code == 403
    assert audited(db_session) == []


def test_the_administrator_opens_no_case_not_even_with_the_roles_of_another_ente(
    enter: Enter, storie: Storie
) -> None:
    admin = enter("admin.genova")
    for path in (
        f"/persone/{storie.in_servizio.persona_id}",
        f"/pratiche/{storie.in_servizio.pratica_id}",
        "/fondo",
    ):
        assert admin.get(path).status_code == 403
    assert admin.get("/operatori/999999").status_code == 404
    assert admin.send("/operatori/999999/sospendi").status_code == 404
    assert "assistente sociale" in admin.get("/operatori/ruoli").text.lower()


def test_sessions_of_the_others_are_left_alone(enter: Enter, db_session: Session) -> None:
    admin, luca = enter("admin.genova"), enter("luca.repetto")
    admin.send(f"/operatori/{id_of(db_session, 'giulia.parodi')}/uscite")
    assert luca.get("/scrivania").status_code == 200
    assert db_session.scalars(select(Sessione)).all()


def test_the_pages_can_be_used_by_everybody(browse: Callable[..., Page]) -> None:
    page = browse("admin.genova", "/operatori/", NARROW)
    assert_accessible(page)
    for path in ("/operatori/1", "/operatori/1/ruoli", "/operatori/ruoli", "/operatori/nuovo"):
        page.goto(page.url.partition("/operatori")[0] + path)
        assert_accessible(page)
    page.get_by_label("Nome", exact=True).fill("Ida")
    page.get_by_role("button", name="Apri", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Cognome").fill("Neri")
    page.get_by_label("Nome utente").fill("ida.neri")
    page.get_by_role("button", name="Apri", exact=True).click()
    assert_accessible(page)

"""Asking INPS again: a real simulated INPS answers, refuses, or is away."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.servizi.models import AttestazioneIsee, Quota
from connectors.inps.sandbox import Sandbox
from tests.app.servizi_pagine.storie import date_of_today


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(today=date_of_today) as running:
        yield running


@pytest.fixture
def environ(sandbox: Sandbox) -> dict[str, str]:
    return {
        "PERCORSI_INPS_ADDRESS": sandbox.address,
        "PERCORSI_INPS_USER_ID": "PERCORSI",
        "PERCORSI_INPS_CODICE_UFFICIO": "001",
        "PERCORSI_CONNECTOR_HOSTS": sandbox.host,
        "PERCORSI_INPS_TIMEOUT_S": "2",
    }


def page_of(storia) -> str:
    return f"/persone/{storia.persona_id}/isee"


def test_a_new_isee_is_kept_and_the_quota_follows(enter, storie, db_session):
    # when
    page = enter("paolo.ferrari").send(page_of(storie.in_servizio), tipo="SocioSanitario")
    # then
    assert "ISEE registrato: 9.412,00" in page.text
    assert "La quota è stata ricalcolata da oggi." in page.text
    kept = db_session.scalars(select(AttestazioneIsee)).one()
    assert (kept.tipo, kept.persona_id) == ("SocioSanitario", storie.in_servizio.persona_id)
    assert "9.412,00" in enter("giulia.parodi").get(f"/persone/{storie.in_servizio.persona_id}").text
    tariffs = db_session.scalars(select(Quota.tariffa_oraria).where(Quota.al.is_(None))).all()
    assert any(tariffa < 5.86 for tariffa in tariffs)


def test_the_same_isee_asked_again_changes_nothing(enter, storie, db_session):
    paolo = enter("paolo.ferrari")
    paolo.send(page_of(storie.in_servizio), tipo="SocioSanitario")
    before = db_session.scalars(select(Quota.id)).all()
    page = paolo.send(page_of(storie.in_servizio), tipo="SocioSanitario")
    assert "L’INPS ha la stessa attestazione" in page.text
    db_session.rollback()
    assert db_session.scalars(select(Quota.id)).all() == before


def test_the_kind_that_is_asked_is_the_one_that_was_checked(enter, storie, sandbox, db_session):
    # when two kinds are sent, of which only the last is one
    page = enter("paolo.ferrari").send(page_of(storie.in_servizio), tipo=["Inventato", "SocioSanitario"])
    # then
    assert "ISEE registrato" in page.text
    assert db_session.scalars(select(AttestazioneIsee.tipo)).all() == ["SocioSanitario"]


def test_an_inps_that_refuses_is_told_from_one_that_is_silent(enter, storie, sandbox, db_session):
    for guasto, said in (
        ("DATABASE_OFFLINE", "L’INPS non risponde."),
        ("RISCONTRO_NON_VALIDO", "L’INPS non accetta la richiesta."),
    ):
        sandbox.faults.order(guasto, 1)
        page = enter("paolo.ferrari").send(page_of(storie.in_servizio), tipo="SocioSanitario")
        assert (page.status_code, said in page.text) == (503, True), guasto
    assert db_session.scalars(select(AttestazioneIsee)).all() == []


def test_without_an_isee_one_decides_before_the_full_tariff(enter, storie, db_session):
    paolo, address = enter("paolo.ferrari"), page_of(storie.in_lista)
    asked = paolo.send(address, tipo="SocioSanitario")
    assert asked.status_code == 200
    assert "Registra che l’ISEE manca" in asked.text
    assert db_session.scalars(select(AttestazioneIsee)).all() == []
    page = paolo.send(address, tipo="SocioSanitario", azione="assente")
    assert "la persona non ha un ISEE valido" in page.text


def test_a_service_whose_isee_is_missing_goes_to_the_full_tariff(enter, storie, db_session):
    page = enter("paolo.ferrari").send(page_of(storie.in_servizio), tipo="SocioSanitario", azione="assente")
    assert "La quota è stata ricalcolata da oggi." in page.text
    tariffs = db_session.scalars(select(Quota.tariffa_oraria).where(Quota.al.is_(None))).all()
    assert 18 in tariffs


def test_when_inps_is_away_nothing_changes_and_it_is_said(enter, storie, db_session, sandbox):
    sandbox.stop()
    page = enter("paolo.ferrari").send(page_of(storie.in_servizio), tipo="SocioSanitario")
    assert page.status_code == 503
    assert "L’INPS non risponde." in page.text
    assert "Non è cambiato niente." in page.text
    assert db_session.scalars(select(AttestazioneIsee)).all() == []

"""Readings: once per request, before the page leaves."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.audit.chain import verify
from app.audit.models import Audit
from tests.app.accounts.pages import log_in


@pytest.fixture
def giulia(browser: FlaskClient, an_account) -> FlaskClient:
    an_account()
    log_in(browser)
    return browser


def test_a_page_seen_is_written_once(giulia: FlaskClient, session: Session):
    # when
    giulia.get("/persona/12")
    # then
    rows = session.scalars(select(Audit).where(Audit.persona_id == "12")).all()
    assert [(row.azione, row.scopo, row.dettaglio) for row in rows] == [
        ("persona.read", "servizio", {"sezione": "contatti"})
    ]
    assert verify(session) == []


def test_a_refusal_is_written_too(giulia: FlaskClient, session: Session):
    assert giulia.get("/diario/ordinaria").status_code == 403
    row = session.scalars(select(Audit).where(Audit.azione == "accesso.refuse")).one()
    assert (row.oggetto_id, row.dettaglio) == ("read:diario", {"perche": "RELATION"})
    # and what the page would have shown was not read
    assert session.scalars(select(Audit).where(Audit.azione == "persona.read")).all() == []


@pytest.mark.parametrize("status", [409, 422])
def test_a_form_that_comes_back_with_the_data_of_a_persona_was_read(
    giulia: FlaskClient, session: Session, status: int
):
    # when
    assert giulia.get(f"/modulo/12/{status}").status_code == status
    # then
    assert session.scalars(select(Audit.persona_id).where(Audit.azione == "persona.read")).all() == ["12"]


def test_a_page_that_cannot_be_recorded_is_not_served(giulia: FlaskClient, owner_engine: Engine):
    with owner_engine.begin() as connection:
        connection.execute(text("revoke insert on audit from percorsi_app"))
    answer = giulia.get("/persona/12")
    assert answer.status_code == 500
    assert "una persona" not in answer.text

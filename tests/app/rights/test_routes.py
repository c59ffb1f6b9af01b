"""The pages of break-glass, as Giulia asks and as Anna answers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.rights import routes
from app.rights.models import AccessoStraordinario
from tests.app.accounts.pages import form_token, log_in

WHY = "La signora è ricoverata, cerco il recapito della figlia"


@pytest.fixture
def site(web: Flask) -> Flask:
    web.register_blueprint(routes.blueprint)
    return web


@pytest.fixture
def pratica(owner_engine: Engine, units: None) -> dict[str, int]:
    """Two pratiche of Levante, an ordinary and a sealed one."""
    with owner_engine.begin() as owner:
        insert = text(
            "insert into pratica (ente_id, anno, numero, percorso, titolo, unita_id, aperta_at, riservatezza)"
            " values (1, 2026, :n, 'prova', 'Prova', 'levante', now(), :livello) returning id"
        )
        return {
            livello: owner.execute(insert, {"n": n, "livello": livello}).scalar_one()
            for n, livello in enumerate(("ordinaria", "violenza"), 1)
        }


@pytest.fixture
def giulia(site: Flask, an_account) -> FlaskClient:
    an_account()
    browser = site.test_client()
    log_in(browser)
    return browser


@pytest.fixture
def anna(site: Flask, an_account) -> FlaskClient:
    an_account("anna.traverso", "responsabile_ats", "levante")
    browser = site.test_client()
    log_in(browser, "anna.traverso")
    return browser


def send(browser: FlaskClient, path: str, **fields: str):
    return browser.post(path, data={"csrf_token": form_token(browser), **fields})


def test_giulia_opens_a_case_and_anna_sees_who_and_why(giulia, anna, pratica, session: Session):
    # given
    path = f"/pratiche/{pratica['ordinaria']}/accesso-straordinario"
    assert "Pratica 2026/1" in giulia.get(path).text
    # when
    assert send(giulia, path, motivo=WHY).status_code == 303
    # then
    page = anna.get("/accessi-straordinari")
    assert "Giulia Parodi" in page.text
    assert WHY in page.text
    access = session.scalars(select(AccessoStraordinario)).one()
    assert send(anna, f"/accessi-straordinari/{access.id}", azione="visto").status_code == 303
    assert "Nessun accesso da controllare" in anna.get("/accessi-straordinari").text


def test_a_sealed_case_waits_for_anna(giulia, anna, pratica, session: Session):
    send(giulia, f"/pratiche/{pratica['violenza']}/accesso-straordinario", motivo=WHY)
    assert "È chiusa finché non approvi" in anna.get("/accessi-straordinari").text
    access = session.scalars(select(AccessoStraordinario)).one()
    send(anna, f"/accessi-straordinari/{access.id}", azione="approva")
    session.refresh(access)
    assert access.approvato_da is not None


def test_a_missing_reason_is_asked_again_and_what_was_typed_stays(giulia, pratica):
    page = send(giulia, f"/pratiche/{pratica['ordinaria']}/accesso-straordinario", motivo="urgente")
    assert page.status_code == 422
    assert "urgente</textarea>" in page.text


def test_only_who_reviews_opens_the_review(giulia):
    assert giulia.get("/accessi-straordinari").status_code == 403
    assert send(giulia, "/accessi-straordinari/1", azione="approva").status_code == 403


def test_what_does_not_exist_is_not_found(giulia, anna):
    assert giulia.get("/pratiche/999/accesso-straordinario").status_code == 404
    assert send(anna, "/accessi-straordinari/999", azione="visto").status_code == 404
    assert send(anna, "/accessi-straordinari/999", azione="altro").status_code == 400

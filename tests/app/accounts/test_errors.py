"""Every failure says what happened, what is safe and what to do; never more than one may know."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import errors
from app.accounts import gate
from app.errors import MEANINGS, REFUSALS, Meaning, meaning_of
from app.rights.checks import Reason
from app.rights.policy import NotAllowed
from engine import errors as engine
from engine.form import FieldError
from tests.app.accounts.pages import log_in

STATUSES = [
    (engine.TaskNotOpen(1, "done", 8), 409),
    (engine.TaskNotOpen(1), 404),
    (engine.FormInvalid([FieldError(("componenti", 0, "nome"), "required", "Rossi")]), 422),
    (engine.InstanceBusy(1), 409),
    (engine.NotAllowed(1, "quattro_occhi"), 403),
    (engine.ReleaseNotFound("domiciliarita"), 404),
    (engine.InstanceNotFound(1), 404),
    (engine.AnswerRefused("isee_assente", "Manca l’ISEE", "isee"), 422),
    (NotAllowed("read:diario", Reason.RELATION), 403),
    (NotAllowed("read:diario", Reason.RELATION, absent=True), 404),
    (OperationalError("select", {}, Exception("connection refused")), 503),
    (RuntimeError("segreto interno"), 500),
]


@pytest.fixture
def failing(web: Flask) -> list[Exception]:
    """Two pages that raise what the list holds, one for people and one for programs."""
    holder: list[Exception] = []

    @web.get("/guasto")
    @gate.public
    def broken() -> str:
        raise holder[0]

    @web.get("/api/guasto")
    @gate.public
    def broken_api() -> str:
        raise holder[0]

    return holder


@pytest.mark.parametrize(("error", "status"), STATUSES)
def test_each_failure_has_its_status_on_the_page_and_in_the_api(
    web: Flask, failing: list[Exception], error: Exception, status: int
):
    failing.append(error)
    browser = web.test_client()
    page, problem = browser.get("/guasto"), browser.get("/api/guasto")
    assert (page.status_code, problem.status_code) == (status, status)
    assert "<h1>" in page.text
    assert problem.content_type == "application/problem+json"
    assert problem.json["status"] == status
    assert problem.json["title"] in page.text
    assert "segreto" not in page.text + problem.text


def test_a_program_learns_where_the_answers_are_wrong_and_not_what_they_were(web: Flask, failing):
    failing.append(engine.FormInvalid([FieldError(("componenti", 0, "nome"), "pattern", "Rossi")]))
    answer = web.test_client().get("/api/guasto")
    assert answer.json["errori"] == [{"campo": "/componenti/0/nome", "regola": "pattern"}]
    assert "Rossi" not in answer.text


def test_a_sealed_case_answers_as_one_that_does_not_exist(browser: FlaskClient, an_account):
    an_account()
    log_in(browser)
    sealed, missing = browser.get("/diario/violenza"), browser.get("/non-esiste")
    assert sealed.status_code == missing.status_code == 404
    assert "Pagina non trovata" in sealed.text
    assert "Pagina non trovata" in missing.text


def test_an_unreachable_database_asks_to_retry(web: Flask, failing):
    failing.append(OperationalError("select", {}, Exception("refused")))
    assert web.test_client().get("/guasto").headers["Retry-After"] == "30"


def test_an_error_page_that_cannot_be_made_still_says_what_happened(web: Flask, failing, monkeypatch):
    failing.append(engine.InstanceBusy(1))
    web.jinja_env.globals["asset"] = None
    page = web.test_client().get("/guasto")
    assert page.status_code == 409
    assert "Qualcun altro sta lavorando" in page.text


def test_a_feature_registers_the_meaning_of_its_own_errors(monkeypatch):
    class PersonaNotFound(Exception):
        pass

    monkeypatch.setattr(errors, "MEANINGS", dict(MEANINGS))
    errors.register(PersonaNotFound, Meaning(404, "Persona non trovata", "Non c’è."))
    assert meaning_of(PersonaNotFound()).titolo == "Persona non trovata"


def test_every_reason_of_refusal_has_words():
    wordless = {Reason.GRANTED, Reason.EXTRAORDINARY, Reason.OTHER_ENTE}
    assert set(REFUSALS) == set(Reason) - wordless


def test_the_words_follow_the_house_style():
    texts = [f"{m.titolo} {m.testo} {m.rimedio}" for m in (*MEANINGS.values(), *errors.HTTP.values())]
    texts += [" ".join(words) for words in REFUSALS.values()]
    for text in texts:
        assert "!" not in text
        assert "si prega" not in text
        assert "'" not in text

"""The real application on a real database, a path of two steps, and programs with tokens."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import tokens
from app.accounts.operator import Operator, RoleGrant
from app.api.scopes import SCOPES
from app.database.context import ente_context
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker, make_engines
from engine import Bundle, operator
from engine.json import dumps, loads
from tests.engine.drawing import bundle, diagram, end, extensions, gateway, human, message, on_message

ADMIN = 1
UNIT = "ats_centro_est"

START_FORM = {
    "type": "object",
    "properties": {"canale": {"type": "string", "enum": ["sportello", "portale"]}},
    "additionalProperties": False,
}
FORM = {
    "type": "object",
    "properties": {
        "gravita": {"type": "integer", "title": "Gravità", "minimum": 1, "maximum": 5},
        "spesa": {"type": "number", "title": "Spesa", "multipleOf": 0.01},
        "telefono": {"type": "string", "title": "Telefono", "format": "telefono"},
        "segue": {"type": "string", "title": "Chi la segue", "$comment": "registro: operatori"},
        "nota": {"type": "string", "title": "Nota", "minLength": 1},
        "visto_il": {"type": "string", "title": "Giorno", "format": "date", "$comment": "oggi"},
    },
    "required": ["gravita"],
    "additionalProperties": False,
}
UI: dict[str, Any] = {"campi": {"gravita": {"widget": "numero"}}}


def a_path(slug: str = "prova", **manifest: Any) -> Bundle:
    """Report (with a form), then check by somebody else, then wait for a message about the persona."""
    drawn = diagram(
        slug,
        f"<bpmn:startEvent id='inizio'>{extensions(form='avvio')}</bpmn:startEvent>"
        + human("segnala", form="segnala")
        + human("verifica", group="responsabile_ats", headers="diverso_da: segnala")
        + f"<bpmn:intermediateCatchEvent id='attesa'>{on_message('decesso_registrato')}"
        "</bpmn:intermediateCatchEvent>" + end(),
        "inizio segnala; segnala verifica; verifica attesa; attesa fine",
        before=message("decesso_registrato", "=persona_id"),
    )
    made = bundle(
        slug,
        drawn,
        forms__avvio_dot_schema_dot_json=START_FORM,
        forms__segnala_dot_schema_dot_json=FORM,
        forms__segnala_dot_ui_dot_json=UI,
    )
    about = {**made.manifest, "avvio": ["assistente_sociale"], "termine_giorni": 30, **manifest}
    return Bundle(slug, {**made.files, "bundle.json": dumps(about)})


def a_wait(slug: str = "attesa") -> Bundle:
    """Wait for a message about the persona, at once."""
    drawn = diagram(
        slug,
        "<bpmn:startEvent id='inizio'/>"
        f"<bpmn:intermediateCatchEvent id='fermo'>{on_message('decesso_registrato')}"
        "</bpmn:intermediateCatchEvent>" + human("saluta") + end(),
        "inizio fermo; fermo saluta; saluta fine",
        before=message("decesso_registrato", "=persona_id"),
    )
    made = bundle(slug, drawn)
    about = {**made.manifest, "avvio": ["assistente_sociale"]}
    return Bundle(slug, {**made.files, "bundle.json": dumps(about)})


def a_report(slug: str = "arrivo") -> Bundle:
    """Opened by hand, or by a message with what has been reported."""
    drawn = diagram(
        slug,
        "<bpmn:startEvent id='inizio'/>"
        f"<bpmn:startEvent id='arrivata'>{on_message('segnala')}</bpmn:startEvent>"
        + gateway("poi")
        + human("valuta")
        + end(),
        "inizio poi; arrivata poi; poi valuta; valuta fine",
        before=message("segnala", "=persona_id"),
    )
    return bundle(slug, drawn)


@pytest.fixture(scope="session")
def maker() -> EngineMaker:
    return make_engines({})


@pytest.fixture
def people(owner_engine: Database, ente: int) -> dict[str, str]:
    """An office, somebody who administers, somebody to help, somebody sealed; ids by first name."""
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "insert into account (ente_id, nome_utente, password_hash, nome, cognome) values "
                "(1, 'carla', '-', 'Carla', 'Costa'), (2, 'rita', '-', 'Rita', 'Recco')"
            )
        )
        connection.execute(
            text(
                "insert into unita (ente_id, id, nome, tipo) values "
                "(1, 'ats_centro_est', 'ATS Centro Est', 'ats'), (2, 'ats_recco', 'ATS Recco', 'ats')"
            )
        )
        found = connection.execute(
            text(
                "insert into persona (ente_id, cognome, nome, livello_riservatezza, unita_id) values "
                "(1, 'Parodi', 'Rosa', 'ordinaria', 'ats_centro_est'), "
                "(1, 'Bruzzone', 'Ada', 'violenza', 'ats_centro_est'), "
                "(2, 'Recco', 'Ugo', 'ordinaria', 'ats_recco') returning nome, id"
            )
        )
        return {row.nome: str(row.id) for row in found}


@pytest.fixture
def app(
    database_url: str, maker: EngineMaker, people: dict[str, str], session: Session, tmp_path: Path
) -> Flask:
    """The application with the two paths published in ente 1."""
    for published in (a_path(), a_wait(), a_path("interno", avvio=[])):
        maker(session, 1).publish(published, operator(ADMIN))
    session.commit()
    settings = Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, database_url, None)
    made = create_app(settings, maker)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return made


class Program:
    """Another program of the ente, with its token."""

    def __init__(self, browser: FlaskClient, token: str) -> None:
        self.browser = browser
        self.token = token
        self._keys = count(1)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.browser.get(f"/api/v1{path}", query_string=query or None, headers=self._headers())

    def post(
        self, path: str, body: Any = None, *, key: str | None = "", raw: bytes | None = None, **headers: str
    ) -> TestResponse:
        """`key`: "" for one of its own, None for none."""
        given = f"chiave-{id(self)}-{next(self._keys)}" if key == "" else key
        sent = self._headers() | ({"Idempotency-Key": given} if given is not None else {}) | headers
        sent.setdefault("Content-Type", "application/json")
        data = dumps(body) if raw is None else raw
        return self.browser.post(f"/api/v1{path}", data=data, headers=sent)

    def start(self, **asked: Any) -> dict[str, Any]:
        answer = self.post("/pratiche", {"percorso": "prova", **asked})
        assert answer.status_code == 201, answer.text
        return json_of(answer)

    def complete(self, task_id: str, key: str | None = "", **answers: Any) -> TestResponse:
        return self.post(f"/attivita/{task_id}/completa", {"risposte": answers}, key=key)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def a_program(app: Flask, session: Session) -> Callable[..., Program]:
    """A program of ente 1 (or another) with every scope, or some."""

    def make(*scopes: str, nome: str = "anagrafe", ente_id: int = 1) -> Program:
        with ente_context(ente_id):
            admin = session.scalar(text("select min(id) from account"))
            by = Operator(admin, ente_id, "Chi amministra", (RoleGrant("amministratore_ente"),))
            token = tokens.issue(session, by, nome, scopes or list(SCOPES))
            session.commit()
        return Program(app.test_client(), token)

    return make


@pytest.fixture
def program(a_program: Callable[..., Program]) -> Program:
    return a_program()


def json_of(answer: TestResponse) -> Any:
    """The body with exact numbers."""
    return loads(answer.data)


def fields_of(answer: TestResponse) -> dict[str, str]:
    """What a refusal says of each field."""
    assert answer.content_type == "application/problem+json", answer.text
    return {each["campo"]: each["messaggio"] for each in json_of(answer).get("errori", [])}


@pytest.fixture
def rows(owner_engine: Database) -> Callable[[str], list[Any]]:
    """What the database holds, for every ente."""

    def rows(query: str) -> list[Any]:
        with owner_engine.connect() as connection:
            return list(connection.execute(text(query)))

    return rows

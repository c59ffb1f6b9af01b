"""An application with the gate, the account pages and two pages behind them; people who may enter."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import app as package
from app import errors, format, security
from app.accounts import gate, routes
from app.accounts.service import NewAccount, grant_role, open_account
from app.accounts.sessions import SessionLimits
from app.audit import reads
from app.database import engine as engines
from app.database.context import ente_context
from app.rights.policy import require
from app.rights.subject import Subject

PASSWORD = "corretto cavallo batteria"
OWN_UNIT = "valpolcevera"


@pytest.fixture
def units(owner_engine: Engine, ente: int) -> None:
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "insert into unita (ente_id, id, nome, tipo, parent_id) values "
                "(1, 'valpolcevera', 'ATS Valpolcevera', 'ats', null), "
                "(1, 'bolzaneto', 'Sportello di Bolzaneto', 'ufficio', 'valpolcevera'), "
                "(1, 'levante', 'ATS Levante', 'ats', null), (2, 'recco', 'ATS Recco', 'ats', null)"
            )
        )


@pytest.fixture
def an_account(session: Session, units: None) -> Callable[..., int]:
    """Open an account in ente 1 (or another) with a role; returns its id."""

    def make(
        nome_utente: str = "giulia.parodi",
        ruolo: str = "assistente_sociale",
        unita: str | None = OWN_UNIT,
        ente_id: int = 1,
        **changes: object,
    ) -> int:
        nome, cognome = nome_utente.title().split(".")
        with ente_context(ente_id):
            new = NewAccount(nome_utente, nome, cognome, **{"password": PASSWORD, **changes})
            account_id, _ = open_account(session, None, new)
            grant_role(session, None, account_id, ruolo, unita)
            session.commit()
        return account_id

    return make


def with_pages(web: Flask) -> None:
    @web.get("/")
    def home() -> str:
        return f"Scrivania di {gate.current_operator().name}"

    @web.get("/libera")
    @gate.public
    def open_page() -> str:
        return "per tutti"

    @web.route("/scheda", methods=["GET", "POST"])
    def sheet() -> str:
        return "registrato: " + request.form.get("testo", "")

    @web.get("/persona/<persona_id>")
    def persona(persona_id: str) -> str:
        reads.saw(persona_id, sezione="contatti")
        reads.saw(persona_id, sezione="contatti")
        return "una persona"

    @web.get("/modulo/<persona_id>/<int:status>")
    def mistakes(persona_id: str, status: int) -> tuple[str, int]:
        reads.saw(persona_id)
        return "i dati di una persona, con un campo da correggere", status

    @web.get("/diario/<livello>")
    def diary(livello: str) -> str:
        reads.saw("12", sezione="diario")
        require(gate.current_operator(), "read:diario", Subject(1, unita_id=OWN_UNIT, livello=livello))
        return "il diario"

    @web.get("/api/pratiche")
    def api() -> dict[str, str]:
        return {"ente": str(gate.require_scope("pratiche:leggi").ente_id)}

    @web.post("/api/messaggi")
    def api_send() -> dict[str, str]:
        return {"da": gate.current_client().nome}


@pytest.fixture
def web(database_url: str) -> Flask:
    made = Flask("percorsi", template_folder=str(Path(package.__file__).parent / "templates"))
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, SECRET_KEY="k" * 40)
    made.jinja_env.globals["asset"] = lambda name: f"/static/{name}"
    engines.init_app(made, database_url)
    format.init_app(made)
    security.init_app(made, production=False)
    errors.init_app(made)
    gate.init_app(made, SessionLimits(idle=timedelta(hours=12), absolute=timedelta(hours=24)))
    made.register_blueprint(routes.blueprint)
    with_pages(made)
    return made


@pytest.fixture
def browser(web: Flask) -> FlaskClient:
    return web.test_client()

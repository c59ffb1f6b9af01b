"""The web application: `create_app` puts the parts together, each with its own routes."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, jsonify, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app import api, assets, errors, format, logs, pagine, security
from app.accounts import gate
from app.accounts import routes as accounts
from app.accounts.gate import public
from app.accounts.operator import Operator
from app.amministrazione import fornitori, parametri, programmi, unita
from app.amministrazione import routes as operatori
from app.attivita import routes as attivita
from app.audit import routes as consultazioni
from app.database import db
from app.database import engine as databases
from app.documenti import routes as documenti
from app.enti.model import Ente
from app.forms.routes import blueprint as forms
from app.inbox import routes as inbox
from app.inbox.counts import open_for
from app.incidents import routes as incidents
from app.observe import request as observed
from app.observe import scrape
from app.persone import azioni
from app.persone import routes as persone
from app.pratiche import routes as pratiche
from app.presence import troubles
from app.rights import routes as rights
from app.rights.policy import may_ever
from app.servizi import routes as servizi
from app.servizi.pagine import operatori as operatori_fornitore
from app.settings import Settings
from app.wiring import EngineMaker, engines

MAX_REQUEST = 32 * 1024 * 1024  # bytes, a scanned document included


def create_app(settings: Settings, maker: EngineMaker | None = None) -> Flask:
    """The application for these settings; `maker` makes its engines (default: as the environment says)."""
    logs.configure(settings.log_level)
    app = Flask("app")
    app.config.update(SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=MAX_REQUEST)
    app.extensions["percorsi_engines"] = maker or engines()
    databases.init_app(app, settings.database_url or "")
    security.init_app(app, production=settings.is_production)
    observed.init_app(app)
    gate.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    format.init_app(app)
    for part in (
        accounts,
        rights,
        inbox,
        attivita,
        pratiche,
        persone,
        azioni,
        servizi,
        operatori_fornitore,
        incidents,
        consultazioni,
        operatori,
        programmi,
        parametri,
        unita,
        fornitori,
    ):
        app.register_blueprint(part.blueprint)
    documenti.init_app(app)
    app.register_blueprint(forms)
    app.register_blueprint(pagine.blueprint)
    api.init_app(app)
    app.add_url_rule("/health/live", "live", public(_live))
    app.add_url_rule("/health/ready", "ready", public(_ready))
    if settings.metrics_token is not None:
        scrape.init_app(app, settings.metrics_token)
    app.context_processor(_frame)
    return app


def _live() -> Response:
    """The process answers."""
    return jsonify(stato="vivo")


def _ready() -> Response:
    """The process can serve: its database answers. Without worker or clock it serves, and says that they lack."""
    return jsonify(stato="pronto", avvisi=troubles(db.session.connection()))


def _frame() -> dict[str, Any]:
    """What base.html shows around every page."""
    operator = g.get("operator")
    try:
        return _around(operator) if operator is not None else STRANGER
    except SQLAlchemyError:  # an error page must come out even without a database
        return STRANGER


STRANGER: dict[str, Any] = {"operatore": None, "ente_nome": "Percorsi", "voci": []}


def _around(operator: Operator) -> dict[str, Any]:
    ente = db.session.get(Ente, operator.ente_id)
    return {
        "operatore": pagine.who(operator),
        "ente_nome": ente.nome if ente else "",
        "voci": pagine.menu(operator, open_for),
        "menu_operatore": [
            {"nome": "Cambia password", "url": url_for("accounts.change_password")},
            {"nome": "Esci", "url": url_for("accounts.log_out"), "invia": True},
        ],
        "cerca_url": url_for("persone.search") if may_ever(operator, "read:pratiche") else None,
        "conteggi_url": url_for("inbox.counts"),
    }

"""The addresses of the API, version 1. Each view is one transaction: what it reads or does, and its trace."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, url_for

from app.accounts.gate import current_client
from app.api import cases, messages, paths, schemas, scopes, tasks
from app.api.access import needs
from app.api.blueprint import LOCATION, REPLAYED, Blueprint, keyed, refuses, without_query
from app.api.idempotency import once
from app.api.problems import on_error
from app.api.reply import Reply, reply
from app.database.transaction import transactional
from engine import TaskNotOpen

PREFIX: Final = "/api/v1"


blueprint = Blueprint(
    "api", __name__, url_prefix=PREFIX, description="Percorsi, pratiche, attività, messaggi"
)

blueprint.register_error_handler(Exception, on_error)


@blueprint.get("/percorsi")
@needs(scopes.START)
@without_query
@blueprint.response(200, schemas.Paths)
def list_paths() -> Response:
    """I percorsi che si possono avviare

    Ognuno con lo schema dei dati di avvio.
    """
    client = current_client()
    work = transactional(lambda: reply(schemas.Paths, {"percorsi": paths.startable(client)}))
    return work().response()


@blueprint.post("/pratiche")
@needs(scopes.START)
@without_query
@keyed(required=True)
@refuses(400, 409, 413, 415, 422)
@blueprint.arguments(schemas.NewPratica)
@blueprint.response(201, schemas.Pratica, headers={**LOCATION, **REPLAYED})
def open_pratica(asked: dict[str, Any]) -> Response:
    """Avvia un percorso

    Apre una pratica e porta il percorso fino alle sue prime attese.
    """
    client = current_client()

    def work() -> Reply:
        shown = paths.start(client, asked["percorso"], asked["persona_id"], asked["unita"], asked["dati"])
        where = url_for("api.show_pratica", pratica_id=shown["id"])
        return reply(schemas.Pratica, shown, 201, where)

    return once(client, work, key_required=True)


@blueprint.get("/pratiche/<id:pratica_id>")
@needs(scopes.READ)
@without_query
@refuses(404)
@blueprint.response(200, schemas.Pratica)
def show_pratica(pratica_id: int) -> Response:
    """Stato di una pratica

    Termini, attività aperte e, con l’ambito variabili:read, le variabili.
    """
    client = current_client()
    return transactional(lambda: reply(schemas.Pratica, cases.show(client, pratica_id)))().response()


@blueprint.get("/pratiche/<id:pratica_id>/storia")
@needs(scopes.READ)
@refuses(404, 422)
@blueprint.arguments(schemas.HistoryQuery, location="query")
@blueprint.response(200, schemas.History)
def show_history(query: dict[str, Any], pratica_id: int) -> Response:
    """Che cosa è successo in una pratica

    Dal più vecchio; risposte e variabili solo con l’ambito variabili:read.
    """
    client = current_client()

    def work() -> Reply:
        events, cursor = cases.history(client, pratica_id, query["cursore"], query["limite"])
        return reply(schemas.History, {"eventi": events, "cursore": cursor})

    return transactional(work)().response()


@blueprint.get("/attivita")
@needs(scopes.SEE_TASKS)
@refuses(422)
@blueprint.arguments(schemas.TaskQuery, location="query")
@blueprint.response(200, schemas.TaskPage)
def list_tasks(query: dict[str, Any]) -> Response:
    """Le attività aperte

    Filtrate per percorso, ruolo, unità, persona.
    """
    client = current_client()

    def work() -> Reply:
        found, cursor = tasks.page(client, tasks.Wanted(**query))
        return reply(schemas.TaskPage, {"attivita": found, "cursore": cursor})

    return transactional(work)().response()


@blueprint.get("/attivita/<id:task_id>")
@needs(scopes.SEE_TASKS)
@without_query
@refuses(404)
@blueprint.response(200, schemas.TaskDetail)
def show_task(task_id: int) -> Response:
    """Una attività con il suo modulo"""
    client = current_client()
    return transactional(lambda: reply(schemas.TaskDetail, tasks.show(client, task_id)))().response()


@blueprint.post("/attivita/<id:task_id>/completa")
@needs(scopes.COMPLETE)
@without_query
@keyed()
@refuses(400, 404, 409, 413, 415, 422)
@blueprint.arguments(schemas.Answers)
@blueprint.response(200, schemas.Completed, headers=REPLAYED)
def complete_task(asked: dict[str, Any], task_id: int) -> Response:
    """Completa una attività

    Le risposte sono controllate con il modulo: se non vanno bene, non cambia niente.
    """
    client = current_client()

    def work() -> Reply:
        return reply(schemas.Completed, tasks.complete(client, task_id, asked[tasks.ANSWERS]))

    try:
        return once(client, work)
    except TaskNotOpen as error:
        raise tasks.closed(client, error) from error


@blueprint.post("/messaggi")
@needs(scopes.DELIVER)
@without_query
@keyed(required=True)
@refuses(400, 409, 413, 415, 422)
@blueprint.arguments(schemas.Message)
@blueprint.response(200, schemas.Delivered, headers=REPLAYED)
def deliver_message(asked: dict[str, Any]) -> Response:
    """Consegna un messaggio

    Una volta sola per id_messaggio; se nessuno lo aspetta ancora, resta in attesa fino alla scadenza.
    """
    client = current_client()

    def work() -> Reply:
        return reply(schemas.Delivered, {"esito": messages.deliver(client, **asked)})

    return once(client, work, key_required=True)

"""Errors for programs: RFC 9457 in Italian, with the field, and what to do next."""

from __future__ import annotations

from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app import errors
from app.accounts.tokens import ApiClient, ScopeMissing
from app.api import schemas
from app.api.failures import (
    BodyUnreadable,
    KeyMalformed,
    KeyMissing,
    KeyReused,
    NotJson,
    PersonNeeded,
    RequestInvalid,
    RequestUnderWay,
    TaskClosed,
    ThingNotFound,
)
from app.api.traces import did
from app.database import db
from app.database.transaction import transactional
from app.errors import Meaning
from app.observe.request import route
from app.security import is_api
from engine import json
from engine.errors import InstanceBusy

log = structlog.get_logger()

NOTHING_DONE: Final = "Non è cambiato niente."

MEANINGS: Final[dict[type[Exception], Meaning]] = {
    RequestInvalid: Meaning(
        422, "Ci sono campi da correggere", NOTHING_DONE, "Correggi quelli elencati in «errori»."
    ),
    BodyUnreadable: Meaning(
        400,
        "La richiesta non si legge",
        "Il corpo non è JSON valido, o è troppo annidato. " + NOTHING_DONE,
        "Manda un oggetto JSON in UTF-8.",
    ),
    NotJson: Meaning(
        415, "Serve JSON", NOTHING_DONE, "Manda il corpo con l’intestazione Content-Type: application/json."
    ),
    ThingNotFound: Meaning(404, "Non c’è", "Niente con questo id è visibile al token.", "Controlla l’id."),
    TaskClosed: Meaning(
        409,
        "L’attività non è più aperta",
        "Nel frattempo è stata completata o annullata. Le risposte non sono state registrate.",
        "Rileggi la pratica.",
    ),
    PersonNeeded: Meaning(
        403,
        "Questo passo tocca a una persona",
        "Controlla il lavoro di un’altra persona, e un programma non può farlo.",
        "Lascialo a chi lo vede nella sua scrivania.",
    ),
    KeyMissing: Meaning(
        400,
        "Manca l’Idempotency-Key",
        NOTHING_DONE,
        "Aggiungi l’intestazione Idempotency-Key con un testo unico per questo comando.",
    ),
    KeyMalformed: Meaning(
        400,
        "L’Idempotency-Key non va bene",
        NOTHING_DONE,
        "Usa da 1 a 200 caratteri ASCII, senza spazi all’inizio e alla fine.",
    ),
    KeyReused: Meaning(
        422,
        "L’Idempotency-Key è già usata",
        "È arrivata prima con un’altra richiesta. " + NOTHING_DONE,
        "Usa una chiave nuova per un comando nuovo.",
    ),
    RequestUnderWay: Meaning(
        409,
        "La stessa richiesta è in corso",
        "Una richiesta con questa Idempotency-Key non ha ancora finito.",
        "Ripetila fra un secondo: riceverai la sua risposta.",
        retry_after=1,
    ),
    ScopeMissing: Meaning(
        403, "Il token non basta", NOTHING_DONE, "Chiedi un token con l’ambito indicato in «errori»."
    ),
    InstanceBusy: Meaning(
        409,
        "La pratica è occupata",
        "Un altro passo è in corso. " + NOTHING_DONE,
        "Ripeti fra qualche secondo.",
        retry_after=5,
    ),
}

HTTP: Final[dict[int, Meaning]] = {
    401: Meaning(
        401, "Manca un token valido", NOTHING_DONE, "Manda l’intestazione Authorization: Bearer <token>."
    ),
    413: Meaning(413, "La richiesta è troppo grande", "Supera 1 MB. " + NOTHING_DONE, "Riducila."),
}


def on_error(error: Exception) -> Response:
    """Answer whatever a view of the API raised."""
    db.session.rollback()
    if isinstance(error, HTTPException):
        return _http(error)
    meaning = MEANINGS.get(type(error)) or errors.meaning_of(error)
    if meaning is None:
        log.exception("request_failed", route=route(), method=request.method)
        return _answer(errors.BROKEN)
    if isinstance(error, ScopeMissing | PersonNeeded):
        _note(error)
    return _answer(meaning, _facts(error))


def tell_methods(response: Response) -> Response:
    """RFC 9110 wants a 405 to say what is allowed; the page's answer does not."""
    wrong = request.routing_exception
    if response.status_code == 405 and is_api() and isinstance(wrong, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(wrong.valid_methods or ()))
    return response


def init_app(app: Flask) -> None:
    app.after_request(tell_methods)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    known = HTTP.get(status) or errors.HTTP.get(status)
    return _answer(known or Meaning(status, "Richiesta non capita", NOTHING_DONE, "Controllala."))


def _facts(error: Exception) -> dict[str, Any]:
    if isinstance(error, RequestInvalid):
        return {"errori": [_fault(each.pointer, each.message, each.rule) for each in error.faults]}
    if isinstance(error, ScopeMissing):
        return {"errori": [_fault("Authorization", f"Serve l’ambito {error.scope}.")]}
    if isinstance(error, KeyMissing | KeyMalformed | KeyReused):
        return {"errori": [_fault("Idempotency-Key", MEANINGS[type(error)].titolo + ".")]}
    if isinstance(error, TaskClosed):
        found = {"id": error.task_id, "stato": error.status, "chiusa_il": error.at, "chiusa_da": error.by}
        return {"attivita": schemas.ClosedBy().dump(found)}
    return {}


def _fault(field: str, message: str, rule: str | None = None) -> dict[str, str]:
    return {"campo": field, "messaggio": message, **({"regola": rule} if rule else {})}


def _note(error: ScopeMissing | PersonNeeded) -> None:
    """An attempt beyond its rights is as telling as a reading."""
    client: ApiClient | None = g.get("api_client")
    if client is not None:
        why = error.scope if isinstance(error, ScopeMissing) else "quattro_occhi"
        transactional(lambda: did(client, "accesso.refuse", "azione", request.endpoint, perche=why))()


def _answer(meaning: Meaning, facts: dict[str, Any] | None = None) -> Response:
    problem = {
        "type": "about:blank",
        "title": meaning.titolo,
        "status": meaning.status,
        "detail": f"{meaning.testo} {meaning.rimedio}",
        "richiesta": g.get("request_id", ""),
        **(facts or {}),
    }
    response = Response(json.dumps(problem), meaning.status, content_type="application/problem+json")
    if meaning.retry_after is not None:
        response.headers["Retry-After"] = str(meaning.retry_after)
    if meaning.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response

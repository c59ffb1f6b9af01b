"""From what went wrong to what to say: one table, a status and Italian words that say what to do next.

Exceptions carry facts; the words are here. A page is `errori/<status>.html` where there is one (with
`errore`, a Meaning, `fatti`, and `richiesta`, the request's name for support), else `errori/pagina.html`;
the API gets RFC 9457 JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import structlog
from flask import Flask, g, jsonify, make_response, render_template, request
from jinja2 import Template
from markupsafe import escape
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.accounts.pending import FormNotKept, PendingNotFound
from app.accounts.throttle import Throttled
from app.accounts.tokens import ScopeMissing
from app.audit.reads import refused, showed_nothing
from app.database import db
from app.database.context import EnteMoving
from app.database.engine import is_unstorable
from app.observe.request import route
from app.rights import extraordinary, policy
from app.rights.checks import Reason
from app.security import CrossSite, FormExpired, is_api
from engine import errors as engine
from engine.xml import XmlRefused

log = structlog.get_logger()


@dataclass(frozen=True)
class Meaning:
    """What a failure means to a person: what happened, and (`rimedio`) what is safe and what to do next."""

    status: int
    titolo: str
    testo: str
    rimedio: str = "Torna alla scrivania e riprova."
    retry_after: int | None = None  # seconds


NOT_FOUND: Final = Meaning(404, "Pagina non trovata", "Questa pagina non c’è, o non è tra quelle che segui.")
BROKEN: Final = Meaning(
    500,
    "Qualcosa si è rotto",
    "Non è colpa tua. Quello che avevi già salvato è al sicuro.",
    "Riprova tra poco. Se succede ancora, chiama l’assistenza e di’ il numero qui sotto.",
)
UNAVAILABLE: Final = Meaning(
    503,
    "Percorsi non risponde in questo momento",
    "L’archivio non è raggiungibile. Quello che avevi già salvato è al sicuro.",
    "Lascia aperta la pagina e riprova tra un minuto.",
    retry_after=30,
)
UNSTORABLE: Final = Meaning(
    400,
    "Un carattere non si può usare",
    "In quello che è arrivato c’è un carattere invisibile che l’archivio non tiene (il carattere nullo). "
    "Non è cambiato niente.",
    "Torna indietro, cancella il testo che hai incollato, riscrivilo e invia di nuovo.",
)
UNAUTHORIZED: Final = Meaning(
    401, "Non sei entrato", "La sessione è finita.", "Entra di nuovo: la pagina ti aspetta."
)

MEANINGS: Final[dict[type[Exception], Meaning]] = {
    CrossSite: Meaning(
        403,
        "Invio rifiutato",
        "L’invio non è partito da una pagina di Percorsi. Non è cambiato niente.",
        "Apri la pagina da Percorsi e invia da lì.",
    ),
    FormExpired: Meaning(
        403,
        "La pagina era rimasta aperta troppo a lungo",
        "L’invio non è stato accettato. Non è cambiato niente.",
        "Torna indietro, ricarica la pagina e invia di nuovo.",
    ),
    FormNotKept: Meaning(
        403,
        "La sessione è finita, e il modulo non si può tenere da parte",
        "È troppo lungo, o ce ne sono già troppi in attesa. Non è stato registrato niente.",
        "Torna indietro: nella pagina c’è ancora quello che hai scritto. Copialo, entra di nuovo e incollalo.",
    ),
    Throttled: Meaning(429, "Troppi tentativi", "Per sicurezza aspetta prima di riprovare."),
    ScopeMissing: Meaning(
        403,
        "Operazione non consentita",
        "Il token non ha l’ambito che serve.",
        "Chiedi un token che lo abbia.",
    ),
    PendingNotFound: Meaning(
        404,
        "Il modulo non è più conservato",
        "Teniamo per un’ora i moduli arrivati a sessione finita, solo per chi li aveva scritti.",
        "Riapri l’attività: se c’era una bozza, la trovi lì.",
    ),
    extraordinary.AccessNotFound: NOT_FOUND,
    extraordinary.ReasonMissing: Meaning(
        422,
        "Manca il motivo",
        "Per aprire la cartella serve un motivo scritto.",
        "Torna indietro e scrivilo.",
    ),
    extraordinary.TwoPeopleNeeded: Meaning(
        403,
        "Serve un’altra persona",
        "Nessuno controlla un accesso chiesto da sé.",
        "Lo farà un altro responsabile.",
    ),
    engine.TaskNotOpen: Meaning(
        409,
        "L’attività non è più aperta",
        "Nel frattempo è stata completata o annullata. Quello che hai scritto non è stato registrato.",
        "Apri la pratica per vedere che cosa è successo.",
    ),
    engine.InstanceBusy: Meaning(
        409,
        "Qualcun altro sta lavorando su questa pratica",
        "Quello che hai scritto non è stato ancora registrato.",
        "Torna indietro e invia di nuovo tra qualche secondo.",
        retry_after=5,
    ),
    engine.FormInvalid: Meaning(
        422,
        "Ci sono risposte da correggere",
        "Niente è stato registrato.",
        "Torna al modulo e correggi le risposte.",
    ),
    engine.AnswerRefused: Meaning(
        422,
        "Una risposta non va bene",
        "Niente è stato registrato.",
        "Torna al modulo e correggi la risposta.",
    ),
    engine.NotAllowed: Meaning(
        403,
        "Questo passo tocca a un’altra persona",
        "Chi ha fatto il passo prima non può controllarlo.",
        "Lascialo a una collega o a un collega.",
    ),
    engine.ReleaseNotFound: Meaning(
        404, "Percorso non trovato", "Questo percorso non è pubblicato nel tuo ente."
    ),
    engine.ReleaseRefused: Meaning(
        422,
        "Il percorso non si può pubblicare",
        "Il controllo ha trovato dei problemi.",
        "Correggili e riprova.",
    ),
    engine.InstanceNotFound: NOT_FOUND,
    engine.CannotSendBack: Meaning(
        409,
        "Non si può rimandare indietro",
        "Altri passi sono in corso, o quel passo non è mai stato fatto. Non è cambiato niente.",
        "Apri la pratica per vedere a che punto è.",
    ),
    engine.IncidentNotOpen: Meaning(409, "Il problema è già risolto", "Qualcuno ci ha già pensato."),
    engine.CannotMend: Meaning(
        409,
        "Qui non si può fare",
        "Questo passo non si rimette in moto così. Non è cambiato niente.",
        "Torna al passo fermo e scegli un altro modo, o chiama chi cura il programma.",
    ),
    engine.CorrectionRefused: Meaning(
        422,
        "I dati non vanno ancora bene",
        "Anche così il passo si fermerebbe. Niente è stato registrato.",
        "Torna indietro e correggi.",
    ),
    XmlRefused: Meaning(
        422,
        "Il file non si può leggere",
        "Non è un diagramma valido. Non è cambiato niente.",
        "Salvalo di nuovo e riprova.",
    ),
    EnteMoving: Meaning(
        503,
        "Il tuo ente è in trasferimento",
        "I dati dell’ente passano su un’altra macchina, e intanto qui non si lavora. "
        "Quello che avevi già salvato è al sicuro.",
        "Lascia aperta la pagina e riprova più tardi, o chiedi a chi amministra il nuovo indirizzo.",
        retry_after=600,
    ),
    OperationalError: UNAVAILABLE,
    InterfaceError: UNAVAILABLE,
    PoolTimeout: UNAVAILABLE,
}

REFUSALS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.CONFLICT: ("C’è un legame con questa persona.", "La pratica la segue un’altra persona."),
    Reason.ROLE: ("Il tuo ruolo non lo prevede.", "Se ti serve, chiedi a chi amministra i ruoli."),
    Reason.PURPOSE: ("Il tuo ruolo non può farlo per questo scopo.", "Se ti serve, chiedi al responsabile."),
    Reason.SYNTHETIC_ONLY: ("Il tuo ruolo lavora solo su persone inventate.", "Usa una pratica di prova."),
    Reason.LEVEL: ("La pratica è riservata.", "Se devi lavorarci, chiedi al responsabile."),
    Reason.UNIT: ("È di un’altra unità.", "Se ti serve, chiedi al responsabile."),
    Reason.RELATION: ("È seguita da altri.", "Se ti serve, chiedi a chi la segue."),
    Reason.ASSIGNED_TO_OTHERS: (
        "L’attività è di un’altra persona.",
        "Chiedi al responsabile di riassegnarla.",
    ),
    Reason.FOUR_EYES: (
        "Hai fatto tu il passo che qui si controlla.",
        "Lascialo a una collega o a un collega.",
    ),
}

ASK: Final = "accesso:request"
URGENT: Final = "Se è urgente, cerca la pratica con il suo numero: da lì si chiede un accesso straordinario."

HTTP: Final[dict[int, Meaning]] = {
    400: Meaning(400, "Richiesta non capita", "Qualcosa nella richiesta non torna. Non è cambiato niente."),
    401: UNAUTHORIZED,
    403: Meaning(403, "Non puoi aprire questa pagina", "Il tuo ruolo non lo prevede."),
    404: NOT_FOUND,
    405: Meaning(405, "Richiesta non capita", "Qui non si può inviare niente. Non è cambiato niente."),
    413: Meaning(
        413,
        "File troppo grande",
        "Non è stato registrato niente.",
        "Torna indietro e scegline uno più piccolo.",
    ),
    429: MEANINGS[Throttled],
    503: UNAVAILABLE,
}

# For whom no page is drawn: a program reads addresses and methods, not screens.
PROGRAMS: Final[dict[int, Meaning]] = {
    404: Meaning(
        404,
        "Niente a questo indirizzo",
        "L’indirizzo non c’è, o l’id che contiene non è un id.",
        "Confrontalo con quelli di /api/v1/openapi.json.",
    ),
    405: Meaning(
        405,
        "Metodo non previsto",
        "A questo indirizzo non si fa così. Non è cambiato niente.",
        "Usa uno dei metodi dell’intestazione Allow.",
    ),
}

BARE: Final = (
    '<!doctype html><html lang="it"><meta charset="utf-8"><title>{titolo}</title>'
    '<h1>{titolo}</h1><p>{testo}</p><p><a href="/">Vai alla scrivania</a></p></html>'
)


def init_app(app: Flask) -> None:
    """Answer every exception with its meaning."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_exception)


def register(exception: type[Exception], meaning: Meaning) -> None:
    """Add the meaning of a feature's own exception; the first given stays. For app/wiring.py and features."""
    MEANINGS.setdefault(exception, meaning)


def meaning_of(error: Exception) -> Meaning | None:
    """The meaning of an exception, or of the nearest of its ancestors that has one."""
    if isinstance(error, policy.NotAllowed):
        return _refusal(error)
    if isinstance(error, engine.TaskNotOpen) and error.status is None:
        return NOT_FOUND  # it never was
    if is_unstorable(error):
        return UNSTORABLE
    return next((MEANINGS[kind] for kind in type(error).__mro__ if kind in MEANINGS), None)


def _refusal(error: policy.NotAllowed) -> Meaning:
    if error.absent:
        return NOT_FOUND
    testo, rimedio = REFUSALS.get(error.reason, REFUSALS[Reason.ROLE])
    operator = g.get("operator")
    if error.reason in (Reason.UNIT, Reason.RELATION) and operator and policy.may_ever(operator, ASK):
        rimedio = f"{rimedio} {URGENT}"
    return Meaning(403, "Non puoi aprire questa pagina", testo, rimedio)


def _on_http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.get_response()
    status = error.code or 500
    known = (PROGRAMS.get(status) if is_api() else None) or HTTP.get(status)
    if known is None:
        known = BROKEN if status >= 500 else Meaning(status, "Richiesta non capita", "Non è cambiato niente.")
    return _answer(known)


def _on_exception(error: Exception) -> Response:
    db.session.rollback()
    meaning = meaning_of(error)
    if meaning is None:
        log.exception("request_failed", route=route(), method=request.method)
        return _answer(BROKEN)
    if isinstance(error, policy.NotAllowed):
        refused(error.action, error.reason.name)
    if meaning is UNAVAILABLE:
        log.warning("database_unavailable", error=type(error).__name__)
    return _answer(meaning, _facts(error))


def _facts(error: Exception) -> dict[str, Any]:
    """Facts for a program that called the API: where the answers are wrong, never what they were."""
    if isinstance(error, engine.FormInvalid):
        wrong = [{"campo": "/" + "/".join(map(str, e.path)), "regola": e.keyword} for e in error.errors]
        return {"errori": wrong}
    if isinstance(error, engine.AnswerRefused):
        return {"codice": error.code, "campo": error.field}
    if isinstance(error, engine.TaskNotOpen):
        return {"stato": error.status}
    if isinstance(error, engine.ReleaseRefused):
        return {"problemi": [str(problem) for problem in error.problems]}
    return {}


def _answer(meaning: Meaning, facts: dict[str, Any] | None = None) -> Response:
    showed_nothing()
    response = _problem(meaning, facts or {}) if is_api() else _page(meaning, facts or {})
    response.status_code = meaning.status
    if meaning.retry_after is not None:
        response.headers["Retry-After"] = str(meaning.retry_after)
    if meaning.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer" if is_api() else "Cookie"
    return response


def _page(meaning: Meaning, facts: dict[str, Any]) -> Response:
    templates: list[str | Template] = [f"errori/{meaning.status}.html", "errori/pagina.html"]
    try:
        page = render_template(templates, errore=meaning, fatti=facts, richiesta=g.get("request_id", ""))
    except Exception:
        # the frame may need what has just failed; this needs nothing
        log.exception("error_page_failed")
        page = BARE.format(titolo=escape(meaning.titolo), testo=escape(f"{meaning.testo} {meaning.rimedio}"))
    return make_response(page)


def _problem(meaning: Meaning, facts: dict[str, Any]) -> Response:
    response = jsonify(
        {
            "type": "about:blank",
            "title": meaning.titolo,
            "status": meaning.status,
            "detail": f"{meaning.testo} {meaning.rimedio}",
            "richiesta": g.get("request_id", ""),
            **facts,
        }
    )
    response.content_type = "application/problem+json"
    return response

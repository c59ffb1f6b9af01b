"""The operation on assessments: a home visit, or the inquiry about a minor."""

from __future__ import annotations

from typing import Any, Final

from app.persone.model import Persona
from app.pratiche import service
from app.servizi.models import Domanda, Valutazione
from app.shapes import BOOL, DAY, LIST, NUMBER, OBJECT, TEXT, TEXTS, Schema, choice, response, shape
from app.values import find, find_maybe, session_of, to_day, to_int, today
from engine import Call, Operation

SCORES: Final = ("aged", "adl", "iadl", "invalidita", "area_supporto")
ABOUT_A_MINOR: Final = ("fonte", "fonte_riservata", "fatti", "gravita", "minore_sentito", "esito_indagine")


def _between(least: int, most: int) -> Schema:
    return {**NUMBER, "minimum": least, "maximum": most}


ANSWERS: Final[dict[str, Schema]] = {
    "data": DAY,
    "presenti": TEXTS,
    "adl": _between(0, 6),
    "iadl": _between(0, 8),
    "aged": _between(0, 34),
    "invalidita": _between(0, 100),
    "accompagnamento": BOOL,
    "legge_104": choice("no", "c1", "c3"),
    "ricovero_definitivo": BOOL,
    "abitazione": LIST,
    "area_supporto": _between(1, 3),
    "rischi_operatore": LIST,
    "caregiver": OBJECT,
    "note": TEXT,
    "fonte": TEXT,
    "fonte_riservata": BOOL,
    "fatti": TEXT,
    "gravita": choice("reato", "pregiudizio", "rischio", "infondata"),
    "minore_sentito": BOOL,
    "perche_non_sentito": TEXT,
    "esito_indagine": choice("archiviazione", "presa_in_carico", "procura"),
    "sintesi_valutazione": TEXT,
}


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Keep an assessment whole. One about a minor at risk makes the pratica confidential."""
    session, pratica = session_of(call), service.current(call)
    persona, domanda = (
        find(call, Persona, request["persona_id"]),
        find_maybe(call, Domanda, request.get("domanda_id")),
    )
    answers = {name: request[name] for name in ANSWERS if request.get(name) is not None}
    valutazione = Valutazione(
        ente_id=call.ente_id,
        persona_id=persona.id,
        pratica_id=pratica.id if pratica else None,
        domanda_id=domanda.id if domanda else None,
        data=to_day(request.get("data")) or today(call),
        accompagnamento=request.get("accompagnamento"),
        legge_104=request.get("legge_104"),
        dati=answers,
        da_chi=call.by,
        **{name: to_int(request.get(name)) for name in SCORES},
    )
    session.add(valutazione)
    if pratica is not None and pratica.riservatezza == "ordinaria" and answers.keys() & set(ABOUT_A_MINOR):
        pratica.riservatezza = "minori"
    session.flush()
    return {"valutazione_id": str(valutazione.id)}


def operations() -> list[Operation]:
    return [
        Operation(
            "valutazione.register",
            "Registra la valutazione",
            shape({"persona_id": TEXT}, {"domanda_id": TEXT, **ANSWERS}),
            response(valutazione_id=TEXT),
            register,
        )
    ]

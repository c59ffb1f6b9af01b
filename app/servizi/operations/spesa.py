"""The operations on money: reserving it, or waiting for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.persone.model import Persona
from app.pratiche import service
from app.progetti import costo
from app.progetti.model import Progetto
from app.servizi import budget
from app.servizi.models import Domanda, Iscrizione, PianoDomiciliare
from app.shapes import BOOL, DAY, NUMBER, TEXT, nullable, response, shape
from app.values import day_of, find, find_maybe, need_day, session_of, to_money, today
from engine import Broken, Call, Operation


def reserve(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Reserve the monthly cost of a plan or a project from a day on, all or nothing."""
    piano, progetto = _objects(call, request)
    amount = to_money(request["importo_mensile"])
    dal = max(need_day(request["dal"]), today(call))  # what is past needs no money any more
    if amount == 0:
        return {"capienza": True, "prenotazione_id": None}
    made = budget.reserve(
        session_of(call), call.ente_id, amount, dal, call.now, call.by, piano=piano, progetto=progetto
    )
    if made is None:
        return {"capienza": False, "prenotazione_id": None}
    leave(call, piano, progetto)
    return {"capienza": True, "prenotazione_id": str(made.id)}


def leave(call: Call, piano: int | None, progetto: int | None) -> None:
    """Who has the money waits no longer."""
    i = Iscrizione
    session_of(call).execute(
        update(i)
        .where(i.ente_id == call.ente_id, _of(piano, progetto), i.stato != "uscita")
        .values(stato="uscita")
    )


def _of(piano: int | None, progetto: int | None) -> ColumnElement[bool]:
    return Iscrizione.piano_id == piano if piano is not None else Iscrizione.progetto_id == progetto


def _objects(call: Call, request: dict[str, Any]) -> tuple[int | None, int | None]:
    """What the money is for: the first version of a plan, or of a project."""
    piano = find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    if piano is not None:
        return piano.radice, None
    progetto = find_maybe(call, Progetto, request.get("progetto_id"))
    if progetto is None:
        raise Broken("manca il piano o il progetto")
    return None, progetto.radice


def enroll(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Put a plan or a project in the waiting list; back in it, it keeps its place."""
    session, pratica = session_of(call), service.current(call)
    persona = find(call, Persona, request["persona_id"])
    piano, progetto = _objects(call, request)
    i = Iscrizione
    row = session.scalar(
        select(i)
        .where(i.ente_id == call.ente_id, _of(piano, progetto), i.stato != "uscita")
        .with_for_update()
    )
    if row is None:
        row = Iscrizione(
            ente_id=call.ente_id,
            servizio=budget.DOMICILIARITA if piano is not None else budget.INTERVENTI,
            persona_id=persona.id,
            pratica_id=pratica.id if pratica else None,
            piano_id=piano,
            progetto_id=progetto,
            domanda_il=_asked_on(call, piano),
            nata_il=persona.nata_il,
            importo_mensile_eur=_monthly(call, request),
            punteggio=0,
            da_chi=call.by,
        )
        session.add(row)
    row.stato = "in_attesa"
    row.punteggio = int(request.get("punteggio") or row.punteggio)
    session.flush()
    return {"iscrizione_id": str(row.id)}


def _asked_on(call: Call, piano: int | None) -> Any:
    plan = find_maybe(call, PianoDomiciliare, piano)
    domanda = find_maybe(call, Domanda, plan.domanda_id) if plan is not None else None
    pratica = service.current(call)
    if domanda is not None:
        return domanda.presentata_il
    return day_of(pratica.aperta_at) if pratica is not None else today(call)


def _monthly(call: Call, request: dict[str, Any]) -> Decimal:
    plan = find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    if plan is not None:
        return plan.costo_mese
    return costo.monthly(session_of(call), find(call, Progetto, request["progetto_id"]))


def operations() -> list[Operation]:
    return [
        Operation(
            "budget.reserve",
            "Prenota la spesa",
            shape({"importo_mensile": NUMBER, "dal": DAY}, {"piano_id": TEXT, "progetto_id": TEXT}),
            response(capienza=BOOL, prenotazione_id=nullable(TEXT)),
            reserve,
        ),
        Operation(
            "lista.enroll",
            "Iscrivi in lista d'attesa",
            shape({"persona_id": TEXT}, {"piano_id": TEXT, "progetto_id": TEXT, "punteggio": NUMBER}),
            response(iscrizione_id=TEXT),
            enroll,
        ),
    ]

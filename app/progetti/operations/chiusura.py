"""The operations on endings: proposed, weighed, approved, remembered later; and what ends with them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.persone.model import Persona
from app.pratiche import service
from app.progetti import costo, siuss
from app.progetti.model import MOTIVI_FINE, Chiusura, Intervento, Progetto
from app.progetti.operations.progetto import versions
from app.servizi import budget, ordine, piano
from app.servizi.models import Ordine, PianoDomiciliare
from app.servizi.operations.spesa import leave
from app.shapes import BOOL, DAY, TEXT, choice, response, rows, shape
from app.values import find, find_maybe, session_of, to_day, today
from engine import Call, Operation, Refused

SAID: Final = (
    "motivo", "descrizione", "destinazione", "follow_up", "esiti", "situazione", "nota", "riaprire",
)  # fmt: skip
DAYS: Final = {"chiuso_dal": "chiuso_dal", "data": "richiamata_il"}


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write an ending, or complete one with what is said now. Refused: motivo_mancante, for a new one."""
    session = session_of(call)
    made = find_maybe(call, Chiusura, request.get("chiusura_id"))
    if made is None:
        made = _new(call, request)
        session.add(made)
    for name in SAID:
        if request.get(name) is not None:
            setattr(made, name, request[name])
    for name, column in DAYS.items():
        if request.get(name) is not None:
            setattr(made, column, to_day(request[name]))
    if request.get("chiusura_approvata") is not None:
        made.approvata, made.motivi = request["chiusura_approvata"], request.get("motivi")
    session.flush()
    return {"chiusura_id": str(made.id)}


def _new(call: Call, request: dict[str, Any]) -> Chiusura:
    if not request.get("motivo"):
        raise Refused("motivo_mancante", "Scrivi perché si chiude.", "motivo")
    pratica = service.current(call)
    progetto, plan = _project(call, request), find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    order = find_maybe(call, Ordine, request.get("ordine_id"))
    return Chiusura(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        progetto_id=progetto.id if progetto else None,
        piano_id=plan.id if plan else None,
        ordine_id=order.id if order else None,
        motivo=request["motivo"],
        follow_up=False,
        esiti=[],
        da_chi=call.by,
    )


def _project(call: Call, request: dict[str, Any]) -> Progetto | None:
    return find_maybe(call, Progetto, request.get("progetto_id"))


def close(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """End interventions, orders and plan, give back the money, and tell SIUSS for the last time.

    `chiuso_dal` is the first day without the service.
    """
    on, motivo = to_day(request.get("chiuso_dal")) or today(call), request["motivo"]
    progetto = _project(call, request)
    plan = find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    order = find_maybe(call, Ordine, request.get("ordine_id"))
    if order is not None and plan is None:
        plan = find_maybe(call, PianoDomiciliare, order.piano_id)
    if plan is not None:
        _close_plan(call, plan, on, motivo)
    if progetto is not None:
        _close_project(call, progetto, on, motivo)
    session_of(call).flush()
    return {}


def _close_plan(call: Call, plan: PianoDomiciliare, on: date, motivo: str) -> None:
    session, begun = session_of(call), False
    for order in ordine.of_plan(session, call.ente_id, plan.radice):
        begun = begun or (order.primo_intervento_il is not None and order.stato in ordine.OPEN)
        ordine.close(session, order, on, motivo, call.now, call.by)
    piano.close(session, call.ente_id, plan.radice, on)
    budget.free(session, call.ente_id, on, call.now, piano=plan.radice)
    leave(call, plan.radice, None)
    if begun:
        siuss.end(call, find(call, Persona, plan.persona_id), plan.pratica_id, siuss.SAD, on)


def _close_project(call: Call, progetto: Progetto, on: date, motivo: str) -> None:
    session = session_of(call)
    persona = find(call, Persona, progetto.persona_id)
    for version in versions(session, progetto):
        if version.stato in ("superato", "chiuso"):
            continue
        for each in costo.interventions(session, version):
            _close_intervention(call, persona, each, version, on, motivo)
        version.stato, version.al = "chiuso", on
    budget.free(session, call.ente_id, on, call.now, progetto=progetto.radice)
    leave(call, None, progetto.radice)


def _close_intervention(
    call: Call, persona: Persona, each: Intervento, version: Progetto, on: date, motivo: str
) -> None:
    """One with a path of its own ends there, with its own last record."""
    if each.stato == "attivo" and each.prestazione_codice not in costo.PERCORSI:
        siuss.end(call, persona, version.pratica_id, each.prestazione_codice, on)
    each.stato, each.chiuso_il, each.chiuso_motivo = "chiuso", on, motivo


def operations() -> list[Operation]:
    ids = dict.fromkeys(("progetto_id", "piano_id", "ordine_id"), TEXT)
    esiti = rows(
        {"obiettivo": TEXT, "raggiunto": choice("no", "parziale", "si")},
        {"indicatore_finale": TEXT, "nota": TEXT},
    )
    return [
        Operation(
            "chiusura.register",
            "Registra la chiusura",
            shape(
                {"persona_id": TEXT},
                {
                    "chiusura_id": TEXT,
                    **ids,
                    "motivo": choice(*MOTIVI_FINE),
                    "descrizione": TEXT,
                    "chiuso_dal": DAY,
                    "destinazione": TEXT,
                    "follow_up": BOOL,
                    "esiti": esiti,
                    "chiusura_approvata": BOOL,
                    "motivi": TEXT,
                    "data": DAY,
                    "situazione": choice("stabile", "migliorata", "peggiorata", "irreperibile"),
                    "nota": TEXT,
                    "riaprire": BOOL,
                },
            ),
            response(chiusura_id=TEXT),
            register,
            errors=("motivo_mancante",),
        ),
        Operation(
            "intervento.close",
            "Chiudi interventi e ordini",
            shape({"persona_id": TEXT, "motivo": TEXT}, {"chiusura_id": TEXT, **ids, "chiuso_dal": DAY}),
            response(),
            close,
        ),
    ]

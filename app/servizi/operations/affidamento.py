"""The operations on orders: choosing who goes, sending the order, beginning, stopping for a while."""

from __future__ import annotations

from typing import Any

from app import format as written
from app.avvisi import notifica
from app.persone.model import Persona
from app.progetti.siuss import SAD, begin
from app.servizi import accreditamento, fornitore, ordine, piano
from app.servizi.models import Fornitore, Ordine, PianoDomiciliare, SospensioneOrdine
from app.servizi.models.ordine import MOTIVI_SOSPENSIONE
from app.shapes import BOOL, DAY, TEXT, choice, response, shape
from app.values import day_of, find, need_day, session_of, to_instant, today
from engine import Broken, Call, Operation, Refused


def assign(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The supplier whose turn it is. Refused: fornitori_esauriti."""
    plan = find(call, PianoDomiciliare, request["piano_id"])
    return {"fornitore_id": fornitore.assign(session_of(call), plan, today(call), call.now, call.by).id}


def send(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Send the order of a plan to a supplier; one still unanswered by another is over."""
    session, plan = session_of(call), find(call, PianoDomiciliare, request["piano_id"])
    barred = accreditamento.why_not(session, request["fornitore_id"], today(call))
    if barred is not None:
        raise Broken(barred)
    supplier = session.get_one(Fornitore, (call.ente_id, request["fornitore_id"]))
    ordine.expire(session, plan, call.now, call.by)
    made = Ordine(
        ente_id=call.ente_id,
        piano_id=plan.radice,
        persona_id=plan.persona_id,
        pratica_id=plan.pratica_id,
        fornitore_id=supplier.id,
        stato="mandato",
        urgente=bool(request.get("urgente")),
        mandato_at=call.now,
        risposta_entro=to_instant(request.get("risposta_entro")),
    )
    session.add(made)
    session.flush()
    ordine.move(session, made, "mandato", call.now, call.by)
    fornitore.touch(session, call.ente_id, supplier.id, call.now)
    _tell(call, made, "ordine_di_servizio", "Nuovo ordine di servizio", "C'è un nuovo ordine da accettare.")
    return {"ordine_id": str(made.id)}


def start(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service has begun: order and plan are active from the first visit.

    Refused: data_futura, data_prima_dell_ordine.
    """
    session, order = session_of(call), find(call, Ordine, request["ordine_id"])
    first = need_day(request["data_primo_intervento"])
    if first > today(call):
        raise Refused(
            "data_futura", "Il primo intervento non può essere nel futuro.", "data_primo_intervento"
        )
    sent = day_of(order.mandato_at)
    if first < sent:
        raise Refused(
            "data_prima_dell_ordine",
            f"Il primo intervento non può essere prima dell'ordine, mandato il {written.full(sent)}.",
            "data_primo_intervento",
        )
    order.primo_intervento_il = first
    order.operatore_riferimento, order.note = request.get("operatore_riferimento"), request.get("note")
    ordine.move(session, order, "avviato", call.now, call.by)
    for plan in piano.versions(session, call.ente_id, order.piano_id):
        if plan.stato == "approvato":
            plan.stato, plan.dal = "attivo", min(plan.dal, first)
    begin(call, find(call, Persona, order.persona_id), order.pratica_id, SAD, first)
    session.flush()
    return {}


def suspend(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The supplier does not go from a day on, and is told. Refused: gia_sospeso."""
    order = find(call, Ordine, request["ordine_id"])
    dal = need_day(request["dal"])
    sospensione_id = ordine.suspend(session_of(call), order, request["motivo"], dal, call.now, call.by)
    _tell(call, order, "sospensione_ordine", "Servizio sospeso", f"Il servizio è sospeso dal {dal:%d/%m/%Y}.")
    return {"sospensione_id": str(sospensione_id)}


def resume(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The supplier goes again from a day on, and is told. Refused: ripresa_prima."""
    order = find(call, Ordine, request["ordine_id"])
    sospensione = find(call, SospensioneOrdine, request["sospensione_id"])
    dal = need_day(request["ripresa_dal"])
    ordine.resume(session_of(call), order, sospensione, dal, call.now, call.by)
    _tell(call, order, "ripresa_ordine", "Il servizio riprende", f"Il servizio riprende il {dal:%d/%m/%Y}.")
    return {}


def _tell(call: Call, order: Ordine, lettera: str, oggetto: str, testo: str) -> None:
    """The supplier reads the order's number only: who the persona is, the portal shows by right."""
    notifica.send(
        call,
        lettera,
        oggetto,
        f"Ordine {order.id}. {testo}\n",
        find(call, Persona, order.persona_id),
        fornitore_id=order.fornitore_id,
        riferimenti={"ordine_id": str(order.id)},
    )


def operations() -> list[Operation]:
    return [
        Operation(
            "fornitore.assign",
            "Assegna il fornitore",
            shape({"piano_id": TEXT}),
            response(fornitore_id=TEXT),
            assign,
            errors=("fornitori_esauriti",),
        ),
        Operation(
            "ordine.send",
            "Manda l'ordine di servizio",
            shape({"piano_id": TEXT, "fornitore_id": TEXT}, {"urgente": BOOL, "risposta_entro": TEXT}),
            response(ordine_id=TEXT),
            send,
        ),
        Operation(
            "ordine.start",
            "Registra l'avvio",
            shape(
                {"ordine_id": TEXT, "data_primo_intervento": DAY},
                {"operatore_riferimento": TEXT, "note": TEXT},
            ),
            response(),
            start,
            errors=("data_futura", "data_prima_dell_ordine"),
        ),
        Operation(
            "ordine.suspend",
            "Sospendi l'ordine",
            shape({"ordine_id": TEXT, "motivo": choice(*MOTIVI_SOSPENSIONE), "dal": DAY}),
            response(sospensione_id=TEXT),
            suspend,
            errors=("gia_sospeso",),
        ),
        Operation(
            "ordine.resume",
            "Riprendi l'ordine",
            shape({"ordine_id": TEXT, "sospensione_id": TEXT, "ripresa_dal": DAY}),
            response(),
            resume,
            errors=("ripresa_prima",),
        ),
    ]

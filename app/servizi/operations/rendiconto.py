"""The operations on a month: opened, loaded, checked, contested, validated."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import format as written
from app.avvisi import notifica
from app.persone.model import Persona
from app.servizi import controlli, eventi
from app.servizi.models import Contestazione, EventoErogazione, Ordine, Rendiconto
from app.servizi.models.piano import PRESTAZIONI
from app.servizi.models.rendiconto import CONFERME, ESITI_TECNICI
from app.shapes import BOOL, DAY, NUMBER, TEXT, choice, response, rows, shape
from app.values import CENT, find, session_of
from engine import Broken, Call, Operation, Refused


def open_month(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The first month of the order not yet accounted for. Raises Broken when the order has not begun."""
    session, order = session_of(call), find(call, Ordine, request["ordine_id"])
    r = Rendiconto
    mine = (r.ente_id == call.ente_id, r.ordine_id == order.id)
    found = session.scalar(select(r).where(*mine, r.chiave == call.idempotency_key))
    if found is None:
        found = _interrupted(session, order)
    if found is None:
        last = session.scalar(select(r).where(*mine).order_by(r.mese.desc()).limit(1))
        begun = last.al + timedelta(days=1) if last is not None else order.primo_intervento_il
        if begun is None:
            raise Broken(f"l'ordine {order.id} non è ancora cominciato")
        found = _month(call, order, begun, int(request["giorno_invio"]))
        session.add(found)
        session.flush()
    return {
        "rendiconto_id": str(found.id),
        "mese": found.mese,
        "dal": found.dal.isoformat(),
        "al": found.al.isoformat(),
        "invio_entro": found.invio_entro.isoformat(),
    }


def _interrupted(session: Session, order: Ordine) -> Rendiconto | None:
    """The month that a path cut short (by a death, say) has left without validation: it takes events again."""
    r = Rendiconto
    found = session.scalar(
        select(r)
        .where(r.ente_id == order.ente_id, r.ordine_id == order.id, r.stato != "validato")
        .order_by(r.mese)
        .limit(1)
    )
    if found is not None:
        found.stato = "aperto"
        session.flush()
    return found


def _month(call: Call, order: Ordine, dal: date, giorno_invio: int) -> Rendiconto:
    al = dal.replace(day=monthrange(dal.year, dal.month)[1])
    after = al + timedelta(days=1)
    day = min(max(giorno_invio, 1), monthrange(after.year, after.month)[1])
    return Rendiconto(
        ente_id=call.ente_id,
        ordine_id=order.id,
        mese=f"{dal:%Y-%m}",
        dal=dal,
        al=al,
        invio_entro=after.replace(day=day),
        stato="aperto",
        chiave=call.idempotency_key,
    )


def load(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Add the events of a month. Refused as `eventi.load`."""
    rendiconto = find(call, Rendiconto, request["rendiconto_id"])
    return {"eventi_caricati": eventi.load(session_of(call), rendiconto, request["eventi"], call.by)}


def check(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The facts of each event; the table of the path decides what to make of them."""
    rendiconto = find(call, Rendiconto, request["rendiconto_id"])
    found = controlli.facts(session_of(call), rendiconto)
    for fact in found:
        fact.evento.costo_eur = fact.costo
    session_of(call).flush()
    return {
        "eventi": [
            {
                "evento_id": str(fact.evento.riga),
                "durata_minuti": fact.evento.minuti,
                "in_piano": fact.in_piano,
                "sovrapposto_operatore": fact.sovrapposto_operatore,
                "sovrapposto_persona": fact.sovrapposto_persona,
                "in_sospensione": fact.in_sospensione,
                "oltre_massimale": fact.oltre_massimale,
                "operatore_qualificato": fact.operatore_qualificato,
                "confermato": fact.confermato,
            }
            for fact in found
        ]
    }


def contest(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Contest the rows named, once, and tell the supplier; keep the supplier's answers, if any came.

    With `contesta` false nothing is done. Refused: riga_sconosciuta.
    """
    session, rendiconto = session_of(call), find(call, Rendiconto, request["rendiconto_id"])
    if request.get("contesta") is False:
        return {}
    opened = sum(
        _open_contestation(call, event, row)
        for event, row in _named(call, rendiconto, request.get("contestazioni"), "contestazioni")
    )
    if opened:
        rendiconto.stato = "contestato"
        _tell(call, rendiconto, opened)
    for event, row in _named(call, rendiconto, request.get("risposte"), "risposte"):
        found = _contestation(call, event)
        if found is None:
            raise Refused("riga_sconosciuta", f"La riga {event.riga} non è contestata.", "risposte")
        found.risposta, found.risposta_at = row.get("risposta"), call.now
    session.flush()
    return {}


def _open_contestation(call: Call, event: EventoErogazione, row: dict[str, Any]) -> bool:
    if _contestation(call, event) is not None:
        return False
    session_of(call).add(
        Contestazione(
            ente_id=call.ente_id,
            evento_id=event.id,
            motivo=row.get("motivo") or "",
            aperta_at=call.now,
            da_chi=call.by,
        )
    )
    session_of(call).flush()
    return True


def _tell(call: Call, rendiconto: Rendiconto, count: int) -> None:
    order = find(call, Ordine, rendiconto.ordine_id)
    notifica.send(
        call,
        "contestazione_eventi",
        f"Contestazioni su {written.month(rendiconto.mese)}",
        f"Ordine {order.id}: le righe contestate sono {count}. Rispondi dal portale.\n",
        find(call, Persona, order.persona_id),
        fornitore_id=order.fornitore_id,
        riferimenti={"rendiconto_id": str(rendiconto.id)},
    )


def validate(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Close the month: events that pass, or whose answer was accepted, are paid. Decimal hours, euro.

    It covers what `esiti_controllo` names and nothing else. Refused: eventi_da_controllare, while the month has
    other events: the path checks it again.
    """
    session, rendiconto = session_of(call), find(call, Rendiconto, request["rendiconto_id"])
    session.refresh(rendiconto, with_for_update=True)  # no event may come in from here on
    checked = _named(call, rendiconto, request.get("esiti_controllo"))
    found = controlli.facts(session, rendiconto)
    if {fact.evento.id for fact in found} - {event.id for event, _ in checked}:
        raise Refused("eventi_da_controllare", "Nel mese ci sono eventi non ancora controllati.")
    for event, row in checked:
        event.controllo, event.controllo_motivo = row.get("esito"), row.get("motivo")
    for event, row in _named(call, rendiconto, request.get("decisioni")):
        contestation = _contestation(call, event)
        if contestation is not None:
            contestation.accolta, contestation.decisione_motivo = row["accolta"], row.get("motivo")
            contestation.decisa_at = call.now
    minutes, cost = 0, Decimal(0)
    contested = _verdicts(call, rendiconto)
    for fact in found:
        event = fact.evento
        event.costo_eur = fact.costo
        passes = contested.get(event.id, event.controllo != "scarto")
        event.stato = "validato" if passes else "scartato"
        if passes and event.esito_tecnico in controlli.DONE:
            minutes, cost = minutes + event.minuti, cost + fact.costo
    rendiconto.stato, rendiconto.validato_at = "validato", call.now
    rendiconto.ore_validate = (Decimal(minutes) / 60).quantize(CENT, ROUND_HALF_UP)
    rendiconto.importo_eur = cost
    session.flush()
    return {"ore_validate": rendiconto.ore_validate, "importo": cost}


def _verdicts(call: Call, rendiconto: Rendiconto) -> dict[int, bool]:
    """Of each contested event, whether the supplier's answer was accepted; silence is a no."""
    c, e = Contestazione, EventoErogazione
    rows = session_of(call).execute(
        select(c.evento_id, c.accolta)
        .join(e, (e.ente_id == c.ente_id) & (e.id == c.evento_id))
        .where(c.ente_id == call.ente_id, e.rendiconto_id == rendiconto.id)
    )
    return {row.evento_id: row.accolta is True for row in rows}


def _contestation(call: Call, event: EventoErogazione) -> Contestazione | None:
    c = Contestazione
    return session_of(call).scalar(select(c).where(c.ente_id == call.ente_id, c.evento_id == event.id))


def _named(
    call: Call, rendiconto: Rendiconto, given: list[dict[str, Any]] | None, field: str | None = None
) -> list[tuple[EventoErogazione, dict[str, Any]]]:
    """Each row with the event that it names by number. With `field`, a wrong number is refused there."""
    e = EventoErogazione
    events = session_of(call).scalars(
        select(e).where(e.ente_id == call.ente_id, e.rendiconto_id == rendiconto.id)
    )
    by_number = {str(event.riga): event for event in events}
    unknown = [row for row in given or [] if str(row["evento_id"]) not in by_number]
    if unknown and field is not None:
        raise Refused("riga_sconosciuta", f"La riga {unknown[0]['evento_id']} non c'è.", field)
    return [(by_number[str(row["evento_id"])], row) for row in given or [] if row not in unknown]


def operations() -> list[Operation]:
    event = rows(
        {
            "data": DAY,
            "dalle": TEXT,
            "alle": TEXT,
            "operatore": TEXT,
            "prestazione": choice(*PRESTAZIONI),
            "conferma": choice(*CONFERME),
            "esito_tecnico": choice(*ESITI_TECNICI),
        },
        {"nota": TEXT},
    )
    facts = rows(
        {
            "evento_id": TEXT,
            "durata_minuti": NUMBER,
            "in_piano": BOOL,
            "sovrapposto_operatore": BOOL,
            "sovrapposto_persona": BOOL,
            "in_sospensione": BOOL,
            "oltre_massimale": BOOL,
            "operatore_qualificato": BOOL,
            "confermato": BOOL,
        }
    )
    named = {"rendiconto_id": TEXT}
    checked = rows({"evento_id": TEXT}, {"esito": choice("ok", "avviso", "scarto"), "motivo": TEXT})
    return [
        Operation(
            "rendiconto.open",
            "Apri il rendiconto del mese",
            shape({"ordine_id": TEXT, "giorno_invio": NUMBER}, {"piano_id": TEXT}),
            response(rendiconto_id=TEXT, mese=TEXT, dal=DAY, al=DAY, invio_entro=DAY),
            open_month,
        ),
        Operation(
            "eventi.load",
            "Carica gli eventi",
            shape({**named, "eventi": event}),
            response(eventi_caricati=NUMBER),
            load,
            errors=("rendiconto_chiuso", "evento_errato", "evento_fuori_mese", "troppi_eventi"),
        ),
        Operation("rendiconto.check", "Prepara i controlli", shape(named), response(eventi=facts), check),
        Operation(
            "rendiconto.contest",
            "Contesta le righe",
            shape(
                named,
                {
                    "contesta": BOOL,
                    "contestazioni": rows({"evento_id": TEXT}, {"motivo": TEXT}),
                    "risposte": rows({"evento_id": TEXT}, {"risposta": TEXT}),
                },
            ),
            response(),
            contest,
            errors=("riga_sconosciuta",),
        ),
        Operation(
            "rendiconto.validate",
            "Convalida il rendiconto",
            shape(
                named,
                {
                    "esiti_controllo": checked,
                    "decisioni": rows({"evento_id": TEXT, "accolta": BOOL}, {"motivo": TEXT}),
                },
            ),
            response(ore_validate=NUMBER, importo=NUMBER),
            validate,
            errors=("eventi_da_controllare",),
        ),
    ]

"""The operations on the home care plan: written, and put in force in a new version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from app.persone.model import Persona
from app.pratiche import service
from app.servizi import budget, ordine, piano, tariffe
from app.servizi.models import Domanda, Ordine, PianoDomiciliare, VariazioneOrdine
from app.servizi.models.fornitore import PROFILI
from app.servizi.models.piano import GIORNI, PRESTAZIONI
from app.shapes import BOOL, DAY, NUMBER, OBJECT, TEXT, TEXTS, choice, nullable, response, rows, shape
from app.values import CENT, find, find_maybe, session_of, to_day, to_money, today
from engine import Call, Operation, Refused

DRAFTS: Final = ("bozza", "respinto")
GIORNO: Final = {"type": "array", "items": choice(*GIORNI), "minItems": 1}


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write a plan: a draft anew, or a new version of one that was approved.

    Refused: orario_errato, dal_mancante, periodo_errato. Hours are decimal, money is euro a month, the
    variation is in per cent of the version before.
    """
    session = session_of(call)
    dal = to_day(request.get("dal")) or to_day(request.get("decorrenza"))
    if dal is None:
        raise Refused("dal_mancante", "Scrivi da quando.", "dal")
    turni = piano.shifts(request["prestazioni"])
    hours = piano.monthly_hours(turni)
    plan = _draft(call, request)
    plan.dal, plan.al = dal, to_day(request.get("al"))
    if plan.al is not None and plan.al < dal:
        raise Refused("periodo_errato", "Il piano finisce prima di cominciare.", "al")
    plan.massimale_mensile = _massimale(request)
    plan.ore_mese = sum(hours.values(), Decimal(0)).quantize(CENT)
    plan.costo_mese = piano.monthly_cost(
        hours, tariffe.hourly(session, call.ente_id, dal), plan.massimale_mensile
    )
    for name in ("massimale_motivo", "accesso_casa", "animali", "motivo"):
        setattr(plan, name, request.get(name))
    plan.rischi_operatore = [str(each) for each in request.get("rischi_operatore") or []]
    plan.stato, plan.da_chi = "bozza", call.by
    session.add(plan)
    session.flush()
    piano.replace_shifts(session, plan, turni)
    return {
        "piano_id": str(plan.id),
        "ore_mese": plan.ore_mese,
        "costo_mese": plan.costo_mese,
        "variazione_percento": _variation(call, plan),
    }


def _massimale(request: dict[str, Any]) -> Decimal | None:
    given = request.get("massimale_mensile")
    return None if given is None else to_money(given)


def _draft(call: Call, request: dict[str, Any]) -> PianoDomiciliare:
    """The draft to write on."""
    before = find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    if before is not None and before.stato in DRAFTS:
        return before
    pratica, domanda = service.current(call), find_maybe(call, Domanda, request.get("domanda_id"))
    made = PianoDomiciliare(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        domanda_id=domanda.id if domanda else None,
        versione=1,
    )
    if before is not None:
        made.radice_id, made.domanda_id = before.radice, made.domanda_id or before.domanda_id
        made.versione = piano.versions(session_of(call), call.ente_id, before.radice)[-1].versione + 1
    return made


def _variation(call: Call, plan: PianoDomiciliare) -> Decimal:
    held = [
        other
        for other in piano.versions(session_of(call), call.ente_id, plan.radice)
        if other.stato in ("approvato", "attivo") and other.id != plan.id
    ]
    return piano.variation(held[-1].costo_mese, plan.costo_mese) if held else Decimal(0)


def revise(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """With a quota, write it from a day on; without, put the version in force from then.

    Refused: fondo_insufficiente, when the new version costs more than the money there is.
    """
    session = session_of(call)
    plan = find(call, PianoDomiciliare, request["piano_id"])
    order = find_maybe(call, Ordine, request.get("ordine_id"))
    decorrenza = to_day(request.get("decorrenza")) or today(call)
    if request.get("quota"):
        piano.set_quota(session, plan, request["quota"], decorrenza, request.get("motivo"), call.by)
    else:
        _put_in_force(call, plan, order, request)
    return {"piano_id": str(plan.id), "ordine_id": str(order.id) if order else None}


def _put_in_force(call: Call, plan: PianoDomiciliare, order: Ordine | None, request: dict[str, Any]) -> None:
    session = session_of(call)
    decorrenza = to_day(request.get("decorrenza")) or plan.dal
    piano.put_in_force(session, plan, decorrenza)
    _adjust_budget(call, plan)
    if order is not None and order.stato in ordine.OPEN:
        session.add(
            VariazioneOrdine(
                ente_id=call.ente_id,
                ordine_id=order.id,
                piano_id=plan.id,
                dal=decorrenza,
                motivo=request.get("motivo"),
                da_chi=call.by,
            )
        )
        session.flush()


def _adjust_budget(call: Call, plan: PianoDomiciliare) -> None:
    """What was reserved follows the new cost, from the month of the new version."""
    session = session_of(call)
    if budget.active(session, call.ente_id, piano=plan.radice) is None:
        return
    dal = max(plan.dal, today(call))
    made = budget.reserve(session, call.ente_id, plan.costo_mese, dal, call.now, call.by, piano=plan.radice)
    if made is None:
        raise Refused("fondo_insufficiente", "Il fondo non basta per la nuova versione del piano.")


def operations() -> list[Operation]:
    prestazioni = rows(
        {
            "prestazione": choice(*PRESTAZIONI),
            "profilo": choice(*PROFILI),
            "giorni": GIORNO,
            "dalle": TEXT,
            "alle": TEXT,
        }
    )
    return [
        Operation(
            "piano.register",
            "Scrivi il piano",
            shape(
                {"persona_id": TEXT, "prestazioni": prestazioni},
                {
                    "domanda_id": TEXT,
                    "piano_id": TEXT,
                    "accesso_casa": TEXT,
                    "rischi_operatore": TEXTS,
                    "animali": BOOL,
                    "dal": DAY,
                    "decorrenza": DAY,
                    "al": DAY,
                    "massimale_mensile": NUMBER,
                    "massimale_motivo": TEXT,
                    "motivo": TEXT,
                },
            ),
            response(piano_id=TEXT, ore_mese=NUMBER, costo_mese=NUMBER, variazione_percento=NUMBER),
            register,
            errors=("orario_errato", "dal_mancante", "periodo_errato"),
        ),
        Operation(
            "piano.revise",
            "Metti in vigore la nuova versione",
            shape(
                {"piano_id": TEXT},
                {"ordine_id": TEXT, "decorrenza": DAY, "motivo": TEXT, "quota": OBJECT},
            ),
            response(piano_id=TEXT, ordine_id=nullable(TEXT)),
            revise,
            errors=("fondo_insufficiente",),
        ),
    ]

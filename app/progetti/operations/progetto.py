"""The operations on the project itself: written in versions, approved, signed and made active."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.columns import DIMENSIONI
from app.persone.model import Persona
from app.pratiche import service
from app.progetti import costo
from app.progetti.model import (
    FIRME,
    UNITA_MISURA,
    Analisi,
    Approvazione,
    Intervento,
    Obiettivo,
    Progetto,
)
from app.servizi import piano
from app.servizi.models import PianoDomiciliare
from app.shapes import BOOL, DAY, NUMBER, OBJECT, TEXT, TEXTS, choice, response, rows, shape
from app.values import find, find_maybe, need_day, session_of, to_day, to_money, today
from engine import Broken, Call, Operation, Refused

DRAFTS: Final = ("bozza", "respinto")
SHARES: Final = ("quota_ente", "quota_utente", "quota_ssn")
NAMES: Final = {"A2.07": "Assistenza domiciliare", "A2.08": "Assistenza domiciliare integrata"}


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write a project: a draft anew, or a new version of an active one. Money is euro a month.

    Refused: interventi_mancanti, quote_errate.
    """
    session = session_of(call)
    if not request["interventi"]:
        raise Refused("interventi_mancanti", "Scrivi almeno un intervento.", "interventi")
    progetto = _draft(call, request)
    progetto.impegni_persona = request.get("impegni_persona") or []
    progetto.impegni_servizi = request.get("impegni_servizi") or []
    progetto.verifica_il = to_day(request.get("verifica_il"))
    progetto.stato, progetto.da_chi = "bozza", call.by
    session.add(progetto)
    session.flush()
    _clear(session, progetto)
    session.add_all(_goal(progetto, row) for row in request["obiettivi"])
    interventi = [_intervention(progetto, row) for row in request["interventi"]]
    session.add_all(interventi)
    progetto.dal = min(each.dal for each in interventi)
    session.flush()
    return {
        "progetto_id": str(progetto.id),
        "importo_da_prenotare": costo.monthly(session, progetto),
        "decorrenza": progetto.dal.isoformat(),
    }


def _draft(call: Call, request: dict[str, Any]) -> Progetto:
    before = find_maybe(call, Progetto, request.get("progetto_id"))
    analisi = find_maybe(call, Analisi, request.get("analisi_id"))
    if before is not None and before.stato in DRAFTS:
        before.analisi_id = analisi.id if analisi else before.analisi_id
        return before
    pratica = service.current(call)
    made = Progetto(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        analisi_id=analisi.id if analisi else None,
        versione=1,
    )
    if before is not None:
        made.radice_id = before.radice
        made.versione = versions(session_of(call), before)[-1].versione + 1
    return made


def versions(session: Session, progetto: Progetto) -> list[Progetto]:
    """Every version, oldest first."""
    p = Progetto
    query = select(p).where(
        p.ente_id == progetto.ente_id, func.coalesce(p.radice_id, p.id) == progetto.radice
    )
    return list(session.scalars(query.order_by(p.versione, p.id)))


def _clear(session: Session, progetto: Progetto) -> None:
    """A draft is written anew."""
    o, i = Obiettivo, Intervento
    quiet = {"synchronize_session": False}
    session.execute(
        delete(o).where(o.ente_id == progetto.ente_id, o.progetto_id == progetto.id), execution_options=quiet
    )
    session.execute(
        delete(i).where(i.ente_id == progetto.ente_id, i.progetto_id == progetto.id), execution_options=quiet
    )


def _goal(progetto: Progetto, row: dict[str, Any]) -> Obiettivo:
    return Obiettivo(
        ente_id=progetto.ente_id,
        progetto_id=progetto.id,
        dimensione=row["dimensione"],
        descrizione=row["descrizione"],
        indicatore=row["indicatore"],
        partenza=row.get("partenza"),
        traguardo=row["traguardo"],
        scadenza=need_day(row["scadenza"]),
    )


def _intervention(progetto: Progetto, row: dict[str, Any]) -> Intervento:
    shares = {name: None if row.get(name) is None else to_money(row[name]) for name in SHARES}
    cost = to_money(row["costo_unitario"])
    told = [share for share in shares.values() if share is not None]
    if len(told) == len(SHARES) and sum(told, Decimal(0)) != cost:
        # SIUSS refuses a record whose shares do not make the whole (ImportoQuota…)
        raise Refused("quote_errate", "Le quote di un intervento non fanno il suo costo.", "interventi")
    return Intervento(
        ente_id=progetto.ente_id,
        progetto_id=progetto.id,
        prestazione_codice=row["prestazione_codice"],
        descrizione=row.get("descrizione"),
        quantita=Decimal(row["quantita"]),
        unita_misura=row["unita_misura"],
        frequenza=row.get("frequenza") or "mese",
        dal=need_day(row["dal"]),
        al=to_day(row.get("al")),
        costo_unitario=cost,
        stato="proposto",
        **shares,
    )


def approve(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Approve, or send back, a plan (when `piano_approvato` is told) or a project; a quota goes to its plan."""
    session, of_plan = session_of(call), request.get("piano_approvato") is not None
    verdict = request.get("piano_approvato") if of_plan else request.get("progetto_approvato")
    if verdict is None:
        raise Broken("progetto.approve: manca il parere")
    approved = bool(verdict)
    made = Approvazione(
        ente_id=call.ente_id, approvato=approved, motivi=request.get("motivi"), da_chi=call.by
    )
    if of_plan:
        plan = find(call, PianoDomiciliare, request["piano_id"])
        plan.stato, made.piano_id = "approvato" if approved else "respinto", plan.id
        if approved:
            service.decide(service.current(call), today(call))
        if approved and request.get("quota"):
            piano.set_quota(session, plan, request["quota"], plan.dal, None, call.by)
    else:
        progetto = find(call, Progetto, request["progetto_id"])
        progetto.stato, made.progetto_id = "approvato" if approved else "respinto", progetto.id
    session.add(made)
    session.flush()
    return {}


def activate(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The project is active and the version before it ends. Gives the interventions that open a path."""
    session, progetto = session_of(call), find(call, Progetto, request["progetto_id"])
    firmato_il = to_day(request.get("firmato_il"))
    begins = firmato_il or today(call)
    opened: dict[str, int] = {}
    for other in versions(session, progetto):
        if other.id == progetto.id or other.stato not in ("attivo", "approvato"):
            continue
        other.stato, other.al = "superato", begins - timedelta(days=1)
        opened |= _carry_over(session, other)
    session.flush()  # before the new one: one version is active at a time
    progetto.stato, progetto.firma, progetto.firmato_il = "attivo", request.get("firma"), firmato_il
    to_open = []
    for each in costo.interventions(session, progetto):
        each.stato = "attivo"
        each.pratica_id = each.pratica_id or opened.get(each.prestazione_codice)
        percorso = costo.PERCORSI.get(each.prestazione_codice)
        if percorso is not None and each.pratica_id is None:
            name = each.descrizione or NAMES.get(each.prestazione_codice, each.prestazione_codice)
            to_open.append({"intervento_id": str(each.id), "percorso": percorso, "nome": name})
    session.flush()
    return {"interventi_da_aprire": to_open}


def _carry_over(session: Session, before: Progetto) -> dict[str, int]:
    """A service that a version opened goes on under the next: benefit → its pratica."""
    found = {}
    for each in costo.interventions(session, before):
        if each.stato == "attivo":
            each.stato, each.chiuso_il, each.chiuso_motivo = "chiuso", before.al, "nuova versione"
        if each.pratica_id is not None:
            found[each.prestazione_codice] = each.pratica_id
    return found


def operations() -> list[Operation]:
    obiettivi = rows(
        {
            "dimensione": choice(*DIMENSIONI),
            "descrizione": TEXT,
            "indicatore": TEXT,
            "traguardo": TEXT,
            "scadenza": DAY,
        },
        {"partenza": TEXT},
    )
    interventi = rows(
        {
            "prestazione_codice": TEXT,
            "quantita": NUMBER,
            "unita_misura": choice(*UNITA_MISURA),
            "dal": DAY,
            "costo_unitario": NUMBER,
        },
        {"descrizione": TEXT, "frequenza": TEXT, "al": DAY, **dict.fromkeys(SHARES, NUMBER)},
    )
    to_open = rows({"intervento_id": TEXT, "percorso": TEXT, "nome": TEXT})
    return [
        Operation(
            "progetto.register",
            "Scrivi il progetto",
            shape(
                {"persona_id": TEXT, "obiettivi": obiettivi, "interventi": interventi},
                {
                    "analisi_id": TEXT,
                    "progetto_id": TEXT,
                    "impegni_persona": TEXTS,
                    "impegni_servizi": TEXTS,
                    "verifica_il": DAY,
                },
            ),
            response(progetto_id=TEXT, importo_da_prenotare=NUMBER, decorrenza=DAY),
            register,
            errors=("interventi_mancanti", "quote_errate"),
        ),
        Operation(
            "progetto.approve",
            "Approva il progetto o il piano",
            shape(
                {},
                {
                    "progetto_id": TEXT,
                    "piano_id": TEXT,
                    "progetto_approvato": BOOL,
                    "piano_approvato": BOOL,
                    "motivi": TEXT,
                    "quota": OBJECT,
                },
            ),
            response(),
            approve,
        ),
        Operation(
            "progetto.activate",
            "Attiva gli interventi",
            shape({"progetto_id": TEXT}, {"firma": choice(*FIRME), "firmato_il": DAY}),
            response(interventi_da_aprire=to_open),
            activate,
        ),
    ]

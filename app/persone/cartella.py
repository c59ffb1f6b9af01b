"""The file of a persona on one page: five-second facts, then each section for who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for
from markupsafe import Markup
from sqlalchemy import or_, select

from app import format as written
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.bisogni.model import Bisogno
from app.database import db
from app.diario.model import Diario
from app.persone import gravita, service
from app.persone.access import subject_of
from app.persone.gravita import Tabella
from app.persone.model import Membro, Persona, Recapito, StatoGiuridico
from app.persone.moduli import NOMI_ISEE, TIPI_DIARIO
from app.persone.view import LIVELLI, header
from app.pratiche import assegnazione
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.access import task_subject
from app.pratiche.model import Pratica
from app.pratiche.starting import paths
from app.progetti.model import Obiettivo, Progetto
from app.rights import policy
from app.rights.checks import Reason
from app.rights.policy import Decision, NotAllowed
from app.servizi import piano
from app.servizi.models import AttestazioneIsee, Ordine, PianoDomiciliare, Quota
from app.servizi.ordine import OPEN
from app.servizi.pagine import ordini
from app.values import account_of, day_of
from engine import Engine, TaskView

SECTIONS: Final = ("contatti", "cartella", "diario", "economico", "isee")
NOTES, MOST = 10, 50
RECAPITI: Final = {"telefono": "Telefono", "email": "Email", "pec": "PEC", "posta": "Posta"}
STATI_GIURIDICI: Final = {
    "minore": "Minore",
    "interdetta": "Interdetta",
    "inabilitata": "Inabilitata",
    "amministrazione_sostegno": "Amministrazione di sostegno",
}


@dataclass(frozen=True)
class Cartella:
    """What the template reads. A section that may not be read is None, an empty one is empty."""

    persona: Persona
    testata: dict[str, Any]
    bandiere: list[dict[str, Any]]
    fatti: list[dict[str, Any]]
    pratiche: list[tuple[Pratica, bool]]
    espressi: list[Bisogno] | None
    bisogni: Tabella | None
    progetto: tuple[Progetto, list[Obiettivo]] | None
    servizi: list[dict[str, Any]] | None
    isee: list[tuple[str, str]] | None
    diario: list[dict[str, Any]] | None
    recapiti: list[tuple[str, str]] | None
    intorno: list[dict[str, Any]]
    azioni: list[dict[str, str]]
    scrive: bool
    percorsi: list[tuple[str, str]]
    consultazioni: bool


def readable(operator: Operator, persona: Persona) -> dict[str, Decision]:
    """The sections that the operator may read, at least one. Raises NotAllowed."""
    subject = subject_of(persona)
    found = {section: policy.may(operator, f"read:{section}", subject) for section in SECTIONS}
    granted = {section: decision for section, decision in found.items() if decision}
    if not granted:
        refusal = max(found.values(), key=lambda decision: decision.reason)
        raise NotAllowed("read:contatti", refusal.reason, refusal.absent)
    return granted


def build(operator: Operator, persona: Persona, seen: dict[str, Decision]) -> Cartella:
    """Gather the page; `seen` is what `readable` granted."""
    engine = engine_of(operator)
    today = day_of(engine.now())
    pratiche = _pratiche(operator, persona)
    of_service = "cartella" in seen or "economico" in seen
    servizi = _services(operator, persona, today, "economico" in seen) if of_service else None
    attestazioni = _isee(engine, persona, pratiche, today) if "isee" in seen else None
    needs = _needs(persona) if "cartella" in seen else None
    subject = subject_of(persona)
    return Cartella(
        persona=persona,
        testata=header(persona, operator),
        bandiere=_flags(persona),
        fatti=_facts(operator, engine, persona, pratiche, servizi, attestazioni, today),
        pratiche=pratiche,
        espressi=None if needs is None else [n for n in reversed(needs) if n.tipo == "espresso"],
        bisogni=None if needs is None else gravita.over_time([n for n in needs if n.tipo == "rilevato"]),
        progetto=_project(persona) if "cartella" in seen else None,
        servizi=servizi,
        isee=None if attestazioni is None else [(a["nome"], a["testo"]) for a in attestazioni],
        diario=notes(persona, NOTES) if "diario" in seen else None,
        recapiti=_contacts(persona) if "contatti" in seen else None,
        intorno=_around(operator, persona) if "contatti" in seen else [],
        azioni=_actions(operator, persona),
        scrive=service.may(operator, persona, "diario:write"),
        percorsi=paths(operator) if policy.may(operator, "pratica:start", subject) else [],
        consultazioni=bool(policy.may(operator, "audit:read", subject)),
    )


def is_extraordinary(decision: Decision) -> bool:
    """The section was opened by a break-glass access."""
    return decision.reason is Reason.EXTRAORDINARY


def _actions(operator: Operator, persona: Persona) -> list[dict[str, str]]:
    """What may be registered about her."""
    offered = (
        ("Cambio di residenza", "azioni.residenza_nuova", "residenza:write"),
        ("Chiedi l’ISEE all’INPS", "azioni.isee", "isee:ask"),
        ("Registra il decesso", "azioni.decesso", "decesso:write"),
    )
    return [
        {"nome": nome, "url": url_for(endpoint, persona_id=persona.id)}
        for nome, endpoint, needed in offered
        if persona.deceduta_il is None and service.may(operator, persona, needed)
    ]


# ---- facts


def _flags(persona: Persona) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    if persona.livello_riservatezza in LIVELLI:
        testo, segno, grave = LIVELLI[persona.livello_riservatezza]
        shown.append({"testo": testo, "segno": segno, "grave": grave})
    if persona.deceduta_il is not None:
        dead = "Deceduto" if persona.sesso == "M" else "Deceduta"
        shown.append(
            {"testo": f"{dead} il {written.full(persona.deceduta_il)}", "segno": "occhio", "grave": False}
        )
    return shown


def _facts(
    operator: Operator,
    engine: Engine,
    persona: Persona,
    pratiche: Sequence[tuple[Pratica, bool]],
    servizi: Sequence[dict[str, Any]] | None,
    attestazioni: Sequence[dict[str, Any]] | None,
    today: date,
) -> list[dict[str, Any]]:
    own = [pratica for pratica, may_read in pratiche if may_read and pratica.chiusa_at is None]
    tasks = [(pratica, task) for pratica in own for task in engine.open_tasks(pratica.instance_id or 0)]
    facts = [_attention(persona, today)]
    facts += _deadlines(operator, tasks)
    if servizi is not None:
        facts.append(
            {"nome": "Servizi attivi", "grande": len(servizi), "righe": [s["nome"] for s in servizi[:2]]}
        )
    if attestazioni:
        first = attestazioni[0]
        facts.append(
            {"nome": f"ISEE {first['nome'].lower()}", "grande": first["valore"], "righe": [first["scade"]]}
        )
    facts.append(_followers(own))
    return facts


def _attention(persona: Persona, today: date) -> dict[str, Any]:
    s = StatoGiuridico
    legal = db.session.scalars(
        select(s).where(
            s.persona_id == persona.id,
            s.stato != "capace",
            s.dal <= today,
            or_(s.al.is_(None), s.al >= today),
        )
    )
    lines = [STATI_GIURIDICI[row.stato] + _represented(row) for row in legal]
    if persona.lingua and persona.lingua not in ("it", "italiano"):
        lines.append(f"Lingua: {persona.lingua}")
    lines = [flag["testo"] for flag in _flags(persona)] + lines
    return {"nome": "Attenzione", "grande": lines[0] if lines else "Nessun avviso", "righe": lines[1:]}


def _represented(row: StatoGiuridico) -> str:
    who = db.session.get(Persona, (row.ente_id, row.rappresentante_id)) if row.rappresentante_id else None
    return f": {who.name}" if who else ""


def _deadlines(operator: Operator, tasks: list[tuple[Pratica, TaskView]]) -> list[dict[str, Any]]:
    lines = [_task_line(operator, pratica, task) for pratica, task in tasks]
    due = min(((t.due_at, _task_line(operator, p, t)) for p, t in tasks if t.due_at), default=None)
    now = written.system_clock()
    nearest = (
        {"nome": "Prossima scadenza", "grande": written.long(due[0], now), "righe": [due[1]]}
        if due is not None
        else {"nome": "Prossima scadenza", "grande": "Nessuna", "righe": []}
    )
    return [nearest, {"nome": "Attività aperte", "grande": len(tasks), "righe": lines[:2]}]


def _task_line(operator: Operator, pratica: Pratica, task: TaskView) -> Markup:
    if not policy.may(operator, "task:see", task_subject(db.session, pratica, task)):
        return Markup("{}").format(task.name)
    url = url_for("attivita.show", task_id=task.id)
    return Markup('<a href="{}">{}</a>').format(url, task.name)


def _followers(own: Sequence[Pratica]) -> dict[str, Any]:
    ids = [assegnazione.follower(db.session(), p) or p.responsabile_id for p in own]
    names = [_name_of(account_id) for account_id in dict.fromkeys(ids) if account_id]
    return {"nome": "Chi la segue", "grande": names[0] if names else "Nessuno ancora", "righe": names[1:]}


def _name_of(account_id: int | None) -> str:
    found = db.session.scalar(select(Account).where(Account.id == account_id)) if account_id else None
    return found.name if found else "Percorsi"


# ---- sections


def _pratiche(operator: Operator, persona: Persona) -> list[tuple[Pratica, bool]]:
    """Her pratiche, newest first, and whether each may be read; what must stay unknown is left out."""
    cases = select(Pratica).where(Pratica.persona_id == persona.id).order_by(Pratica.id.desc()).limit(MOST)
    judged = [
        (p, policy.may(operator, "read:pratiche", pratica_subject(db.session, p)))
        for p in db.session.scalars(cases)
    ]
    return [(pratica, bool(decision)) for pratica, decision in judged if not decision.absent]


def _needs(persona: Persona) -> list[Bisogno]:
    b = Bisogno
    return list(
        db.session.scalars(
            select(b).where(b.persona_id == persona.id).order_by(b.rilevato_il, b.id).limit(500)
        )
    )


def _project(persona: Persona) -> tuple[Progetto, list[Obiettivo]] | None:
    p, o = Progetto, Obiettivo
    found = db.session.scalar(
        select(p)
        .where(p.persona_id == persona.id, p.stato.in_(("attivo", "approvato")))
        .order_by(p.id.desc())
        .limit(1)
    )
    if found is None:
        return None
    return found, list(
        db.session.scalars(select(o).where(o.progetto_id == found.id).order_by(o.scadenza, o.id))
    )


def _services(operator: Operator, persona: Persona, today: date, money: bool) -> list[dict[str, Any]]:
    """Orders in progress or on their way; what they cost for who may read it."""
    o = Ordine
    rows = db.session.scalars(select(o).where(o.persona_id == persona.id, o.stato.in_(OPEN)).order_by(o.id))
    return [_service(operator, each, today, money) for each in rows]


def _service(operator: Operator, ordine: Ordine, today: date, money: bool) -> dict[str, Any]:
    shown = ordini.view(operator, ordine, today)
    parts = [shown.fornitore, shown.stato]
    if ordine.primo_intervento_il is not None:
        parts.append(f"dal {written.full(ordine.primo_intervento_il)}")
    parts.append(f"{written.hours(shown.minuti_settimana)} ore a settimana")
    if money:
        parts += _cost(ordine, today)
    return {"nome": "Assistenza domiciliare", "nota": ", ".join(parts)}


def _cost(ordine: Ordine, today: date) -> list[str]:
    plan: PianoDomiciliare | None = piano.in_force(db.session(), ordine.ente_id, ordine.piano_id, today)
    q = Quota
    quota = db.session.scalar(
        select(q)
        .where(q.piano_id == ordine.piano_id, q.dal <= today, or_(q.al.is_(None), q.al >= today))
        .order_by(q.id.desc())
        .limit(1)
    )
    spent = [f"{written.euro(plan.costo_mese)} al mese per il comune"] if plan else []
    return spent + ([f"{written.euro(quota.tariffa_oraria)} l’ora per la persona"] if quota else [])


def _isee(
    engine: Engine, persona: Persona, pratiche: Sequence[tuple[Pratica, bool]], today: date
) -> list[dict[str, Any]]:
    """Her attestations, newest first; without any, what her open paths have read of INPS."""
    a = AttestazioneIsee
    rows = db.session.scalars(
        select(a).where(a.persona_id == persona.id).order_by(a.letta_at.desc(), a.id.desc()).limit(MOST)
    )
    kept = [
        _attestation(NOMI_ISEE.get(row.tipo, row.tipo), row.valore_eur, row.scade_il, row.difforme, today)
        for row in rows
    ]
    if kept:
        return kept
    read = [
        engine.instance(pratica.instance_id).variables.get("isee")
        for pratica, may_read in pratiche
        if may_read and pratica.chiusa_at is None and pratica.instance_id is not None
    ]
    return [
        _attestation(
            "Della pratica", isee["valore"], _day(isee.get("scade_il")), bool(isee.get("difforme")), today
        )
        for isee in read
        if isinstance(isee, dict) and isee.get("valore") is not None
    ]


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None


def _attestation(
    nome: str, valore: Any, scade_il: date | None, difforme: bool, today: date
) -> dict[str, Any]:
    if scade_il is None:
        expires = "senza scadenza"
    else:
        expires = f"{'scaduto' if scade_il < today else 'vale fino'} al {written.full(scade_il)}"
        expires = expires.replace("scaduto al", "scaduto il")
    doubt = ", con omissioni o difformità" if difforme else ""
    amount = written.euro(valore)
    return {"nome": nome, "valore": amount, "scade": expires + doubt, "testo": f"{amount}, {expires}{doubt}"}


def notes(persona: Persona, most: int) -> list[dict[str, Any]]:
    """Her diary, newest first, each note with its corrections."""
    d = Diario
    rows = db.session.scalars(
        select(d).where(d.persona_id == persona.id).order_by(d.fatto_il.desc(), d.id.desc()).limit(MOST * 4)
    ).all()
    shown: list[dict[str, Any]] = []
    for row in rows:
        if row.corregge_id is None:
            shown.append({"id": row.id, **_note(row), "correzioni": []})
    by_id = {note["id"]: note for note in shown}
    for row in reversed(rows):
        if row.corregge_id in by_id:
            by_id[row.corregge_id]["correzioni"].append({**_note(row), "quando": row.recorded_at})
    return shown[:most]


def _note(row: Diario) -> dict[str, Any]:
    return {
        "quando": row.fatto_il,
        "tipo": TIPI_DIARIO[row.tipo].lower(),
        "chi": _name_of(account_of(row.da_chi)),
        "testo": row.testo,
    }


def _contacts(persona: Persona) -> list[tuple[str, str]]:
    r = Recapito
    rows = db.session.scalars(
        select(r).where(r.persona_id == persona.id, r.al.is_(None)).order_by(r.tipo, r.id).limit(MOST)
    )
    return [
        (RECAPITI[r.tipo] + (", riservato" if r.riservato else ""), written.telephone(r.valore)) for r in rows
    ]


def _around(operator: Operator, persona: Persona) -> list[dict[str, Any]]:
    """Who shares a nucleo with her now; opened by who may read them."""
    m = Membro
    mine = select(m.nucleo_id).where(m.persona_id == persona.id, m.al.is_(None))
    rows = db.session.execute(
        select(Membro, Persona)
        .join(Persona, (Persona.ente_id == m.ente_id) & (Persona.id == m.persona_id))
        .where(m.nucleo_id.in_(mine), m.persona_id != persona.id, m.al.is_(None))
        .order_by(m.id)
        .limit(MOST)
    )
    shown: dict[int, dict[str, Any]] = {}
    for membro, other in rows:
        decision = policy.may(operator, "read:contatti", subject_of(other))
        if decision:
            together = ", convive" if membro.convive else ""
            url = url_for("persone.show", persona_id=other.id)
            shown.setdefault(other.id, {"nome": other.name, "url": url, "nota": membro.relazione + together})
    return list(shown.values())

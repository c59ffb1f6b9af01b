"""Everything that the page of a pratica shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import or_, select

from app import diagram
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.registri import form_to_read
from app.attivita.service import engine_of
from app.database import db
from app.diagram.state import State
from app.documenti import elenco as documenti
from app.documenti.tipo import may_add
from app.enti.model import Unita
from app.forms import Sources, Tree
from app.persone.people import OfOperator
from app.persone.view import flags, head
from app.pratiche import assegnazione, service, stato
from app.pratiche.access import of_step, subject_of
from app.pratiche.model import Pratica, Protocollo
from app.pratiche.orologio import Orologio, Tratto
from app.pratiche.segni import marks_of
from app.pratiche.stato import Stato
from app.rights import policy
from app.rights.subject import Subject
from app.values import account_of, day_of
from engine import Engine, HistoryView, IncidentView, InstanceView, Program, TaskView
from engine.running import HUMAN

QUIET = ("startEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")

SHORT, MOST = 60, 6  # characters of an answer told in the history, and how many of them


@dataclass(frozen=True)
class Walk:
    """One of the pratica's paths with its picture and its outline."""

    instance: InstanceView
    name: str
    drawing: Markup
    outline: diagram.Outline
    brief: diagram.Brief
    marks: dict[str, State]
    notes: dict[str, dict[str, Any]]
    xml_url: str


@dataclass(frozen=True)
class Page:
    """What the template reads."""

    pratica: Pratica
    persona: dict[str, Any] | None
    bandiere: list[dict[str, Any]]
    orologio: Orologio | None
    tratti: list[dict[str, Any]]
    compiti: list[TaskView]
    stato: Stato
    primo: TaskView | None
    fatti: list[tuple[str, str]]
    cammini: list[Walk]
    eventi: list[dict[str, Any]]
    documenti: list[dict[str, Any]]
    puo_aggiungere: bool
    collegate: list[dict[str, Any]]
    incidenti: list[IncidentView]
    puo_risolvere: bool
    consultazioni: bool


def build(operator: Operator, pratica: Pratica, subject: Subject) -> Page:
    """Gather the page; `read:pratiche` has been asked already, of these facts."""
    engine = engine_of(operator)
    root = pratica.instance_id or 0
    instances = engine.instances_of(root)
    history = engine.history(root)
    follower = assegnazione.follower(db.session(), pratica)
    names = _people(pratica, history, follower)
    tasks = engine.open_tasks(root)
    seen = [t for t in tasks if policy.may(operator, "task:see", of_step(subject, t))]
    clock = service.clock(db.session(), pratica, engine.now())
    content = bool(policy.may(operator, "read:cartella", subject))
    return Page(
        pratica=pratica,
        persona=head(pratica, operator),
        bandiere=flags(pratica),
        orologio=clock,
        tratti=[_segment(t) for t in clock.tratti] if clock else [],
        compiti=tasks,
        stato=Stato() if pratica.chiusa_at else stato.of_roots(engine, [root])[root],
        primo=next((t for t in tasks if policy.may(operator, "task:complete", of_step(subject, t))), None),
        fatti=_facts(pratica, instances, names, follower),
        cammini=[_walk(engine, pratica, i, history, seen, names) for i in instances],
        eventi=_events(
            engine, instances, history, names, Sources(people=OfOperator(operator)) if content else None
        ),
        documenti=_documents(operator, pratica, subject) if content else [],
        puo_aggiungere=bool(may_add(operator, subject)),
        collegate=_linked(operator, pratica),
        incidenti=engine.open_incidents(root),
        puo_risolvere=bool(policy.may(operator, "incidente:resolve", subject)),
        consultazioni=bool(policy.may(operator, "audit:read", subject)),
    )


def _segment(tratto: Tratto) -> dict[str, Any]:
    kinds = {"sospeso": "fermo", "oltre": "oltre"}
    kind = kinds.get(tratto.kind, "resto" if tratto.da_venire else "usati")
    return {"tipo": kind, "giorni": tratto.days}


def _people(pratica: Pratica, history: Sequence[HistoryView], follower: int | None) -> dict[int, str]:
    ids = {account_of(row.by) or 0 for row in history} | {pratica.responsabile_id or 0, follower or 0}
    rows = db.session.execute(select(Account.id, Account.nome, Account.cognome).where(Account.id.in_(ids)))
    return {row.id: f"{row.nome} {row.cognome}" for row in rows}


def _facts(
    pratica: Pratica, instances: Sequence[InstanceView], names: dict[int, str], follower: int | None
) -> list[tuple[str, str]]:
    unita = db.session.scalar(select(Unita.nome).where(Unita.id == pratica.unita_id))
    protocol = db.session.scalar(
        select(Protocollo).where(Protocollo.pratica_id == pratica.id).order_by(Protocollo.id).limit(1)
    )
    facts = [
        ("Responsabile del procedimento", names.get(pratica.responsabile_id or 0, "chi dirige l’unità")),
        (
            "La segue",
            names.get(follower or 0, "nessuno" if pratica.chiusa_at else "da assegnare"),
        ),
        ("Unità", unita or "tutto l’ente"),
    ]
    if protocol is not None:
        facts.append(("Protocollo", f"PG/{protocol.anno}/{protocol.numero}"))
    if instances:
        first = instances[0]
        facts.append(("Regole applicate", f"{pratica.titolo}, versione {first.release}"))
    return facts


def _walk(
    engine: Engine,
    pratica: Pratica,
    instance: InstanceView,
    history: Sequence[HistoryView],
    tasks: Sequence[TaskView],
    names: dict[int, str],
) -> Walk:
    program = engine.program(instance.hash)
    drawn = diagram.of_release(program.bundle.diagram)
    marks = marks_of(engine, program, instance)
    outline = diagram.outline(drawn, marks)
    return Walk(
        instance=instance,
        name=program.bundle.title,
        drawing=diagram.svg(drawn, marks, key=f"dia{instance.id}"),
        outline=outline,
        brief=diagram.brief(outline),
        marks=marks,
        notes=_notes(instance, history, tasks, names),
        xml_url=url_for("pratiche.drawing", pratica_id=pratica.id, instance_id=instance.id),
    )


def _notes(
    instance: InstanceView,
    history: Sequence[HistoryView],
    tasks: Sequence[TaskView],
    names: dict[int, str],
) -> dict[str, dict[str, Any]]:
    notes: dict[str, dict[str, Any]] = {}
    for row in history:
        if row.instance_id == instance.id and row.event == "done":
            who = names.get(account_of(row.by) or 0, "")
            day = f"{day_of(row.at):%d/%m/%Y}"
            notes[row.element_id] = {"chi": f"{who}, {day}" if who else day}
    for task in tasks:
        if task.instance_id == instance.id:
            notes[task.element_id] = {"url": url_for("attivita.show", task_id=task.id)}
    return notes


def _events(
    engine: Engine,
    instances: Sequence[InstanceView],
    history: Sequence[HistoryView],
    names: dict[int, str],
    sources: Sources | None,
) -> list[dict[str, Any]]:
    """What happened, newest first; the words that people wrote only with `sources` to read them."""
    programs = {i.id: engine.program(i.hash) for i in instances}
    told = (
        _event(engine.program(row.hash) if row.hash else programs[row.instance_id], row, names, sources)
        for row in history
    )
    return [event for event in reversed(list(told)) if event is not None]


def _event(
    program: Program, row: HistoryView, names: dict[int, str], sources: Sources | None
) -> dict[str, Any] | None:
    element = program.diagram.elements.get(row.element_id)
    if element is None or (element.kind in QUIET and row.event == "done"):
        return None
    automatic = element.kind not in HUMAN and row.event == "done"
    who = names.get(account_of(row.by) or 0, "")
    answers = _answers(program, row, sources) if sources else None
    return {
        "quando": row.at,
        "titolo": _headline(element.name, row),
        "testo": _told(row, who, answers, sources),
        "risposte": answers if answers and _is_cut(answers) else None,
        "automatico": automatic,
    }


def _headline(name: str, row: HistoryView) -> str:
    return {
        "sent_back": f"Rimandata indietro da: {name}",
        "cancelled": "Pratica annullata",
        "started": f"Cominciato: {name}",
        "migrated": "Il percorso continua in un’altra versione",
        "timer": f"Scaduto il tempo: {name}",
        "message": f"Arrivata notizia: {name}",
        "signal": f"Arrivato segnale: {name}",
        "error": f"Non riuscito: {name}",
    }.get(row.event, name)


def _told(row: HistoryView, who: str, answers: Tree | None, sources: Sources | None) -> str:
    parts = [f"{who}." if who else ""]
    if isinstance(row.why, dict):
        if row.why.get("motivo"):
            parts.append(f"«{row.why['motivo']}»" if sources else "")
        for table, rules in row.why.get("tabelle", []):
            numbers = ", ".join(str(rule) for rule in rules)
            parts.append(f"Tabella «{str(table).replace('_', ' ')}», regola {numbers}." if numbers else "")
    if answers:
        said = (f"{title}{'' if title.endswith('?') else ':'} {words}" for title, words in _short(answers))
        parts.append("; ".join(islice(said, MOST)))
    return " ".join(part for part in parts if part)


def _answers(program: Program, row: HistoryView, sources: Sources) -> Tree | None:
    if not isinstance(row.answers, dict):
        return None
    form = form_to_read(program, program.element(row.element_id).form_id, row.answers)
    return form.tree(row.answers, sources=sources, readonly=True) if form else None


def _short(answers: Tree) -> list[tuple[str, str]]:
    """What is told in a line, by the titles; the long answers fold under it."""
    return [(title, words) for title, words in answers.said if len(words) <= SHORT]


def _is_cut(answers: Tree) -> bool:
    """The line does not say everything."""
    return len(answers.said) > MOST or len(_short(answers)) < len(answers.said)


def _documents(operator: Operator, pratica: Pratica, subject: Subject) -> list[dict[str, Any]]:
    found = documenti.of_pratica(operator, pratica, subject)
    return [{"nome": voce.nome, "nota": voce.nota, "url": voce.url} for voce in found]


def _linked(operator: Operator, pratica: Pratica) -> list[dict[str, Any]]:
    """The pratica that opened this one and those it opened; of what may not be read, only that it exists."""
    found = db.session.scalars(
        select(Pratica).where(
            or_(Pratica.id == (pratica.aperta_da_id or 0), Pratica.aperta_da_id == pratica.id)
        )
    )
    linked = []
    for other in found:
        readable = policy.may(operator, "read:pratiche", subject_of(db.session, other))
        if readable.absent:
            continue
        relation = (
            "ha aperto questa pratica" if other.id == pratica.aperta_da_id else "aperta da questa pratica"
        )
        state = "chiusa" if other.chiusa_at else "in corso"
        url = url_for("pratiche.show", pratica_id=other.id) if readable else None
        linked.append(
            {"nome": f"{other.titolo} {other.protocol_number}", "url": url, "nota": f"{state}, {relation}"}
        )
    return linked

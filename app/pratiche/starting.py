"""Starting a path: which ones an operator may start, and starting one."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import exists, func, select

from app.accounts.operator import Operator
from app.attivita.model import Bozza
from app.attivita.service import claim, engine_of, find
from app.database import db
from app.database.transaction import transactional
from app.persone.access import subject_of as persona_subject
from app.persone.service import find as find_persona
from app.pratiche import service
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.roles import ROLES
from app.wiring import EngineMaker
from engine import operator as acting
from engine.tables import release, task

CONTACT = "primo_contatto"


def paths(operator: Operator) -> list[tuple[str, str]]:
    """The published paths whose bundle names one of the operator's roles under `avvio`: slug and name."""
    engine = engine_of(operator)
    programs = [
        engine.program(each) for each in db.session.scalars(select(release.c.hash).where(release.c.current))
    ]
    started = [p for p in programs if operator.ruoli & set(p.bundle.manifest.get("avvio", []))]
    return sorted(((p.slug, p.bundle.title) for p in started), key=lambda pair: pair[1])


@transactional
def start(operator: Operator, percorso: str, persona_id: int | None = None) -> Pratica:
    """Open a pratica of a path in the operator's unit. Raises ReleaseNotFound, PersonaNotFound, NotAllowed."""
    if persona_id is not None:
        persona = find_persona(operator, persona_id)
        policy.require(operator, "pratica:start", persona_subject(persona))
    maker: EngineMaker = current_app.extensions["percorsi_engines"]
    session = db.session()
    return service.open(
        session,
        operator.ente_id,
        percorso,
        persona_id,
        unit_of(operator),
        acting(operator.account_id).label,
        start=maker.start,
        now=engine_of(operator).now(),
    )


@transactional
def contact(operator: Operator) -> Pratica:
    """A first contact, whose step is the operator's: one that they opened and nobody has written in, or a new one.

    So a button pressed twice, or by mistake and again later, leaves no empty pratica behind.
    """
    key = f"contatto:{operator.ente_id}:{operator.account_id}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    begun = _unwritten(operator)
    if begun is not None:
        return begun
    pratica = start(operator, CONTACT)
    for step in engine_of(operator).open_tasks(pratica.instance_id or 0):
        if policy.may(operator, "task:claim", find(operator, step.id).subject):
            claim(operator, step.id)
    return pratica


def _unwritten(operator: Operator) -> Pratica | None:
    """Their newest contact at its first step, without a draft."""
    of_it, t = task.alias(), task.c
    begun = exists().where(of_it.c.root_id == t.root_id, of_it.c.status != "open")
    written = exists().where(Bozza.task_id == t.id)
    return db.session.scalar(
        select(Pratica)
        .join(task, (t.ente_id == Pratica.ente_id) & (t.root_id == Pratica.instance_id))
        .where(Pratica.percorso == CONTACT, Pratica.chiusa_at.is_(None))
        .where(t.status == "open", t.assignee_id == operator.account_id, ~begun, ~written)
        .order_by(Pratica.id.desc())
        .limit(1)
    )


def unit_of(operator: Operator) -> str | None:
    """The unit in which an operator opens pratiche: that of the first grant which may start them."""
    for grant in operator.roles:
        if grant.unita_id is not None and "pratica:start" in ROLES[grant.ruolo].azioni:
            return grant.unita_id
    return next(iter(sorted(operator.unita)), None)

"""Starting a path: which ones an operator may start, and starting one."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.persone.access import subject_of as persona_subject
from app.persone.model import Persona
from app.pratiche import service
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.roles import ROLES
from app.wiring import EngineMaker
from engine import operator as acting
from engine.tables import release


def paths(operator: Operator) -> list[tuple[str, str]]:
    """The published paths whose bundle names one of the operator's roles under `avvio`: slug and name."""
    engine = engine_of(operator)
    slugs = db.session.scalars(select(release.c.slug).where(release.c.current))
    programs = [engine.current(slug)[1] for slug in slugs]
    started = [p for p in programs if operator.ruoli & set(p.bundle.manifest.get("avvio", []))]
    return sorted(((p.slug, p.bundle.title) for p in started), key=lambda pair: pair[1])


@transactional
def start(operator: Operator, percorso: str, persona_id: int | None = None) -> Pratica:
    """Open a pratica of a path in the operator's unit. Raises ReleaseNotFound, NotAllowed."""
    if persona_id is not None:
        persona = db.session.get_one(Persona, (operator.ente_id, persona_id))
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


def unit_of(operator: Operator) -> str | None:
    """The unit in which an operator opens pratiche: that of the first grant which may start them."""
    for grant in operator.roles:
        if grant.unita_id is not None and "pratica:start" in ROLES[grant.ruolo].azioni:
            return grant.unita_id
    return next(iter(sorted(operator.unita)), None)

"""What the rights ask about a persona."""

from __future__ import annotations

from sqlalchemy import select

from app.database import db
from app.persone.model import Persona
from app.pratiche.model import Assegnazione, Pratica
from app.rights.subject import Subject


def subject_of(persona: Persona) -> Subject:
    """The facts of a persona: who follows one of her pratiche is in relation with her."""
    return Subject(
        ente_id=persona.ente_id,
        unita_id=persona.unita_id,
        livello=persona.livello_riservatezza,
        assigned=_followers(persona),
        sintetico=persona.sintetico,
        persona_id=str(persona.id),
    )


def _followers(persona: Persona) -> frozenset[int]:
    found = db.session.execute(
        select(Pratica.responsabile_id, Pratica.case_manager_id, Assegnazione.account_id)
        .outerjoin(
            Assegnazione,
            (Assegnazione.ente_id == Pratica.ente_id)
            & (Assegnazione.pratica_id == Pratica.id)
            & Assegnazione.al_at.is_(None),
        )
        .where(Pratica.persona_id == persona.id)
    )
    return frozenset(account_id for row in found for account_id in row if account_id is not None)

"""Sealed cases (violence, adoption) do not exist for programs, whatever their scopes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, not_

from app.persone.model import Persona
from app.pratiche.model import Pratica
from app.rights.roles import SIGILLATI


def not_sealed() -> ColumnElement[bool]:
    """The condition on `pratica`: neither it nor its persona is sealed, even if only one of them was."""
    sealed_persona = exists().where(
        Persona.ente_id == Pratica.ente_id,
        Persona.id == Pratica.persona_id,
        Persona.livello_riservatezza.in_(sorted(SIGILLATI)),
    )
    return and_(Pratica.riservatezza.not_in(sorted(SIGILLATI)), not_(sealed_persona))


def is_sealed(persona: Persona) -> bool:
    return persona.livello_riservatezza in SIGILLATI

"""A death, as the registry learns of it: a fact, and a message to every path about the persona."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.audit.journal import record
from app.persone.model import Persona
from app.values import day_of
from engine import Actor, Delivery, Engine


class DeathImpossible(ValueError):
    """The day is in the future, or before the birth, or another one is already written."""

    def __init__(self, persona_id: int, on: date) -> None:
        super().__init__(f"{persona_id}: {on}")
        self.persona_id, self.on = persona_id, on


def register(engine: Engine, persona_id: int, on: date, by: Actor) -> Delivery:
    """Write the day of death and tell the paths («decesso_registrato»). Told again, it changes nothing.

    Raises DeathImpossible.
    """
    session, message = engine.session, "decesso_registrato"
    engine.hold_waiting(message, str(persona_id))
    persona = session.scalars(
        select(Persona).where(Persona.ente_id == engine.ente_id, Persona.id == persona_id).with_for_update()
    ).one()
    before_birth = persona.nata_il is not None and on < persona.nata_il
    if on > day_of(engine.now()) or before_birth or persona.deceduta_il not in (None, on):
        raise DeathImpossible(persona_id, on)
    persona.deceduta_il = on
    record(session, "persona.die", "persona", persona_id, by=by.account_id, persona_id=persona_id)
    session.flush()
    return engine.correlate(
        message,
        str(persona_id),
        {"deceduta_il": on.isoformat()},
        by,
        source="anagrafe",
        message_id=f"{message}:{persona_id}",
    )

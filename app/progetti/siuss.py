"""What SIUSS must hear of a benefit: when it begins and when it ends (DM 206/2014)."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.persone.model import Persona
from app.progetti.model import EventoSiuss
from app.values import session_of
from engine import Call

SAD: Final = "A2.07"


def begin(call: Call, persona: Persona, pratica_id: int | None, prestazione: str, on: date) -> None:
    """The benefit begins on a day."""
    _add(call, persona, pratica_id, prestazione, "inizio", on)


def end(call: Call, persona: Persona, pratica_id: int | None, prestazione: str, on: date) -> None:
    """The benefit's last record."""
    _add(call, persona, pratica_id, prestazione, "fine", on)


def _add(
    call: Call, persona: Persona, pratica_id: int | None, prestazione: str, evento: str, on: date
) -> None:
    session_of(call).add(
        EventoSiuss(
            ente_id=call.ente_id,
            persona_id=persona.id,
            pratica_id=pratica_id,
            prestazione_codice=prestazione,
            evento=evento,
            data=on,
        )
    )
    session_of(call).flush()

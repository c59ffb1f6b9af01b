"""The waiting list: its order is recomputed from facts, never stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.servizi.models import Iscrizione


@dataclass(frozen=True)
class Posto:
    """A place in the list: `posizione` from 1."""

    posizione: int
    iscrizione_id: int
    persona_id: int
    punteggio: int


def ranked(session: Session, ente_id: int, servizio: str) -> list[Iscrizione]:
    """Who waits, first come first: by points, then by date of application, then by age (the older first)."""
    i = Iscrizione
    query = select(i).where(i.ente_id == ente_id, i.servizio == servizio, i.stato == "in_attesa")
    order = (i.punteggio.desc(), i.domanda_il, i.nata_il.asc().nulls_last(), i.id)
    return list(session.scalars(query.order_by(*order)))


def positions(session: Session, ente_id: int, servizio: str) -> list[Posto]:
    """The list as it stands."""
    return [
        Posto(n, row.id, row.persona_id, row.punteggio)
        for n, row in enumerate(ranked(session, ente_id, servizio), 1)
    ]

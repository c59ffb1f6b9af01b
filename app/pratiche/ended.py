"""What follows when the root instance of a pratica ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.contatti.model import Contatto
from app.pratiche.model import Assegnazione, Pratica, PresaInCarico, Sospensione
from app.servizi.models import Iscrizione
from app.values import day_of


def on_end(
    session: Session, ente_id: int, root_id: int, status: str, ended_in: str | None, now: datetime
) -> None:
    """Close the pratica of an instance that has ended: `esito` is the id of its end event, or «annullata»."""
    pratica = session.scalar(
        select(Pratica).where(Pratica.ente_id == ente_id, Pratica.instance_id == root_id)
    )
    if pratica is None or pratica.chiusa_at is not None:
        return
    pratica.chiusa_at = now
    pratica.esito = ended_in if status == "done" else "annullata"
    _close(session, pratica, now)
    session.flush()


def _close(session: Session, pratica: Pratica, now: datetime) -> None:
    """What the pratica had open ends with it: assignments, suspensions, presa in carico, its contact."""
    mine = {"ente_id": pratica.ente_id, "pratica_id": pratica.id}
    a, day = Assegnazione, day_of(now)
    session.execute(update(a).filter_by(**mine).where(a.al_at.is_(None)).values(al_at=now))
    session.execute(
        update(Iscrizione).filter_by(**mine).where(Iscrizione.stato != "uscita").values(stato="uscita")
    )
    open_rows: list[Sospensione | PresaInCarico] = [
        *session.scalars(select(Sospensione).filter_by(**mine).where(Sospensione.al.is_(None))),
        *session.scalars(select(PresaInCarico).filter_by(**mine).where(PresaInCarico.al.is_(None))),
    ]
    for row in open_rows:
        row.al = max(day, row.dal - timedelta(days=1))  # what was to begin later never began
    if pratica.contatto_id is None or pratica.aperta_da_id is not None:
        return
    contatto = session.get_one(Contatto, (pratica.ente_id, pratica.contatto_id))
    if contatto.aperto:
        contatto.close(pratica.esito or "", now)

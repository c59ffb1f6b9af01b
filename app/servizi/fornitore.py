"""Choosing a supplier by rotation among the accredited."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.persone.model import Residenza
from app.servizi import ordine, piano
from app.servizi.accreditamento import in_force
from app.servizi.models import Fornitore, Ordine, PianoDomiciliare, Turno
from engine import Refused

BUSY = ("mandato", "accettato", "avviato", "sospeso")


def assign(session: Session, plan: PianoDomiciliare, on: date, now: datetime, by: str | None) -> Fornitore:
    """The accredited supplier whose turn it is and who has room. Refused: fornitori_esauriti.

    Who has refused an order of this plan, or let its term pass, is left out.
    """
    ordine.expire(session, plan, now, by)
    f = Fornitore
    query = select(f).where(f.ente_id == plan.ente_id, in_force(on))
    turn = query.order_by(f.ultimo_incarico_at.asc().nulls_first(), f.id).with_for_update()
    out = _already_asked(session, plan)
    hours, zona, profili = _weekly(session, plan), _zone(session, plan), _profiles(session, plan)
    for each in session.scalars(turn):
        if each.id in out or not _fits(each, zona, profili):
            continue
        if _given(session, each) + hours <= each.ore_settimana:
            each.ultimo_incarico_at = now
            session.flush()
            return each
    raise Refused("fornitori_esauriti", "Nessun fornitore accreditato ha posto per questo piano.")


def free_hours(session: Session, each: Fornitore) -> Decimal:
    """Hours a week that a supplier can still take."""
    return each.ore_settimana - _given(session, each)


def _fits(each: Fornitore, zona: str | None, profili: set[str]) -> bool:
    served = {one.casefold() for one in each.zone}
    return (not served or zona is None or zona.casefold() in served) and profili <= set(each.profili)


def _already_asked(session: Session, plan: PianoDomiciliare) -> set[str]:
    o = Ordine
    return set(
        session.scalars(
            select(o.fornitore_id).where(
                o.ente_id == plan.ente_id, o.piano_id == plan.radice, o.stato.in_(("rifiutato", "scaduto"))
            )
        )
    )


def _weekly(session: Session, plan: PianoDomiciliare) -> Decimal:
    return Decimal(sum(turno.minutes for turno in piano.shifts_of(session, plan))) / 60


def _profiles(session: Session, plan: PianoDomiciliare) -> set[str]:
    return {turno.profilo for turno in piano.shifts_of(session, plan)}


def _zone(session: Session, plan: PianoDomiciliare) -> str | None:
    r = Residenza
    return session.scalar(
        select(r.zona)
        .where(r.ente_id == plan.ente_id, r.persona_id == plan.persona_id, r.al.is_(None))
        .order_by(r.id.desc())
        .limit(1)
    )


def _given(session: Session, each: Fornitore) -> Decimal:
    """Hours a week already promised: those of the latest version of each plan that has an order there."""
    o, p, t = Ordine, PianoDomiciliare, Turno
    latest = (
        select(func.max(p.id))
        .where(
            p.ente_id == o.ente_id,
            func.coalesce(p.radice_id, p.id) == o.piano_id,
            p.stato.in_(("approvato", "attivo")),
        )
        .correlate(o)
        .scalar_subquery()
    )
    minutes = session.scalar(
        select(func.sum(func.extract("epoch", t.alle - t.dalle) / 60))
        .select_from(o)
        .join(t, (t.ente_id == o.ente_id) & (t.piano_id == latest))
        .where(o.ente_id == each.ente_id, o.fornitore_id == each.id, o.stato.in_(BUSY))
    )
    return Decimal(minutes or 0) / 60


def touch(session: Session, ente_id: int, fornitore_id: str, now: datetime) -> None:
    """Who was chosen by the persona has had a turn too."""
    f = Fornitore
    session.execute(
        update(f).where(f.ente_id == ente_id, f.id == fornitore_id).values(ultimo_incarico_at=now)
    )

"""Reserving money of a capitolo: all or nothing, and never more than there is (D.Lgs 118/2011).

A reservation holds for the months left in the year of its capitolo; the next year has a capitolo of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.servizi.models import Budget, Prenotazione
from engine import Broken

DOMICILIARITA, INTERVENTI = "domiciliarita", "interventi"


def months_left(dal: date) -> int:
    """Months from that of `dal` to December, both included."""
    return 13 - dal.month


def reserve(
    session: Session,
    ente_id: int,
    importo_mensile: Decimal,
    dal: date,
    now: datetime,
    by: str | None,
    *,
    piano: int | None = None,
    progetto: int | None = None,
) -> Prenotazione | None:
    """Reserve for a plan (by its first version) or a project; None when no capitolo has enough.

    What was reserved before for the same is replaced, or stays as it was when there is not enough.
    Raises Broken when the ente has no capitolo for that year.
    """
    servizio = DOMICILIARITA if piano is not None else INTERVENTI
    capitoli = _lock(session, ente_id, servizio, dal.year)
    if not capitoli:
        raise Broken(f"manca il capitolo di spesa {dal.year} per «{servizio}»")
    amount = importo_mensile * months_left(dal)
    old = active(session, ente_id, piano=piano, progetto=progetto)
    given_back = {old.budget_id: old.importo_eur} if old is not None else {}
    for capitolo in capitoli:
        free = capitolo.stanziato_eur - capitolo.prenotato_eur + given_back.get(capitolo.id, Decimal(0))
        if amount <= free:
            break
    else:
        return None
    if old is not None:
        _take(session, ente_id, old.budget_id, -old.importo_eur)
        old.stato, old.chiusa_at = "sostituita", now
        session.flush()
    _take(session, ente_id, capitolo.id, amount)
    made = Prenotazione(
        ente_id=ente_id,
        budget_id=capitolo.id,
        piano_id=piano,
        progetto_id=progetto,
        importo_mensile_eur=importo_mensile,
        importo_eur=amount,
        dal=dal,
        stato="attiva",
        da_chi=by,
    )
    session.add(made)
    session.flush()
    return made


def free(
    session: Session,
    ente_id: int,
    on: date,
    now: datetime,
    *,
    piano: int | None = None,
    progetto: int | None = None,
) -> Decimal:
    """Give back what is left of a reservation after the month of `on`; returns how many euro."""
    old = active(session, ente_id, piano=piano, progetto=progetto)
    if old is None:
        return Decimal(0)
    year = session.get_one(Budget, (ente_id, old.budget_id)).anno
    used = _months_used(old.dal, on, year)
    spent = min(old.importo_mensile_eur * used, old.importo_eur)
    back = old.importo_eur - spent
    _take(session, ente_id, old.budget_id, -back)
    old.stato, old.chiusa_at, old.importo_eur = "liberata", now, spent
    session.flush()
    return back


def active(
    session: Session, ente_id: int, *, piano: int | None = None, progetto: int | None = None
) -> Prenotazione | None:
    """The reservation that now holds for a plan or a project, locked."""
    p = Prenotazione
    what: ColumnElement[bool] = p.piano_id == piano if piano is not None else p.progetto_id == progetto
    return session.scalar(select(p).where(p.ente_id == ente_id, p.stato == "attiva", what).with_for_update())


def available(session: Session, ente_id: int, servizio: str, anno: int) -> Decimal:
    """The largest sum that one capitolo can still give, in euro."""
    b = Budget
    found = session.scalars(
        select(b.stanziato_eur - b.prenotato_eur).where(
            b.ente_id == ente_id, b.servizio == servizio, b.anno == anno
        )
    )
    return max(found, default=Decimal(0))


def _months_used(dal: date, on: date, year: int) -> int:
    """Whole months that were begun before `on`, within the year of the capitolo."""
    if on <= dal:
        return 0
    last = 12 if on.year > year else on.month
    return max(last - dal.month + 1, 0)


def _lock(session: Session, ente_id: int, servizio: str, anno: int) -> list[Budget]:
    """The capitoli, locked in order until the transaction ends: who reserves next sees what we took."""
    b = Budget
    query = select(b).where(b.ente_id == ente_id, b.servizio == servizio, b.anno == anno)
    return list(
        session.scalars(query.order_by(b.id).with_for_update().execution_options(populate_existing=True))
    )


def _take(session: Session, ente_id: int, budget_id: int, amount: Decimal) -> None:
    b = Budget
    session.execute(
        update(b)
        .where(b.ente_id == ente_id, b.id == budget_id)
        .values(prenotato_eur=b.prenotato_eur + amount)
    )

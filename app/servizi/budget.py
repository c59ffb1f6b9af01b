"""Reserving money of a capitolo: all or nothing, and never more than there is (D.Lgs 118/2011).

A reservation holds for the months left in the year of its capitolo; the next year has a capitolo of its own, and
`renew` carries into it what is still running (D.Lgs 267/2000 art. 183 c. 6: each
year's part weighs on that year's money).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.servizi.models import Budget, Prenotazione, VariazioneBudget
from engine import Broken

YEAR = 12  # months
DOMICILIARITA, INTERVENTI = "domiciliarita", "interventi"


class CapitoloElsewhere(Exception):
    """In that year the capitolo is for another kind of service."""

    def __init__(self, anno: int, capitolo: str) -> None:
        super().__init__(f"{anno}: {capitolo}")
        self.anno, self.capitolo = anno, capitolo


class CapitoloTaken(Exception):
    """Less than that is free in the capitolo: `disponibile` euro are."""

    def __init__(self, disponibile: Decimal) -> None:
        super().__init__(str(disponibile))
        self.disponibile = disponibile


def add(
    session: Session,
    ente_id: int,
    anno: int,
    servizio: str,
    capitolo: str,
    euro: Decimal,
    fondo: str | None,
    by: str | None,
) -> int:
    """Add money to a capitolo, or open it (from a `fondo`); gives its id. Raises CapitoloElsewhere."""
    opened = insert(Budget).values(
        ente_id=ente_id, anno=anno, servizio=servizio, capitolo=capitolo, fondo=fondo, stanziato_eur=euro
    )
    found: int | None = session.scalar(
        opened.on_conflict_do_update(
            index_elements=["ente_id", "anno", "capitolo"],
            set_={"stanziato_eur": Budget.stanziato_eur + opened.excluded.stanziato_eur},
            where=Budget.servizio == servizio,
        ).returning(Budget.id)
    )
    if found is None:
        raise CapitoloElsewhere(anno, capitolo)
    session.add(VariazioneBudget(ente_id=ente_id, budget_id=found, euro=euro, da_chi=by))
    return found


def reduce(
    session: Session, ente_id: int, budget_id: int, euro: Decimal, motivo: str, by: str | None
) -> Budget:
    """Take money away from a capitolo, never what is reserved, of which what was spent is a part.

    Whoever reserves at the same moment goes first or finds less. Raises CapitoloTaken.
    """
    capitolo = session.get_one(Budget, (ente_id, budget_id), with_for_update=True, populate_existing=True)
    free = capitolo.stanziato_eur - capitolo.prenotato_eur
    if euro > free:
        raise CapitoloTaken(free)
    capitolo.stanziato_eur -= euro
    session.add(VariazioneBudget(ente_id=ente_id, budget_id=budget_id, euro=-euro, motivo=motivo, da_chi=by))
    session.flush()
    return capitolo


def changes(session: Session, ente_id: int, budget_id: int) -> list[VariazioneBudget]:
    """What came to a capitolo and what was taken from it, the newest first."""
    v = VariazioneBudget
    query = select(v).where(v.ente_id == ente_id, v.budget_id == budget_id).order_by(v.id.desc())
    return list(session.scalars(query))


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

    What was reserved before for the same is replaced from that month on, or stays as it was when there is not
    enough; the months already served stay on their capitolo. Raises Broken when the ente has no capitolo for that year.
    """
    servizio = DOMICILIARITA if piano is not None else INTERVENTI
    capitoli = _lock(session, ente_id, servizio, dal.year)
    if not capitoli:
        raise Broken(f"manca il capitolo di spesa {dal.year} per «{servizio}»")
    amount = importo_mensile * months_left(dal)
    old = active(session, ente_id, piano=piano, progetto=progetto)
    back = _unspent(session, old, dal) if old is not None else Decimal(0)
    given_back = {old.budget_id: back} if old is not None else {}
    for capitolo in capitoli:
        free = capitolo.stanziato_eur - capitolo.prenotato_eur + given_back.get(capitolo.id, Decimal(0))
        if amount <= free:
            break
    else:
        return None
    if old is not None:
        _take(session, ente_id, old.budget_id, -back)
        old.stato, old.chiusa_at, old.importo_eur = "sostituita", now, old.importo_eur - back
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


def uncovered(session: Session, ente_id: int, servizio: str, anno: int) -> list[Prenotazione]:
    """What is still running on the money of a year before `anno`, who began first on top."""
    p, b = Prenotazione, Budget
    query = (
        select(p)
        .join(b, (b.ente_id == p.ente_id) & (b.id == p.budget_id))
        .where(p.ente_id == ente_id, p.stato == "attiva", b.servizio == servizio, b.anno < anno)
        .order_by(p.dal, p.id)
    )
    return list(session.scalars(query))


def renew(session: Session, ente_id: int, servizio: str, anno: int, now: datetime, by: str | None) -> int:
    """Reserve a whole year for what was running when it began; gives for how many.

    Where a capitolo is missing or not enough the old reservation stays, and `uncovered` tells: a service does not stop.
    """
    if not _lock(session, ente_id, servizio, anno):
        return 0
    made = [
        reserve(
            session,
            ente_id,
            old.importo_mensile_eur,
            date(anno, 1, 1),
            now,
            by,
            piano=old.piano_id,
            progetto=old.progetto_id,
        )
        for old in uncovered(session, ente_id, servizio, anno)
    ]
    return sum(each is not None for each in made)


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


def _unspent(session: Session, old: Prenotazione, dal: date) -> Decimal:
    """What a reservation has for the months from that of `dal` on."""
    year = session.get_one(Budget, (old.ente_id, old.budget_id)).anno
    served = (dal.year - year) * 12 + dal.month - old.dal.month
    spent = old.importo_mensile_eur * max(min(served, months_left(old.dal)), 0)
    return old.importo_eur - min(spent, old.importo_eur)


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

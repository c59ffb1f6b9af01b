"""Accrediting suppliers: which services, from when to when, and stopping new orders for a while.

Every command writes its audit row and leaves the commit to the caller. Orders that a supplier has already go on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app import format as written
from app.accounts.operator import Operator
from app.audit.journal import record
from app.enti.model import Unita
from app.rights.policy import require
from app.rights.subject import Subject
from app.servizi.models import Fornitore, SospensioneFornitore
from engine import operator as acting

AnySession = Session | scoped_session[Any]

MANAGE: Final = "fornitore:manage"
DAY: Final = timedelta(days=1)


class SupplierNotFound(LookupError):
    """No unit of kind «fornitore» has that id in the ente."""


class NotAccredited(Exception):
    """It never was, so there is nothing to suspend."""


class AlreadySuspended(Exception):
    """A suspension without an end, or one to come, is there."""


@dataclass(frozen=True)
class Accreditamento:
    """What the ente decides of a supplier; `zone` empty: everywhere; `ore_settimana`: the most it can give."""

    dal: date
    profili: list[str]
    zone: list[str]
    ore_settimana: Decimal
    al: date | None = None
    atto: str | None = None
    partita_iva: str | None = None
    durc_scade_il: date | None = None


def in_force(on: date) -> ColumnElement[bool]:
    """In a query over `fornitore`: takes new orders on that day."""
    f, s = Fornitore, SospensioneFornitore
    stopped = exists().where(
        s.ente_id == f.ente_id, s.fornitore_id == f.id, s.dal <= on, s.al.is_(None) | (s.al >= on)
    )
    return (f.dal <= on) & (f.al.is_(None) | (f.al >= on)) & ~stopped


def why_not(session: AnySession, fornitore_id: str, on: date) -> str | None:
    """Why a supplier may have no new order on a day, as a sentence; None when it may."""
    row = session.execute(
        select(Unita.nome, Fornitore)
        .join(Fornitore, (Fornitore.ente_id == Unita.ente_id) & (Fornitore.id == Unita.id))
        .where(Unita.id == fornitore_id)
    ).first()
    if row is None:
        return "Questo fornitore non è accreditato: scegline un altro."
    name, held = row
    if held.dal > on:
        return f"L’accreditamento di {name} comincia il {written.full(held.dal)}: scegli un altro fornitore."
    if held.al is not None and held.al < on:
        return f"L’accreditamento di {name} è finito il {written.full(held.al)}: scegli un altro fornitore."
    stop = suspension(session, fornitore_id, on)
    if stop is not None and stop.dal <= on:
        return f"Gli ordini a {name} sono sospesi dal {written.full(stop.dal)}: scegli un altro fornitore."
    return None


def suspension(session: AnySession, fornitore_id: str, on: date) -> SospensioneFornitore | None:
    """The suspension that holds on a day, or that is still to come."""
    s = SospensioneFornitore
    return session.scalar(
        select(s)
        .where(s.fornitore_id == fornitore_id, s.al.is_(None) | ((s.al >= on) & (s.al >= s.dal)))
        .order_by(s.id.desc())
        .limit(1)
    )


def accredit(session: AnySession, by: Operator, fornitore_id: str, given: Accreditamento) -> None:
    """Accredit a unit of kind «fornitore», or change its accreditation. Raises NotAllowed, SupplierNotFound."""
    _require(by)
    _unit(session, fornitore_id)
    asked = asdict(given)
    made = session.scalar(
        insert(Fornitore)
        .values(ente_id=by.ente_id, id=fornitore_id, **asked)
        .on_conflict_do_nothing()
        .returning(Fornitore.id)
    )
    if made is not None:
        _record(session, "fornitore.accredit", by, fornitore_id, **_days(given))
        return
    row = _lock(session, fornitore_id)
    changed = sorted(name for name, value in asked.items() if getattr(row, name) != value)
    if not changed:
        return
    was = {f"prima_{name}": str(getattr(row, name)) for name in ("dal", "al") if name in changed}
    session.execute(update(Fornitore).where(Fornitore.id == fornitore_id).values(**asked))
    _record(session, "fornitore.change", by, fornitore_id, campi=changed, **was, **_days(given))


def suspend(session: AnySession, by: Operator, fornitore_id: str, motivo: str, dal: date) -> None:
    """No new orders from a day on, until somebody ends it; the reason stays with it.

    Raises NotAllowed, SupplierNotFound, NotAccredited, AlreadySuspended.
    """
    _require(by)
    _unit(session, fornitore_id)
    _lock(session, fornitore_id)
    if suspension(session, fornitore_id, dal) is not None:
        raise AlreadySuspended(fornitore_id)
    session.add(
        SospensioneFornitore(
            ente_id=by.ente_id,
            fornitore_id=fornitore_id,
            motivo=motivo,
            dal=dal,
            da_chi=acting(by.account_id).label,
        )
    )
    session.flush()
    _record(session, "fornitore.suspend", by, fornitore_id, dal=dal.isoformat())


def resume(session: AnySession, by: Operator, fornitore_id: str, on: date) -> bool:
    """Orders again from a day on; False when it was not suspended. Raises NotAllowed, SupplierNotFound."""
    _require(by)
    _unit(session, fornitore_id)
    _lock(session, fornitore_id)
    stop = suspension(session, fornitore_id, on)
    if stop is None:
        return False
    stop.al = max(on, stop.dal) - DAY
    session.flush()
    _record(session, "fornitore.resume", by, fornitore_id, dal=on.isoformat())
    return True


def _require(by: Operator) -> None:
    require(by, MANAGE, Subject(by.ente_id))


def _unit(session: AnySession, fornitore_id: str) -> None:
    u = Unita
    if session.scalar(select(u.id).where(u.id == fornitore_id, u.tipo == "fornitore")) is None:
        raise SupplierNotFound(fornitore_id)


def _lock(session: AnySession, fornitore_id: str) -> Fornitore:
    """Two people who decide of the same supplier wait for each other, and for an order that is being given."""
    f = Fornitore
    row = session.scalar(
        select(f).where(f.id == fornitore_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotAccredited(fornitore_id)
    return row


def _days(given: Accreditamento) -> dict[str, str]:
    return {"dal": given.dal.isoformat(), **({"al": given.al.isoformat()} if given.al else {})}


def _record(session: AnySession, azione: str, by: Operator, fornitore_id: str, **detail: Any) -> None:
    record(session, azione, "fornitore", fornitore_id, by=by, scopo="configurazione", dettaglio=detail)

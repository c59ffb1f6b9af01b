"""What an administrator does with the units: make, change, close, open again.

Every function writes its audit row and leaves the commit to the caller.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import RuoloOperatore
from app.accounts.operator import Operator
from app.audit.journal import record
from app.enti.model import Unita
from app.pratiche.model import Pratica
from app.rights.policy import require
from app.rights.subject import Subject
from app.servizi.models import Fornitore
from engine.tables import task

AnySession = Session | scoped_session[Any]

_TODAY: ColumnElement[Any] = cast(func.timezone("Europe/Rome", func.now()), Date)


class UnitNotFound(LookupError):
    """No such unit in the ente."""


class UnitTaken(Exception):
    """A unit of the ente, perhaps a closed one, has that id already."""


@dataclass(frozen=True)
class Held:
    """What a unit still has: nothing of it may be left to nobody."""

    ruoli: int = 0
    attivita: int = 0
    pratiche: int = 0
    unita: int = 0
    accreditata: bool = False

    @property
    def nothing(self) -> bool:
        return self == Held()


class UnitInUse(Exception):
    """It cannot be closed, because of what it `held`."""

    def __init__(self, held: Held) -> None:
        super().__init__(str(held))
        self.held = held


@dataclass(frozen=True)
class NewUnit:
    """`id` is for ever: pratiche, roles and persons name the unit by it."""

    id: str
    nome: str
    tipo: str
    parent_id: str | None = None
    indirizzo: str | None = None
    cap: str | None = None
    telefono: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Details:
    """What may change of a unit."""

    nome: str
    indirizzo: str | None = None
    cap: str | None = None
    telefono: str | None = None
    email: str | None = None


def open_unit(session: AnySession, by: Operator, new: NewUnit) -> None:
    """Raises NotAllowed, UnitTaken. Who manages suppliers makes the units of theirs."""
    require(by, "fornitore:manage" if new.tipo == "fornitore" else "ente:configure", Subject(by.ente_id))
    made = session.scalar(
        insert(Unita)
        .values(ente_id=by.ente_id, **asdict(new))
        .on_conflict_do_nothing(index_elements=[Unita.ente_id, Unita.id])
        .returning(Unita.id)
    )
    if made is None:
        raise UnitTaken(new.id)
    _record(session, "unita.open", by, new.id, tipo=new.tipo, sotto=new.parent_id)


def change_unit(session: AnySession, by: Operator, unita_id: str, details: Details) -> None:
    """Raises NotAllowed, UnitNotFound."""
    _require(by)
    row = _lock(session, unita_id)
    asked = asdict(details)
    changed = sorted(name for name, value in asked.items() if getattr(row, name) != value)
    if not changed:
        return
    session.execute(update(Unita).where(Unita.id == unita_id).values(**asked))
    _record(session, "unita.change", by, unita_id, campi=changed)


def close_unit(session: AnySession, by: Operator, unita_id: str) -> None:
    """Close a unit that has nothing left; who gives a role in it meanwhile waits, and is refused.

    Raises NotAllowed, UnitNotFound, UnitInUse.
    """
    _require(by)
    row = _lock(session, unita_id)
    held = held_by(session, unita_id)
    if not held.nothing:
        raise UnitInUse(held)
    if row.attiva:
        session.execute(update(Unita).where(Unita.id == unita_id).values(attiva=False))
        _record(session, "unita.close", by, unita_id)


def reopen_unit(session: AnySession, by: Operator, unita_id: str) -> None:
    """Raises NotAllowed, UnitNotFound."""
    _require(by)
    if not _lock(session, unita_id).attiva:
        session.execute(update(Unita).where(Unita.id == unita_id).values(attiva=True))
        _record(session, "unita.reopen", by, unita_id)


def held_by(session: AnySession, unita_id: str) -> Held:
    """Roles not over, open tasks and pratiche, units below that are open, an accreditation in force."""
    r, f = RuoloOperatore, Fornitore

    def count(*where: ColumnElement[bool]) -> int:
        return int(session.execute(select(func.count()).where(*where)).scalar_one())

    return Held(
        ruoli=count(r.unita_id == unita_id, r.al.is_(None) | (r.al >= func.greatest(_TODAY, r.dal))),
        attivita=count(task.c.unita_id == unita_id, task.c.status == "open"),
        pratiche=count(Pratica.unita_id == unita_id, Pratica.chiusa_at.is_(None)),
        unita=count(Unita.parent_id == unita_id, Unita.attiva.is_(True)),
        accreditata=count(f.id == unita_id, f.al.is_(None) | (f.al >= _TODAY)) > 0,
    )


def _require(by: Operator) -> None:
    require(by, "ente:configure", Subject(by.ente_id))


def _lock(session: AnySession, unita_id: str) -> Unita:
    row = session.scalar(
        select(Unita).where(Unita.id == unita_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise UnitNotFound(unita_id)
    return row


def _record(session: AnySession, azione: str, by: Operator, unita_id: str, **detail: Any) -> None:
    record(session, azione, "unita", unita_id, by=by, scopo="configurazione", dettaglio=detail)

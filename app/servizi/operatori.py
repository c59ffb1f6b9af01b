"""Who works for a supplier: it says so itself, and the visits of a month are held to what it has said (`controlli`).

Every command writes its audit row and leaves the commit to the caller. Nobody is cancelled: one who leaves has a last
day, and the visits done before it stay as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.operator import Operator
from app.audit.journal import record
from app.rights import policy
from app.rights.policy import Decision
from app.rights.subject import Subject
from app.servizi.models import Fornitore, OperatoreFornitore

AnySession = Session | scoped_session[Any]

SUPPLIER: Final = "fornitore_accreditato"


class WorkerNotFound(LookupError):
    """The supplier has said of nobody under that number, or the ente has no such supplier."""


class AlreadyThere(Exception):
    """The same code, with the same qualification, has days in common with another row."""


class BeforeBeginning(Exception):
    """A last day before the first."""


@dataclass(frozen=True)
class NewWorker:
    """`codice` as the events of the month carry it; `nome` if the supplier wants to say it."""

    codice: str
    qualifica: str
    dal: date
    nome: str | None = None


def may_read(operator: Operator, fornitore_id: str) -> Decision:
    """Who reads the orders of a supplier, or its own people."""
    return policy.may(operator, "read:ordini", _about(operator, fornitore_id))


def may_say(operator: Operator, fornitore_id: str) -> Decision:
    """Saying who works for a supplier is a step of it, as answering for its orders."""
    return policy.may(operator, "task:complete", _about(operator, fornitore_id))


def of_supplier(session: AnySession, fornitore_id: str) -> Sequence[OperatoreFornitore]:
    """All that it has ever said, by code."""
    o = OperatoreFornitore
    return session.scalars(
        select(o).where(o.fornitore_id == fornitore_id).order_by(o.codice, o.dal, o.id)
    ).all()


def find(session: AnySession, fornitore_id: str, number: int) -> OperatoreFornitore:
    """Raises WorkerNotFound."""
    o = OperatoreFornitore
    found = session.scalar(select(o).where(o.fornitore_id == fornitore_id, o.id == number))
    if found is None:
        raise WorkerNotFound(number)
    return found


def add(session: AnySession, by: Operator, fornitore_id: str, new: NewWorker) -> None:
    """Somebody works for a supplier from a day on. Raises NotAllowed, WorkerNotFound, AlreadyThere."""
    _hold(session, by, fornitore_id)
    o = OperatoreFornitore
    same = o.fornitore_id == fornitore_id, o.codice == new.codice, o.qualifica == new.qualifica
    not_before = o.al.is_(None) | ((o.al >= new.dal) & (o.al >= o.dal))
    if session.scalar(select(o.id).where(*same, not_before).limit(1)) is not None:
        raise AlreadyThere(new.codice)
    row = OperatoreFornitore(
        ente_id=by.ente_id,
        fornitore_id=fornitore_id,
        codice=new.codice,
        nome=new.nome,
        qualifica=new.qualifica,
        dal=new.dal,
    )
    session.add(row)
    session.flush()
    _record(session, "operatore_fornitore.add", by, row, dal=new.dal.isoformat())


def end(session: AnySession, by: Operator, fornitore_id: str, number: int, al: date) -> None:
    """Somebody works there up to a day, which may be told again. Raises NotAllowed, WorkerNotFound, BeforeBeginning."""
    _hold(session, by, fornitore_id)
    row = find(session, fornitore_id, number)
    if al < row.dal:
        raise BeforeBeginning(number)
    row.al = al
    session.flush()
    _record(session, "operatore_fornitore.end", by, row, al=al.isoformat())


def _about(operator: Operator, fornitore_id: str) -> Subject:
    return Subject(operator.ente_id, unita_id=fornitore_id, ruolo=SUPPLIER, fornitore_unita=fornitore_id)


def _hold(session: AnySession, by: Operator, fornitore_id: str) -> None:
    """Ask for the right, and let two who say the same thing wait for each other."""
    decision = may_say(by, fornitore_id)
    if not decision:
        raise policy.NotAllowed("task:complete", decision.reason, decision.absent)
    f = Fornitore
    if session.scalar(select(f.id).where(f.id == fornitore_id).with_for_update()) is None:
        raise WorkerNotFound(fornitore_id)


def _record(session: AnySession, azione: str, by: Operator, row: OperatoreFornitore, **detail: str) -> None:
    told = {"fornitore": row.fornitore_id, "qualifica": row.qualifica, **detail}
    record(session, azione, "operatore_fornitore", row.id, by=by, dettaglio=told)

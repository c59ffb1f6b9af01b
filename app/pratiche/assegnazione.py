"""Giving a pratica, or its waiting steps, to a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.pratiche.model import Assegnazione, Pratica
from app.values import ROME
from engine import Call, tables
from engine.calendar import END_OF_DAY

OPENED = "Ha aperto la pratica"


def appoint(
    session: Session,
    pratica: Pratica,
    account_id: int,
    ruolo: str,
    now: datetime,
    by: str | None,
    *,
    motivo: str | None = None,
    entro_il: date | None = None,
) -> None:
    """`account_id` is from now the case manager, the responsabile or the incaricato of a pratica."""
    a = Assegnazione
    session.execute(
        update(a)
        .where(a.ente_id == pratica.ente_id, a.pratica_id == pratica.id, a.ruolo == ruolo, a.al_at.is_(None))
        .values(al_at=now)
    )
    session.add(
        Assegnazione(
            ente_id=pratica.ente_id,
            pratica_id=pratica.id,
            account_id=account_id,
            ruolo=ruolo,
            dal_at=now,
            entro_il=entro_il,
            motivo=motivo,
            da_chi=by,
        )
    )
    if ruolo == "case_manager":
        pratica.case_manager_id = account_id
    elif ruolo == "responsabile":
        pratica.responsabile_id = account_id
    session.flush()


def relieve_opener(session: Session, pratica: Pratica, now: datetime) -> None:
    """A case manager is there: who opened the pratica need not follow it any more."""
    a = Assegnazione
    session.execute(
        update(a)
        .where(
            a.ente_id == pratica.ente_id, a.pratica_id == pratica.id, a.motivo == OPENED, a.al_at.is_(None)
        )
        .values(al_at=now)
    )


def opener(session: Session, pratica: Pratica) -> int | None:
    """Who opened the pratica by doing a step and follows it until a case manager does."""
    a = Assegnazione
    return session.scalar(
        select(a.account_id)
        .where(a.ente_id == pratica.ente_id, a.pratica_id == pratica.id)
        .where(a.motivo == OPENED, a.al_at.is_(None))
        .limit(1)
    )


def follower(session: Session, pratica: Pratica) -> int | None:
    """The case manager; until there is one, who opened the pratica by doing a step."""
    return pratica.case_manager_id or opener(session, pratica)


def give_tasks(call: Call, account_id: int) -> None:
    """The other open steps of the instance are his, but one that four eyes forbid him."""
    t = tables.task.c
    _others(call, [t.excluded_id.is_distinct_from(account_id)], assignee_id=account_id)


def fix_day(call: Call, day: date) -> None:
    """The other open steps of the instance are due by the end of that day."""
    _others(call, [], due_at=datetime.combine(day, END_OF_DAY, ROME))


def _others(call: Call, where: list[object], **values: object) -> None:
    assert call.session is not None
    t = tables.task.c
    mine = (t.ente_id == call.ente_id, t.instance_id == call.instance_id, t.status == "open")
    call.session.execute(
        update(tables.task).where(*mine, t.element_id != call.element_id, *where).values(**values)  # type: ignore[arg-type]
    )

"""Break-glass: reading the case of another with a written reason, for some hours, under the eyes of the unit.

A sealed case (violence, adoption) takes two people: nothing opens until a responsabile approves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, insert, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import Account
from app.accounts.operator import ExtraordinaryAccess, Operator
from app.audit.journal import record
from app.rights.models import AccessoStraordinario
from app.rights.policy import require
from app.rights.roles import ROLES, SIGILLATI
from app.rights.subject import Subject

AnySession = Session | scoped_session[Any]

LASTS: Final = timedelta(hours=8)
SHORTEST_REASON: Final = 10  # characters


class ReasonMissing(ValueError):
    """The reason is too short to mean anything to who will read it."""


class AccessNotFound(LookupError):
    """No such access to review, or it is not of this operator's units."""


class TwoPeopleNeeded(Exception):
    """Nobody reviews or approves an access of their own."""


def ask(session: AnySession, by: Operator, subject: Subject, motivo: str) -> int:
    """Open the case at once for 8 hours, or ask for it when it is sealed; returns the access's id.

    The responsabile of the unit finds it in `to_review`. The caller commits.
    Raises NotAllowed, ReasonMissing.
    """
    require(by, "accesso:request", subject)
    motivo = motivo.strip()
    if len(motivo) < SHORTEST_REASON:
        raise ReasonMissing
    access_id: int = session.execute(
        insert(AccessoStraordinario)
        .values(
            ente_id=by.ente_id,
            account_id=by.account_id,
            persona_id=subject.persona_id,
            pratica_id=subject.pratica_id,
            unita_id=subject.unita_id,
            livello=subject.livello,
            motivo=motivo,
            scade_at=func.now() + LASTS,
        )
        .returning(AccessoStraordinario.id)
    ).scalar_one()
    _trace(session, "accesso_straordinario.ask", by, access_id, subject.pratica_id, subject.persona_id)
    return access_id


def in_force(session: AnySession, account_id: int) -> tuple[ExtraordinaryAccess, ...]:
    """The accesses that now open something to that account."""
    table = AccessoStraordinario
    rows = session.scalars(
        select(table).where(
            table.account_id == account_id,
            table.scade_at > func.now(),
            or_(table.livello.not_in(sorted(SIGILLATI)), table.approvato_da.is_not(None)),
        )
    )
    return tuple(
        ExtraordinaryAccess(row.id, row.persona_id, row.pratica_id, row.scade_at, row.livello in SIGILLATI)
        for row in rows
    )


@dataclass(frozen=True)
class ToReview:
    """An access that waits for the eyes of a responsabile; `asks` when nothing is open until approved."""

    id: int
    name: str
    persona_id: str | None
    pratica_id: int | None
    livello: str
    motivo: str
    chiesto_at: datetime
    scade_at: datetime
    asks: bool


def to_review(session: AnySession, operator: Operator) -> list[ToReview]:
    """The alert: accesses to the cases of the operator's units that no responsabile has looked at yet."""
    table = AccessoStraordinario
    rows = session.execute(
        select(table, Account.nome, Account.cognome)
        .join(Account, (Account.ente_id == table.ente_id) & (Account.id == table.account_id))
        .where(table.visto_at.is_(None), table.account_id != operator.account_id, _in_units(operator))
        .order_by(table.chiesto_at, table.id)
    )
    return [
        ToReview(
            id=row.id,
            name=f"{nome} {cognome}",
            persona_id=row.persona_id,
            pratica_id=row.pratica_id,
            livello=row.livello,
            motivo=row.motivo,
            chiesto_at=row.chiesto_at,
            scade_at=row.scade_at,
            asks=row.livello in SIGILLATI and row.approvato_da is None,
        )
        for row, nome, cognome in rows
    ]


def approve(session: AnySession, by: Operator, access_id: int) -> None:
    """The second person opens a sealed case to the first, for 8 hours from now. The caller commits.

    Raises AccessNotFound, TwoPeopleNeeded.
    """
    row = _reviewable(session, by, access_id)
    row.approvato_da = row.visto_da = by.account_id
    row.approvato_at = row.visto_at = func.now()
    row.scade_at = func.now() + LASTS
    session.flush()
    _trace(session, "accesso_straordinario.approve", by, access_id, row.pratica_id, row.persona_id)


def close(session: AnySession, by: Operator, access_id: int) -> None:
    """The responsabile looked, and ends the access before its time. The caller commits."""
    row = _reviewable(session, by, access_id)
    row.visto_da, row.visto_at, row.scade_at = by.account_id, func.now(), func.now()
    session.flush()
    _trace(session, "accesso_straordinario.close", by, access_id, row.pratica_id, row.persona_id)


def acknowledge(session: AnySession, by: Operator, access_id: int) -> None:
    """The responsabile looked and lets it run. The caller commits."""
    row = _reviewable(session, by, access_id)
    row.visto_da, row.visto_at = by.account_id, func.now()
    session.flush()
    _trace(session, "accesso_straordinario.acknowledge", by, access_id, row.pratica_id, row.persona_id)


def _reviewable(session: AnySession, by: Operator, access_id: int) -> AccessoStraordinario:
    query = select(AccessoStraordinario).where(AccessoStraordinario.id == access_id, _in_units(by))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise AccessNotFound(access_id)
    if row.account_id == by.account_id:
        raise TwoPeopleNeeded(access_id)
    return row


def _in_units(operator: Operator) -> ColumnElement[bool]:
    """The accesses to cases of the units where the operator reviews; those of no unit are everybody's."""
    unit = AccessoStraordinario.unita_id
    level = AccessoStraordinario.livello
    clauses: list[ColumnElement[bool]] = [false()]
    for grant in operator.roles:
        role = ROLES.get(grant.ruolo)
        if role is None or "accesso:review" not in role.azioni:
            continue
        reach = grant.units
        within = (
            unit.is_(None) | unit.in_(sorted(reach))
            if reach is not None
            else unit.is_(None) | unit.is_not(None)
        )
        clauses.append(and_(within, level.in_(sorted(role.livelli))))
    return or_(*clauses)


def _trace(
    session: AnySession,
    azione: str,
    by: Operator,
    access_id: int,
    pratica_id: int | None,
    persona_id: str | None,
) -> None:
    record(
        session,
        azione,
        "accesso_straordinario",
        access_id,
        by=by,
        pratica_id=pratica_id,
        persona_id=persona_id,
    )

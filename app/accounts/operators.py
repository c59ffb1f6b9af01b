"""Loading an operator with the roles and the break-glass accesses in force now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import Account
from app.accounts.operator import Operator, RoleGrant
from app.rights.extraordinary import in_force

AnySession = Session | scoped_session[Any]

# A role of a unit reaches the units below it. Days are those of the wall clock in Italy.
_GRANTS = text(
    """
    with recursive vigente as (
        select distinct ruolo, unita_id from ruolo_operatore
        where account_id = :account_id
          and dal <= (now() at time zone 'Europe/Rome')::date
          and (al is null or al >= (now() at time zone 'Europe/Rome')::date)
    ), sotto (radice, id) as (
        select unita_id, unita_id from vigente where unita_id is not null
        union
        select sotto.radice, unita.id from sotto join unita on unita.parent_id = sotto.id
    )
    select v.ruolo, v.unita_id,
           array(select s.id from sotto s where s.radice = v.unita_id and s.id <> s.radice) as below
    from vigente v order by v.ruolo, v.unita_id nulls first
    """
)


def load(session: AnySession, account_id: int) -> Operator | None:
    """The operator of the transaction's ente with that account; None when there is none or it is closed."""
    account = session.scalar(select(Account).where(Account.id == account_id, Account.attivo))
    if account is None:
        return None
    grants: Any = session.execute(_GRANTS, {"account_id": account_id})
    return Operator(
        account_id=account.id,
        ente_id=account.ente_id,
        name=account.name,
        roles=tuple(RoleGrant(grant.ruolo, grant.unita_id, frozenset(grant.below)) for grant in grants),
        accesses=in_force(session, account_id),
        username=account.nome_utente,
        must_change=account.must_change,
    )

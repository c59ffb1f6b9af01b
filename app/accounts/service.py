"""What an administrator does with accounts: open, close, give and take roles, set a password anew.

Every function writes its audit row and leaves the commit to the caller. `by` is None only for the
installation itself (the first administrator, the demonstration data).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from app.accounts import passwords, sessions
from app.accounts.models import Account, RuoloOperatore
from app.accounts.operator import Operator
from app.audit.journal import record
from app.database.context import current_ente
from app.rights.policy import require
from app.rights.roles import ROLES
from app.rights.subject import Subject

AnySession = Session | scoped_session[Any]

_TODAY: ColumnElement[date] = cast(func.timezone("Europe/Rome", func.now()), Date)


class RoleUnknown(LookupError):
    """No such role in the catalogue, or one that nobody holds here (persona_caregiver)."""


class OwnRole(Exception):
    """Nobody gives roles to oneself (segregation of duties)."""


@dataclass(frozen=True)
class NewAccount:
    """What is asked to open an account; `password` None: one is made, to be changed at the first login."""

    nome_utente: str
    nome: str
    cognome: str
    email: str | None = None
    password: str | None = None
    sintetico: bool = False


def open_account(session: AnySession, by: Operator | None, new: NewAccount) -> tuple[int, str]:
    """Open an account in the transaction's ente; returns its id and the password to hand over, once.

    Raises NotAllowed, PasswordTooWeak, and IntegrityError when the username is taken (in whatever ente).
    """
    _require(by)
    username = new.nome_utente.strip().lower()
    password = new.password or secrets.token_urlsafe(12)
    if new.password is not None:
        passwords.require_strong(password, username)
    account_id: int = session.execute(
        insert(Account)
        .values(
            ente_id=current_ente(),
            nome_utente=username,
            password_hash=passwords.hash_password(password),
            nome=new.nome.strip(),
            cognome=new.cognome.strip(),
            email=new.email,
            sintetico=new.sintetico,
            must_change=new.password is None,
        )
        .returning(Account.id)
    ).scalar_one()
    record(session, "account.open", "account", account_id, by=by, scopo="configurazione")
    return account_id, password


def grant_role(
    session: AnySession,
    by: Operator | None,
    account_id: int,
    ruolo: str,
    unita_id: str | None = None,
    *,
    dal: date | None = None,
    al: date | None = None,
) -> int:
    """Give a role in a unit (None: the whole ente), from today unless `dal` says; returns the grant's id.

    The account's sessions end: the next login gets a new token. Raises NotAllowed, RoleUnknown, OwnRole.
    """
    _require(by)
    if ruolo not in ROLES or ROLES[ruolo].esterno:
        raise RoleUnknown(ruolo)
    if by is not None and by.account_id == account_id:
        raise OwnRole
    grant_id: int = session.execute(
        insert(RuoloOperatore)
        .values(
            ente_id=current_ente(),
            account_id=account_id,
            unita_id=unita_id,
            ruolo=ruolo,
            dal=dal or _TODAY,
            al=al,
            granted_by=by.account_id if by else None,
        )
        .returning(RuoloOperatore.id)
    ).scalar_one()
    sessions.end_all(session, account_id)
    detail = {"ruolo": ruolo, "unita": unita_id, "account": account_id}
    record(
        session, "ruolo.grant", "ruolo_operatore", grant_id, by=by, scopo="configurazione", dettaglio=detail
    )
    return grant_id


def end_role(session: AnySession, by: Operator | None, grant_id: int, al: date | None = None) -> None:
    """End a role on `al`, by default yesterday, that is at once. Raises NotAllowed, LookupError."""
    _require(by)
    account_id = session.scalar(
        update(RuoloOperatore)
        .where(RuoloOperatore.id == grant_id)
        .values(al=al or func.greatest(RuoloOperatore.dal, _TODAY) - 1)
        .returning(RuoloOperatore.account_id)
    )
    if account_id is None:
        raise LookupError(grant_id)
    sessions.end_all(session, account_id)
    detail = {"account": account_id}
    record(session, "ruolo.end", "ruolo_operatore", grant_id, by=by, scopo="configurazione", dettaglio=detail)


def close_account(session: AnySession, by: Operator | None, account_id: int) -> None:
    """Close an account: its sessions end now, its history stays. Raises NotAllowed."""
    _require(by)
    session.execute(update(Account).where(Account.id == account_id).values(attivo=False))
    sessions.end_all(session, account_id)
    record(session, "account.close", "account", account_id, by=by, scopo="configurazione")


def reset_password(session: AnySession, by: Operator | None, account_id: int) -> str:
    """Make a provisional password and return it, once: it must be changed at the next login."""
    _require(by)
    password = secrets.token_urlsafe(12)
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password_hash=passwords.hash_password(password), must_change=True)
    )
    sessions.end_all(session, account_id)
    record(session, "account.reset_password", "account", account_id, by=by, scopo="configurazione")
    return password


def holders_of(session: AnySession, ruolo: str, unita_id: str | None) -> list[Account]:
    """The active accounts that hold the role today, there or in the whole ente: to whom one may assign."""
    grant = RuoloOperatore
    return list(
        session.scalars(
            select(Account)
            .join(grant, (grant.ente_id == Account.ente_id) & (grant.account_id == Account.id))
            .where(
                Account.attivo,
                grant.ruolo.in_([role.id for role in ROLES.values() if ruolo in role.candidate_for]),
                grant.dal <= _TODAY,
                grant.al.is_(None) | (grant.al >= _TODAY),
                grant.unita_id.is_(None) | (grant.unita_id == unita_id),
            )
            .distinct()
            .order_by(Account.cognome, Account.nome, Account.id)
        )
    )


def _require(by: Operator | None) -> None:
    if by is not None:
        require(by, "account:manage", Subject(by.ente_id))

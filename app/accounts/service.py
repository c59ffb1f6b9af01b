"""What an administrator does with accounts: open, close, give and take roles, set a password anew.

Every function writes its audit row and leaves the commit to the caller. `by` is None only for the
installation itself (the first administrator, the demonstration data).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_if_new
from sqlalchemy.orm import Session, scoped_session

from app.accounts import passwords, sessions
from app.accounts.models import Account, RuoloOperatore
from app.accounts.operator import Operator
from app.audit.journal import record
from app.database.context import current_ente
from app.enti.model import Unita
from app.rights.policy import require
from app.rights.roles import ROLES, Ambito
from app.rights.subject import Subject

AnySession = Session | scoped_session[Any]

USERNAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$"

_TODAY: ColumnElement[date] = cast(func.timezone("Europe/Rome", func.now()), Date)
_NOT_OVER = RuoloOperatore.al.is_(None) | (RuoloOperatore.al >= func.greatest(_TODAY, RuoloOperatore.dal))


class RoleUnknown(LookupError):
    """No such role in the catalogue, or one that nobody holds here (persona_caregiver)."""


class AccountNotFound(LookupError):
    """No such account in the ente."""


class GrantNotFound(LookupError):
    """No such role held, or it is over already."""


class UsernameTaken(Exception):
    """Somebody has that name already, in whatever ente."""


class OwnAccount(Exception):
    """Nobody gives or takes roles, suspends or resets oneself (segregation of duties)."""


class RolesApart(Exception):
    """Who manages accounts holds no other role on real people, nor of control (dominio.md §6: segregation)."""


class RoleOverlaps(Exception):
    """The account holds that role there in some of those days: from `dal` to `al` (None: without end)."""

    def __init__(self, dal: date, al: date | None) -> None:
        super().__init__(f"{dal}–{al}")
        self.dal, self.al = dal, al


class PeriodWrong(ValueError):
    """A role that ends before it begins, or that would begin before today."""


class UnitClosed(Exception):
    """Nobody works any more in that unit."""


class LastAdministrator(Exception):
    """Nobody would be left to manage accounts from now on."""


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

    Raises NotAllowed, PasswordTooWeak, UsernameTaken.
    """
    _require(by)
    username = new.nome_utente.strip().lower()
    password = new.password or secrets.token_urlsafe(12)
    if new.password is not None:
        passwords.require_strong(password, username)
    account_id = session.scalar(
        insert_if_new(Account)
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
        .on_conflict_do_nothing(index_elements=[Account.nome_utente])
        .returning(Account.id)
    )
    if account_id is None:
        raise UsernameTaken
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

    The account's sessions end: the next login gets a new token.
    Raises NotAllowed, AccountNotFound, RoleUnknown, OwnAccount, UnitClosed, PeriodWrong, RoleOverlaps, RolesApart.
    """
    _require(by, account_id)
    if ruolo not in ROLES or ROLES[ruolo].esterno:
        raise RoleUnknown(ruolo)
    _lock(session, account_id)
    _require_open(session, unita_id)
    today: date = session.execute(select(_TODAY)).scalar_one()
    dal = dal or today
    if (al is not None and al < dal) or (by is not None and dal < today):
        raise PeriodWrong
    _require_compatible(session, account_id, ruolo, unita_id, dal, al)
    grant_id: int = session.execute(
        insert(RuoloOperatore)
        .values(
            ente_id=current_ente(),
            account_id=account_id,
            unita_id=unita_id,
            ruolo=ruolo,
            dal=dal,
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


def end_role(session: AnySession, by: Operator | None, grant_id: int) -> None:
    """End a role at once: its last day was yesterday; one that had not begun was never held.

    Raises NotAllowed, GrantNotFound, OwnAccount, LastAdministrator.
    """
    grant = session.scalar(select(RuoloOperatore).where(RuoloOperatore.id == grant_id, _NOT_OVER))
    if grant is None:
        _require(by)
        raise GrantNotFound(grant_id)
    _require(by, grant.account_id)
    _keep_an_administrator(session, lambda held: held.id == grant_id)
    session.execute(
        update(RuoloOperatore)
        .where(RuoloOperatore.id == grant_id)
        .values(al=func.greatest(RuoloOperatore.dal, _TODAY) - 1)
    )
    sessions.end_all(session, grant.account_id)
    detail = {"account": grant.account_id}
    record(session, "ruolo.end", "ruolo_operatore", grant_id, by=by, scopo="configurazione", dettaglio=detail)


def close_account(session: AnySession, by: Operator | None, account_id: int) -> None:
    """Suspend an account: its sessions end now, its history stays.

    Raises NotAllowed, AccountNotFound, OwnAccount, LastAdministrator.
    """
    _require(by, account_id)
    _keep_an_administrator(session, lambda held: held.account_id == account_id)
    _lock(session, account_id)
    session.execute(update(Account).where(Account.id == account_id).values(attivo=False))
    sessions.end_all(session, account_id)
    record(session, "account.close", "account", account_id, by=by, scopo="configurazione")


def reopen_account(session: AnySession, by: Operator | None, account_id: int) -> None:
    """Open a suspended account again, with its password and the roles that are not over.

    Raises NotAllowed, AccountNotFound, OwnAccount.
    """
    _require(by, account_id)
    _lock(session, account_id)
    session.execute(update(Account).where(Account.id == account_id).values(attivo=True))
    record(session, "account.reopen", "account", account_id, by=by, scopo="configurazione")


def end_sessions(session: AnySession, by: Operator | None, account_id: int) -> None:
    """Put an account out of every computer. Raises NotAllowed, AccountNotFound, OwnAccount."""
    _require(by, account_id)
    _lock(session, account_id)
    sessions.end_all(session, account_id)
    record(session, "account.end_sessions", "account", account_id, by=by, scopo="configurazione")


def reset_password(session: AnySession, by: Operator | None, account_id: int) -> str:
    """Make a provisional password and return it, once: it must be changed at the next login.

    Raises NotAllowed, AccountNotFound, OwnAccount.
    """
    _require(by, account_id)
    _lock(session, account_id)
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


def _require(by: Operator | None, account_id: int | None = None) -> None:
    if by is None:
        return
    require(by, "account:manage", Subject(by.ente_id))
    if by.account_id == account_id:
        raise OwnAccount


def _lock(session: AnySession, account_id: int) -> None:
    """Two who give roles to one account wait for each other. Raises AccountNotFound."""
    if session.scalar(select(Account.id).where(Account.id == account_id).with_for_update()) is None:
        raise AccountNotFound(account_id)


def _require_open(session: AnySession, unita_id: str | None) -> None:
    """Who closes the unit and who gives a role in it wait for each other. Raises UnitClosed."""
    if unita_id is None:
        return
    open_ = select(Unita.attiva).where(Unita.id == unita_id).with_for_update(read=True)
    if session.scalar(open_) is False:
        raise UnitClosed(unita_id)


def _require_compatible(
    session: AnySession, account_id: int, ruolo: str, unita_id: str | None, dal: date, al: date | None
) -> None:
    """Against the roles that the account holds in some of those days."""
    grant = RuoloOperatore
    together = select(grant).where(
        grant.account_id == account_id,
        grant.al.is_(None) | (grant.al >= dal),
        grant.al.is_(None) | (grant.al >= grant.dal),
    )
    if al is not None:
        together = together.where(grant.dal <= al)
    for held in session.scalars(together.order_by(grant.dal)):
        if (held.ruolo, held.unita_id) == (ruolo, unita_id):
            raise RoleOverlaps(held.dal, held.al)
        if _apart(held.ruolo, ruolo):
            raise RolesApart


def _apart(one: str, other: str) -> bool:
    if one == other or one not in ROLES:
        return False
    pair = (ROLES[one], ROLES[other])
    manages = [role.can("account:manage") for role in pair]
    return any(manages) and any(
        not manager and role.ambito is not Ambito.SINTETICI
        for role, manager in zip(pair, manages, strict=True)
    )


def _keep_an_administrator(session: AnySession, taken: Callable[[RuoloOperatore], bool]) -> None:
    """Who takes another administrator away waits here, and then counts those who are left.

    Raises LastAdministrator.
    """
    grant = RuoloOperatore
    managers = [role.id for role in ROLES.values() if role.can("account:manage")]
    held = session.scalars(
        select(grant)
        .join(Account, (Account.ente_id == grant.ente_id) & (Account.id == grant.account_id))
        .where(Account.attivo, grant.ruolo.in_(managers), grant.dal <= _TODAY, _NOT_OVER)
        .order_by(grant.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    left = [each for each in held if not taken(each)]
    if len(left) < len(held) and all(each.al is not None for each in left):
        raise LastAdministrator

"""Logging in and out, and changing the password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, scoped_session

from app.accounts import passwords, sessions
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.accounts.sessions import SessionLimits
from app.accounts.throttle import Throttle
from app.audit.journal import record
from app.database.context import ente_context

AnySession = Session | scoped_session[Any]
log = structlog.get_logger()

_FIND = text("select ente_id, account_id, password_hash from accesso_account(:nome)")


class LoginRefused(Exception):
    """Wrong name, wrong password, closed account: the same exception, after the same work."""


class PasswordWrong(Exception):
    """The current password, asked again before changing it, is not right."""


@dataclass(frozen=True)
class Credentials:
    """What the login page sends, and from where."""

    username: str
    password: str = field(repr=False)
    address: str
    user_agent: str = ""


def log_in(session: AnySession, credentials: Credentials, limits: SessionLimits, secret: str) -> str:
    """Check the credentials, open a session, commit; returns the token for the cookie.

    Raises Throttled, LoginRefused. The old session of this browser, if any, is the caller's to end.
    """
    username = credentials.username.strip().lower()
    throttle = Throttle(session, secret, username, credentials.address)
    throttle.count()
    found = session.execute(_FIND, {"nome": username}).one_or_none()
    session.commit()  # no transaction stays open during the slow part
    if not passwords.is_right(found.password_hash if found else None, credentials.password) or found is None:
        log.info("login_refused")
        raise LoginRefused
    with ente_context(found.ente_id):
        throttle.succeeded()
        if passwords.needs_rehash(found.password_hash):
            _store(session, found.account_id, credentials.password)
        token = sessions.start(session, found.ente_id, found.account_id, limits, credentials.user_agent)
        record(session, "accesso.login", "account", found.account_id, by=found.account_id)
        session.commit()
    return token


def log_out(session: AnySession, token: str, by: Operator) -> None:
    """End this session and commit."""
    sessions.end(session, token)
    record(session, "accesso.logout", "account", by.account_id, by=by)
    session.commit()


def change_password(
    session: AnySession, by: Operator, credentials: Credentials, new: str, limits: SessionLimits, secret: str
) -> str:
    """Change one's own password, end every session, open a new one and commit; returns its token.

    `credentials` has the current password: who finds a computer left open may not guess it at leisure.
    Raises Throttled, PasswordWrong, PasswordTooWeak.
    """
    throttle = Throttle(session, secret, by.username, credentials.address)
    throttle.count()
    stored = session.scalar(select(Account.password_hash).where(Account.id == by.account_id))
    if not passwords.is_right(stored, credentials.password):
        raise PasswordWrong
    throttle.succeeded()
    session.commit()
    passwords.require_strong(new, by.username, credentials.password)
    _store(session, by.account_id, new)
    session.execute(update(Account).where(Account.id == by.account_id).values(must_change=False))
    sessions.end_all(session, by.account_id)
    token = sessions.start(session, by.ente_id, by.account_id, limits, credentials.user_agent)
    record(session, "account.change_password", "account", by.account_id, by=by)
    session.commit()
    return token


def _store(session: AnySession, account_id: int, password: str) -> None:
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password_hash=passwords.hash_password(password))
    )

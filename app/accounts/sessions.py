"""Sessions on the server: the cookie has a random token, the table its hash; the database's clock decides."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, text, update
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import Sessione

AnySession = Session | scoped_session[Any]

KEPT_AFTER_END: Final = timedelta(days=1)  # so that a form sent too late still finds whose it was


@dataclass(frozen=True)
class SessionLimits:
    """How long a login lasts: without use, and in all."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class FoundSession:
    """Whose session a cookie is. `valid` is False when it has expired or was ended."""

    ente_id: int
    account_id: int
    valid: bool
    stale: bool


_FIND = text("select ente_id, account_id, valida, da_segnare from accesso_sessione(:impronta, :inattivita)")


def fingerprint(secret: str) -> bytes:
    """The hash under which a random secret is kept. It has 256 bits, so it needs no salt and no slowness."""
    return hashlib.sha256(secret.encode()).digest()


def start(
    session: AnySession, ente_id: int, account_id: int, limits: SessionLimits, user_agent: str = ""
) -> str:
    """Open a session and return its new token, for the cookie. The caller commits."""
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(Sessione).values(
            token_hash=fingerprint(token),
            ente_id=ente_id,
            account_id=account_id,
            expires_at=func.now() + limits.absolute,
            user_agent_hash=fingerprint(user_agent) if user_agent else None,
        )
    )
    return token


def find(session: AnySession, token: str, limits: SessionLimits) -> FoundSession | None:
    """Whose token it is; None when no active account ever had it, or it is long gone. Needs no ente."""
    parameters = {"impronta": fingerprint(token), "inattivita": limits.idle}
    row = session.execute(_FIND, parameters).one_or_none()
    return None if row is None else FoundSession(*row)


def touch(session: AnySession, token: str) -> None:
    """Note that the session is in use (worth a write a minute: `stale`). The caller commits."""
    session.execute(
        update(Sessione)
        .where(Sessione.token_hash == fingerprint(token))
        .values(last_seen_at=func.clock_timestamp())
    )


def end(session: AnySession, token: str) -> None:
    """End one session at once. The caller commits."""
    session.execute(
        update(Sessione).where(Sessione.token_hash == fingerprint(token)).values(expires_at=func.now())
    )


def end_all(session: AnySession, account_id: int) -> None:
    """End every session of an account: its password, its roles or its state have changed.

    The next login gets a new token; a form sent meanwhile is kept (pending.py). The caller commits.
    """
    session.execute(
        update(Sessione)
        .where(Sessione.account_id == account_id, Sessione.expires_at > func.now())
        .values(expires_at=func.now())
    )


def purge(session: AnySession) -> None:
    """Remove the transaction's ente's sessions that ended a day ago. The caller commits."""
    session.execute(delete(Sessione).where(Sessione.expires_at < func.now() - KEPT_AFTER_END))

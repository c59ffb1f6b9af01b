"""Bearer tokens: another program of the ente, with the scopes it was given and no cookie."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import TokenApi
from app.accounts.operator import Operator
from app.accounts.sessions import fingerprint
from app.audit.journal import record
from app.database import context
from engine.plain import send

AnySession = Session | scoped_session[Any]

PREFIX: Final = "percorsi_"  # lets secret scanners recognise a leaked one

# The transaction enters the ente of the token in the statement that finds it.
_FIND = f"""
    select ente_id, token_id, nome, scopes, da_segnare, {context.ENTER} from accesso_token(%(impronta)s) found
"""  # noqa: S608 - constant text


@dataclass(frozen=True)
class ApiClient:
    """The program behind a request of the API. `stale`: its use is worth noting (a write a minute)."""

    ente_id: int
    token_id: int
    nome: str
    scopes: frozenset[str]
    stale: bool = False

    def __str__(self) -> str:
        """The stable text under which engine history remembers it."""
        return f"token:{self.token_id}"


class ScopeMissing(Exception):
    """The token is good, but was not given this scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TokenNotFound(LookupError):
    """No such token in the ente, or it has ended, or (to approve) it waits for nobody."""


class TwoPeopleNeeded(Exception):
    """Nobody approves a token of one's own."""


def issue(
    session: AnySession,
    by: Operator,
    nome: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    *,
    approved: bool = True,
) -> str:
    """Make a token and return it: it is shown once and kept nowhere. The caller commits.

    Not `approved`, it opens nothing until a second person says so.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    token_id = session.scalar(
        insert(TokenApi)
        .values(
            ente_id=by.ente_id,
            token_hash=fingerprint(token),
            nome=nome,
            scopes=sorted(set(scopes)),
            created_by=by.account_id,
            expires_at=expires_at,
            approved_at=func.now() if approved else None,
        )
        .returning(TokenApi.id)
    )
    record(session, "token.issue", "token_api", token_id, by=by, scopo="configurazione")
    return token


def revoke(session: AnySession, by: Operator, token_id: int) -> None:
    """End a token at once. The caller commits. Raises TokenNotFound."""
    ended = session.scalar(
        update(TokenApi)
        .where(TokenApi.id == token_id, TokenApi.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(TokenApi.id)
    )
    if ended is None:
        raise TokenNotFound(token_id)
    record(session, "token.revoke", "token_api", token_id, by=by, scopo="configurazione")


def approve(session: AnySession, by: Operator, token_id: int) -> None:
    """The second person lets a token work. The caller commits. Raises TokenNotFound, TwoPeopleNeeded."""
    token = session.scalar(select(TokenApi).where(TokenApi.id == token_id, *WAITING).with_for_update())
    if token is None:
        raise TokenNotFound(token_id)
    if token.created_by == by.account_id:
        raise TwoPeopleNeeded(token_id)
    token.approved_at, token.approved_by = func.now(), by.account_id
    session.flush()
    record(session, "token.approve", "token_api", token_id, by=by, scopo="configurazione")


WAITING: Final = (
    TokenApi.approved_at.is_(None),
    TokenApi.revoked_at.is_(None),
    TokenApi.expires_at.is_(None) | (TokenApi.expires_at > func.now()),
)


def touch(session: AnySession, token_id: int) -> None:
    """Note that a token is in use. The caller commits."""
    session.execute(
        update(TokenApi).where(TokenApi.id == token_id).values(last_used_at=func.clock_timestamp())
    )


def bearer(authorization: str | None) -> bytes | None:
    """The hash under which the token of this Authorization header is kept; None when it is no bearer token."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX):
        return None
    return fingerprint(token.strip())


def client_of(session: AnySession, authorization: str | None) -> ApiClient | None:
    """The program that sent this Authorization header; None when it is not a good bearer token.

    The transaction enters its ente. Raises EnteChanged in a transaction of another one, EnteMoving.
    """
    impronta = bearer(authorization)
    found = [] if impronta is None else send(session, _FIND, {"impronta": impronta})
    if not found:
        return None
    row = found[0]
    context.entered(session.connection(), row.ente_id, row.moving)
    return ApiClient(row.ente_id, row.token_id, row.nome, frozenset(row.scopes), row.da_segnare)

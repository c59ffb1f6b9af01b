"""Bearer tokens: another program of the ente, with the scopes it was given and no cookie."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, text, update
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import TokenApi
from app.accounts.operator import Operator
from app.accounts.sessions import fingerprint
from app.audit.journal import record

AnySession = Session | scoped_session[Any]

PREFIX: Final = "percorsi_"  # lets secret scanners recognise a leaked one

_FIND = text("select ente_id, token_id, nome, scopes from accesso_token(:impronta)")


@dataclass(frozen=True)
class ApiClient:
    """The program behind a request of the API."""

    ente_id: int
    token_id: int
    nome: str
    scopes: frozenset[str]

    def __str__(self) -> str:
        """The stable text under which engine history remembers it."""
        return f"token:{self.token_id}"


class ScopeMissing(Exception):
    """The token is good, but was not given this scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


def issue(
    session: AnySession, by: Operator, nome: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> str:
    """Make a token and return it: it is shown once and kept nowhere. The caller commits."""
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
        )
        .returning(TokenApi.id)
    )
    record(session, "token.issue", "token_api", token_id, by=by, scopo="configurazione")
    return token


def revoke(session: AnySession, by: Operator, token_id: int) -> None:
    """End a token at once. The caller commits."""
    session.execute(
        update(TokenApi)
        .where(TokenApi.id == token_id, TokenApi.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    record(session, "token.revoke", "token_api", token_id, by=by, scopo="configurazione")


def client_of(session: AnySession, authorization: str | None) -> ApiClient | None:
    """The program that sent this Authorization header; None when it is not a good bearer token."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX):
        return None
    row = session.execute(_FIND, {"impronta": fingerprint(token.strip())}).one_or_none()
    return None if row is None else ApiClient(row.ente_id, row.token_id, row.nome, frozenset(row.scopes))

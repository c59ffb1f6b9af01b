"""A form that arrived when its session was over: kept for its owner, who sends it again with one press.

Kept under the hash of a random key, for one hour, for the account that the old cookie belonged to, or that the form
itself names when the browser has lost its cookie (voucher.py). What neither vouches for is not kept: strangers would
fill the table. Files are not kept; the page says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import ModuloSospeso
from app.accounts.sessions import fingerprint

AnySession = Session | scoped_session[Any]

LASTS: Final = timedelta(hours=1)
LARGEST: Final = 300_000  # characters of names and values


class PendingNotFound(LookupError):
    """No such form for this account: another's, expired, or never kept."""


@dataclass(frozen=True)
class PendingForm:
    """What was typed: where it was going, the fields in order, the names of the files to choose again."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def keep(
    session: AnySession,
    ente_id: int,
    account_id: int,
    path: str,
    fields: Iterable[tuple[str, str]],
    files: Iterable[str] = (),
) -> str | None:
    """Keep a form and return its key, or None when it is too large. Works in the account's ente; commits."""
    kept: dict[str, list[Any]] = {
        # PostgreSQL's JSON has no NUL, and no field of ours either
        "fields": [[name.replace("\0", ""), value.replace("\0", "")] for name, value in fields],
        "files": [name.replace("\0", "") for name in files],
    }
    if sum(len(name) + len(value) for name, value in kept["fields"]) > LARGEST:
        return None
    key = secrets.token_urlsafe(32)
    session.execute(
        insert(ModuloSospeso).values(
            ente_id=ente_id,
            token_hash=fingerprint(key),
            account_id=account_id,
            percorso=path,
            campi=kept,
            expires_at=func.now() + LASTS,
        )
    )
    session.commit()
    return key


def take(session: AnySession, account_id: int, key: str) -> PendingForm:
    """The form kept under `key` for this account. It stays until it expires, so the page can be reloaded.

    Raises PendingNotFound.
    """
    row = session.scalar(
        select(ModuloSospeso).where(
            ModuloSospeso.token_hash == fingerprint(key),
            ModuloSospeso.account_id == account_id,
            ModuloSospeso.expires_at > func.now(),
        )
    )
    if row is None:
        raise PendingNotFound
    return PendingForm(
        path=row.percorso,
        fields=tuple((name, value) for name, value in row.campi["fields"]),
        files=tuple(row.campi["files"]),
    )


def purge(session: AnySession) -> None:
    """Remove what has expired in the transaction's ente. The caller commits."""
    session.execute(delete(ModuloSospeso).where(ModuloSospeso.expires_at <= func.now()))

"""A form that arrived when its session was over: kept for its owner, who sends it again with one press.

Kept under the hash of a random key, for one hour, for the account that the old cookie belonged to, or that the form
itself names when the browser has lost its cookie (voucher.py). What neither vouches for is not kept: strangers would
fill the table; nor, for one account, more than a person has open in an hour. Files are not kept; the page says so.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Text, cast, delete, func, insert, select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import ModuloSospeso
from app.accounts.sessions import fingerprint

AnySession = Session | scoped_session[Any]

LASTS: Final = timedelta(hours=1)
LARGEST: Final = 300_000  # characters of one form, as it is kept
MOST: Final = 20  # forms of one account
LARGEST_TOGETHER: Final = 1_000_000  # characters of all of them


class PendingNotFound(LookupError):
    """No such form for this account: another's, expired, or never kept."""


class FormNotKept(Exception):
    """The form is too large, or its owner has too many waiting. What is kept already stays: it was promised."""


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
) -> str:
    """Keep a form and return its key. Works in the account's ente; commits. Raises FormNotKept."""
    kept: dict[str, list[Any]] = {
        # PostgreSQL's JSON has no NUL, and no field of ours either
        "fields": [[name.replace("\0", ""), value.replace("\0", "")] for name, value in fields],
        "files": [name.replace("\0", "") for name in files],
    }
    _refuse_too_much(session, ente_id, account_id, len(json.dumps(kept, ensure_ascii=False)))
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


def _refuse_too_much(session: AnySession, ente_id: int, account_id: int, size: int) -> None:
    """Raise FormNotKept when the account may not keep `size` characters more; one request at a time asks."""
    if size > LARGEST:
        raise FormNotKept
    lock = func.hashtextextended(f"modulo_sospeso:{ente_id}:{account_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    of_account = ModuloSospeso.account_id == account_id
    session.execute(delete(ModuloSospeso).where(of_account, ModuloSospeso.expires_at <= func.now()))
    stored = func.sum(func.length(cast(ModuloSospeso.campi, Text)))
    count, together = session.execute(select(func.count(), func.coalesce(stored, 0)).where(of_account)).one()
    if count >= MOST or together + size > LARGEST_TOGETHER:
        session.rollback()
        raise FormNotKept


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

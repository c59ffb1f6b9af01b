"""Proving that the audit was not altered: every hash is computed again, here and not in the database.

The text hashed is that of `audit_testo` in migration 0002. A chain whose last rows were cut off is still a
good chain: only a head noted earlier, outside the database (`heads`), tells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, scoped_session

from app.audit.models import Audit

AnySession = Session | scoped_session[Any]


class Damage(StrEnum):
    """What was done to the chain at one row."""

    ALTERED = "altered"  # the row's text is not the one that was hashed
    UNLINKED = "unlinked"  # the row does not follow the one before it
    MISSING = "missing"  # a row is gone before this one
    CUT = "cut"  # the chain ends before a head that was noted


@dataclass(frozen=True)
class Break:
    """A place where the audit does not verify."""

    catena: str
    n: int
    damage: Damage


@dataclass(frozen=True)
class Head:
    """The last row of a chain: noted outside the database, it proves that nothing was cut off."""

    n: int
    hash: bytes


def verify(
    session: AnySession, catena: str | None = None, noted: Mapping[str, Head] | None = None
) -> list[Break]:
    """Every break in the chains of the transaction's ente (or in one of them), in order; empty when sound.

    `noted` are heads kept elsewhere (see `heads`), against which the chains are compared as well.
    """
    found: list[Break] = []
    noted = noted or {}
    seen: set[str] = set()
    for name, rows in groupby(_rows(session, catena), key=lambda row: row.catena):
        seen.add(name)
        found.extend(_breaks(name, rows, noted.get(name)))
    lost = [name for name in noted if name not in seen and catena in (None, name)]
    return found + [Break(name, noted[name].n, Damage.CUT) for name in lost]


def heads(session: AnySession) -> dict[str, Head]:
    """The last row of each chain of the transaction's ente, to be noted outside the database."""
    query = (
        select(Audit.catena, Audit.n, Audit.hash)
        .ext(distinct_on(Audit.catena))
        .order_by(Audit.catena, Audit.n.desc())
    )
    return {row.catena: Head(row.n, row.hash) for row in session.execute(query)}


def _rows(session: AnySession, catena: str | None) -> Iterator[Row[Any]]:
    query = select(
        Audit.ente_id,
        Audit.catena,
        Audit.n,
        Audit.at,
        Audit.account_id,
        Audit.azione,
        Audit.oggetto_tipo,
        Audit.oggetto_id,
        Audit.pratica_id,
        Audit.persona_id,
        Audit.scopo,
        cast(Audit.dettaglio, Text).label("dettaglio"),
        Audit.prev_hash,
        Audit.hash,
    ).order_by(Audit.catena, Audit.n)
    if catena is not None:
        query = query.where(Audit.catena == catena)
    return iter(session.execute(query.execution_options(yield_per=1000)))


def _breaks(name: str, rows: Iterator[Row[Any]], noted: Head | None) -> Iterator[Break]:
    n, previous = 0, b""
    for row in rows:
        if row.n != n + 1:
            yield Break(name, row.n, Damage.MISSING)
        elif row.prev_hash != previous:
            yield Break(name, row.n, Damage.UNLINKED)
        if row.hash != hashlib.sha256(row.prev_hash + _text(row).encode()).digest():
            yield Break(name, row.n, Damage.ALTERED)
        if noted and row.n == noted.n and row.hash != noted.hash:
            yield Break(name, row.n, Damage.UNLINKED)
        n, previous = row.n, row.hash
    if noted and n < noted.n:
        yield Break(name, noted.n, Damage.CUT)


def _text(row: Row[Any]) -> str:
    """The row as PostgreSQL writes a jsonb array: `dettaglio` is spliced in as PostgreSQL gave it."""
    facts = [row.ente_id, row.catena, row.n, _instant(row.at), row.account_id, row.azione, row.oggetto_tipo]
    facts += [row.oggetto_id, row.pratica_id, row.persona_id, row.scopo]
    return "[" + ", ".join([*(json.dumps(fact, ensure_ascii=False) for fact in facts), row.dettaglio]) + "]"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

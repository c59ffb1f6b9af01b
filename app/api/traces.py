"""The audit of the API: who it was is the token's id in `dettaglio`, since no person with an account acted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert

from app import logs
from app.accounts.tokens import ApiClient
from app.audit.journal import record, row
from app.audit.models import Audit
from app.audit.reads import READ
from app.database import db

Seen = tuple[int, int | None]
"""A pratica and its persona, if it has one."""


def saw(client: ApiClient, seen: Iterable[Seen], sezione: str) -> None:
    """Note that this answer shows these pratiche: one row each, in the transaction that reads them.

    In order of pratica, so that two answers never wait for each other's chains.
    """
    rows = [
        row(
            "pratica.read" if persona_id is None else READ,
            "pratica" if persona_id is None else "persona",
            pratica_id if persona_id is None else persona_id,
            by=None,
            pratica_id=pratica_id,
            persona_id=persona_id,
            scopo="servizio",
            dettaglio={"sezione": sezione, "token": client.token_id},
        )
        for pratica_id, persona_id in sorted(set(seen), key=lambda pair: pair[0])
    ]
    if len(rows) == 1:
        logs.about(pratica=rows[0]["pratica_id"])
    if rows:
        db.session.execute(insert(Audit), rows)


def did(
    client: ApiClient,
    azione: str,
    oggetto_tipo: str,
    oggetto_id: int | str | None,
    seen: Seen | None = None,
    **dettaglio: Any,
) -> None:
    """Note a command, in its own transaction."""
    pratica_id, persona_id = seen or (None, None)
    record(
        db.session,
        azione,
        oggetto_tipo,
        oggetto_id,
        by=None,
        pratica_id=pratica_id,
        persona_id=persona_id,
        dettaglio={**dettaglio, "token": client.token_id},
    )

"""The audit of the API: who it was is the token's id in `dettaglio`, since no person with an account acted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert

from app import logs
from app.accounts.tokens import ApiClient
from app.audit.journal import INSERT, parameters, row
from app.audit.models import Audit
from app.audit.reads import READ
from app.database import db
from engine.plain import send

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
    send(db.session, INSERT, _told(client, azione, oggetto_tipo, oggetto_id, seen, dettaglio))


def did_then(
    client: ApiClient,
    azione: str,
    oggetto_tipo: str,
    oggetto_id: int,
    seen: Seen,
    asked: str,
    values: Mapping[str, Any],
    **dettaglio: Any,
) -> list[Any]:
    """Note a command and ask the database what comes of it, in one round trip; the rows of the answer."""
    told = _told(client, azione, oggetto_tipo, oggetto_id, seen, dettaglio)
    return send(db.session, f"{INSERT}; {asked}", {**told, **values})


def _told(
    client: ApiClient,
    azione: str,
    oggetto_tipo: str,
    oggetto_id: int | str | None,
    seen: Seen | None,
    dettaglio: dict[str, Any],
) -> dict[str, Any]:
    pratica_id, persona_id = seen or (None, None)
    logs.about(pratica=pratica_id)
    return parameters(
        row(
            azione,
            oggetto_tipo,
            oggetto_id,
            by=None,
            pratica_id=pratica_id,
            persona_id=persona_id,
            scopo="servizio",
            dettaglio={**dettaglio, "token": client.token_id},
        )
    )

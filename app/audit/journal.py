"""Writing in the audit: in the caller's transaction, so that a deed and its trace are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session, scoped_session

from app import logs
from app.accounts.operator import Operator
from app.database.context import current_ente
from engine.json import dumps_text
from engine.plain import send

INSERT: Final = (
    "insert into audit "
    "(ente_id, account_id, azione, oggetto_tipo, oggetto_id, pratica_id, persona_id, scopo, dettaglio) "
    "values (%(ente_id)s, %(account_id)s, %(azione)s, %(oggetto_tipo)s, %(oggetto_id)s, %(pratica_id)s, "
    "%(persona_id)s, %(scopo)s, %(dettaglio)s)"
)
LONGEST: Final = 120  # characters: room for a code or an id, not for what people wrote


class DetailTooRich(ValueError):
    """`dettaglio` holds something that may be content: a long text, or an object in an object."""


def record(
    session: Session | scoped_session[Any],
    azione: str,
    oggetto_tipo: str,
    oggetto_id: str | int | None = None,
    *,
    by: Operator | int | None,
    pratica_id: int | None = None,
    persona_id: str | int | None = None,
    scopo: str = "servizio",
    dettaglio: Mapping[str, Any] | None = None,
) -> None:
    """Write one row for the ente of the transaction; `by` is None for what the machine does by itself.

    `azione` is `noun.verb` ("task.complete", "persona.read"). `dettaglio`: codes, ids, counts; never content.
    Raises DetailTooRich.
    """
    logs.about(pratica=pratica_id)
    written = row(
        azione,
        oggetto_tipo,
        oggetto_id,
        by=by,
        pratica_id=pratica_id,
        persona_id=persona_id,
        scopo=scopo,
        dettaglio=dettaglio,
    )
    send(session, INSERT, parameters(written))


def row(
    azione: str,
    oggetto_tipo: str,
    oggetto_id: str | int | None,
    *,
    by: Operator | int | None,
    pratica_id: int | None,
    persona_id: str | int | None,
    scopo: str,
    dettaglio: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The values of one row, for who inserts many at once."""
    return {
        "ente_id": current_ente(),
        "account_id": by.account_id if isinstance(by, Operator) else by,
        "azione": azione,
        "oggetto_tipo": oggetto_tipo,
        "oggetto_id": None if oggetto_id is None else str(oggetto_id),
        "pratica_id": pratica_id,
        "persona_id": None if persona_id is None else str(persona_id),
        "scopo": scopo,
        "dettaglio": _sober(dettaglio or {}),
    }


def parameters(written: Mapping[str, Any]) -> dict[str, Any]:
    """A row as `INSERT` takes it, for who sends that with a statement of its own."""
    return {**written, "dettaglio": dumps_text(written["dettaglio"])}


def _sober(dettaglio: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in dettaglio.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if not isinstance(item, bool | int | str | None) or (
                isinstance(item, str) and len(item) > LONGEST
            ):
                raise DetailTooRich(name)
    return dict(dettaglio)

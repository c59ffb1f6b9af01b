"""Answers chosen from a registry: a schema says `"$comment": "registro: fornitori"`, the page offers the names.

The engine checks the answer as the text that it is; whether it may be chosen is checked here and by the operation
that writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Account, RuoloOperatore
from app.database import db
from app.enti.model import Unita
from app.servizi.models import Fornitore
from engine.calendar import ROME

MARK = "registro: "
MOST = 300
# who may follow a case
FOLLOWERS = ("assistente_sociale", "case_manager")

Choice = dict[str, str]


def with_choices(schema: dict[str, Any], unita_id: str | None) -> dict[str, Any]:
    """The schema with the names to choose from; the original is not changed."""
    chosen = _walk(schema, unita_id)
    assert isinstance(chosen, dict)
    return chosen


def _walk(node: Any, unita_id: str | None) -> Any:
    if isinstance(node, list):
        return [_walk(item, unita_id) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _walk(value, unita_id) for key, value in node.items()}
    comment = node.get("$comment")
    if isinstance(comment, str) and comment.startswith(MARK):
        registry = REGISTRIES.get(comment.removeprefix(MARK))
        choices = registry(unita_id) if registry else []
        if choices:
            found = {
                key: value for key, value in found.items() if key not in ("pattern", "maxLength", "minLength")
            }
            found["oneOf"] = choices
    return found


def _suppliers(_unita_id: str | None) -> list[Choice]:
    today = datetime.now(ROME).date()
    rows = db.session.execute(
        select(Unita.id, Unita.nome)
        .join(Fornitore, (Fornitore.ente_id == Unita.ente_id) & (Fornitore.id == Unita.id))
        .where(Fornitore.dal <= today, Fornitore.al.is_(None) | (Fornitore.al >= today))
        .order_by(Unita.nome)
        .limit(MOST)
    )
    return [{"const": row.id, "title": row.nome} for row in rows]


def _operators(unita_id: str | None) -> list[Choice]:
    held = (
        select(RuoloOperatore.account_id)
        .where(RuoloOperatore.ruolo.in_(FOLLOWERS), RuoloOperatore.al.is_(None))
        .where((RuoloOperatore.unita_id == unita_id) | RuoloOperatore.unita_id.is_(None))
    )
    rows = db.session.execute(
        select(Account.id, Account.nome, Account.cognome)
        .where(Account.attivo, Account.id.in_(held))
        .order_by(Account.cognome, Account.nome)
        .limit(MOST)
    )
    return [{"const": str(row.id), "title": f"{row.nome} {row.cognome}"} for row in rows]


REGISTRIES: dict[str, Callable[[str | None], list[Choice]]] = {
    "fornitori": _suppliers,
    "operatori": _operators,
}

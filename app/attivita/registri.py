"""Answers chosen from a registry: a schema says `"$comment": "registro: fornitori"`, the page offers the names.

The engine checks the answer as the text that it is; whether it may be chosen is checked here and by the operation
that writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Account, RuoloOperatore
from app.attivita.righe import dressed, with_rows
from app.database import db
from app.enti.model import Unita
from app.forms import Form
from app.servizi.accreditamento import in_force
from app.servizi.models import Fornitore
from engine import Program
from engine.calendar import ROME
from engine.form import FieldError

MARK = "registro: "
MOST = 300
# who may follow a case
FOLLOWERS = ("assistente_sociale", "case_manager")

Choice = dict[str, str]


@dataclass(frozen=True)
class Registry:
    """Who may be chosen today by a unit, and the names of whom was ever chosen."""

    choices: Callable[[str | None], list[Choice]]
    names: Callable[[Collection[str]], list[Choice]]


def form_to_fill(
    program: Program, form_id: str | None, unita_id: str | None, ente_id: int, variables: Mapping[str, Any]
) -> Form | None:
    """A step's form as that unit fills it, where the path stands; None when the step has none."""
    schema = program.schema(form_id) if form_id else None
    if schema is None or form_id is None:
        return None
    known = with_rows(with_choices(schema, unita_id), ente_id, variables)
    return Form(known, dressed(program.ui(form_id), known), program.common)


def form_to_read(program: Program, form_id: str | None, answers: Any) -> Form | None:
    """A step's form to read these answers with; None when the step has none."""
    schema = program.schema(form_id) if form_id else None
    if schema is None or form_id is None:
        return None
    return Form(with_names(schema, answers), program.ui(form_id), program.common)


def with_choices(schema: dict[str, Any], unita_id: str | None) -> dict[str, Any]:
    """The schema with the names to choose from; the original is not changed."""
    return _schema(schema, lambda registry: registry.choices(unita_id))


def with_names(schema: dict[str, Any], answers: Any) -> dict[str, Any]:
    """The schema with the names of whom these answers chose, also of who can be chosen no more."""
    texts = frozenset(_texts(answers))
    return _schema(schema, lambda registry: registry.names(texts))


def not_offered(
    schema: Mapping[str, Any], answers: Mapping[str, Any], unita_id: str | None
) -> Iterator[FieldError]:
    """Operators whom the page of that unit would not have offered: a program is offered none, and could name anybody.

    Of suppliers app/attivita/vincoli.py says why not.
    """
    for name in _asks(schema, MARK + OPERATORS):
        chosen = answers.get(name)
        if isinstance(chosen, str) and chosen not in {each["const"] for each in _operators(unita_id)}:
            yield FieldError(
                (name,), "operazione", chosen, "Qui non si può scegliere: non segue casi in questa unità."
            )


def _asks(node: Any, mark: str) -> set[str]:
    """The questions with this mark, whatever condition shows them."""
    if isinstance(node, list):
        return set().union(*(_asks(each, mark) for each in node))
    if not isinstance(node, Mapping):
        return set()
    asked = node.get("properties")
    here = asked.items() if isinstance(asked, Mapping) else ()
    found = {name for name, part in here if isinstance(part, Mapping) and part.get("$comment") == mark}
    return found.union(*(_asks(part, mark) for part in node.values()))


Offer = Callable[[Registry], list[Choice]]


def _schema(schema: dict[str, Any], offer: Offer) -> dict[str, Any]:
    chosen = _walk(schema, offer)
    assert isinstance(chosen, dict)
    return chosen


def _walk(node: Any, offer: Offer) -> Any:
    if isinstance(node, list):
        return [_walk(item, offer) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _walk(value, offer) for key, value in node.items()}
    comment = node.get("$comment")
    if isinstance(comment, str) and comment.startswith(MARK):
        registry = REGISTRIES.get(comment.removeprefix(MARK))
        choices = offer(registry) if registry else []
        if choices:
            found = {
                key: value for key, value in found.items() if key not in ("pattern", "maxLength", "minLength")
            }
            found["oneOf"] = choices
    return found


def _texts(answers: Any) -> Iterator[str]:
    if isinstance(answers, str):
        yield answers
    elif isinstance(answers, dict | list):
        for part in answers.values() if isinstance(answers, dict) else answers:
            yield from _texts(part)


def _suppliers(_unita_id: str | None) -> list[Choice]:
    today = datetime.now(ROME).date()
    return _units(
        select(Unita.id, Unita.nome)
        .join(Fornitore, (Fornitore.ente_id == Unita.ente_id) & (Fornitore.id == Unita.id))
        .where(in_force(today))
    )


def _supplier_names(ids: Collection[str]) -> list[Choice]:
    return _units(select(Unita.id, Unita.nome).where(Unita.id.in_(ids)))


def _units(query: Select[str, str]) -> list[Choice]:
    rows = db.session.execute(query.order_by(Unita.nome).limit(MOST))
    return [{"const": row.id, "title": row.nome} for row in rows]


def _operators(unita_id: str | None) -> list[Choice]:
    held = (
        select(RuoloOperatore.account_id)
        .where(RuoloOperatore.ruolo.in_(FOLLOWERS), RuoloOperatore.al.is_(None))
        .where((RuoloOperatore.unita_id == unita_id) | RuoloOperatore.unita_id.is_(None))
    )
    return _accounts(select(Account).where(Account.attivo, Account.id.in_(held)))


def _operator_names(ids: Collection[str]) -> list[Choice]:
    numbers = [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) <= 18]
    return _accounts(select(Account).where(Account.id.in_(numbers)))


def _accounts(query: Select[Account]) -> list[Choice]:
    rows = db.session.scalars(query.order_by(Account.cognome, Account.nome).limit(MOST))
    return [{"const": str(row.id), "title": row.name} for row in rows]


SUPPLIERS = "fornitori"
OPERATORS = "operatori"
REGISTRIES: dict[str, Registry] = {
    SUPPLIERS: Registry(_suppliers, _supplier_names),
    OPERATORS: Registry(_operators, _operator_names),
}

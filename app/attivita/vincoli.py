"""What the answers to a step may not say although its schema allows it: the same for pages and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from app.attivita.registri import MARK, SUPPLIERS
from app.database import db
from app.servizi import accreditamento
from engine.form import FieldError

TODAY = "oggi"

Asked = Mapping[str, Mapping[str, Any]]
Today = Callable[[], date]


def refusals(schema: Mapping[str, Any], answers: Mapping[str, Any], today: Today) -> list[FieldError]:
    """A day after today where a step tells what has happened; a supplier that may have no new order.

    `today` is called only when a question depends on it.
    """
    asked: Asked = schema.get("properties", {})
    return [*_to_come(asked, answers, today), *_not_accredited(asked, answers, today)]


def _to_come(asked: Asked, answers: Mapping[str, Any], today: Today) -> Iterator[FieldError]:
    """What has happened is what begins with today."""
    for name in of_today(asked):
        day = answers.get(name)
        if isinstance(day, str) and day > today().isoformat():
            yield FieldError((name,), "operazione", day, "Non può essere nel futuro.")


def _not_accredited(asked: Asked, answers: Mapping[str, Any], today: Today) -> Iterator[FieldError]:
    for name, question in asked.items():
        chosen = answers.get(name)
        if question.get("$comment") == MARK + SUPPLIERS and isinstance(chosen, str):
            barred = accreditamento.why_not(db.session, chosen, today())
            if barred is not None:
                yield FieldError((name,), "operazione", chosen, barred)


def of_today(asked: Asked) -> list[str]:
    """The questions about a day that begin with today."""
    return [name for name, question in asked.items() if question.get("$comment") == TODAY]

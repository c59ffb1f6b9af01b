"""What the answers to a step may not say although its schema allows it: the same for pages and programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.form import FieldError

TODAY = "oggi"

Asked = Mapping[str, Mapping[str, Any]]


def refusals(schema: Mapping[str, Any], answers: Mapping[str, Any], today: date) -> list[FieldError]:
    """Days after today where a step tells what has happened: those that begin with today."""
    asked: Asked = schema.get("properties", {})
    days = {name: answers.get(name) for name in of_today(asked)}
    return [
        FieldError((name,), "operazione", day, "Non può essere nel futuro.")
        for name, day in days.items()
        if isinstance(day, str) and day > today.isoformat()
    ]


def of_today(asked: Asked) -> list[str]:
    """The questions about a day that begin with today."""
    return [name for name, question in asked.items() if question.get("$comment") == TODAY]

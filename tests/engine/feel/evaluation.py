"""How these tests read values: as FEEL would write them."""

from datetime import UTC, datetime
from typing import Any

from engine.feel import Environment, Value, parse
from engine.feel.budget import Budget, Meter
from engine.feel.text import text_of

NOW = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)


def value(text: str, /, **context: Any) -> Value:
    """The value of an expression, with the names of the context known to the parser."""
    return parse(text, frozenset(context)).evaluate(context, Environment(now=NOW))


def written(text: str, /, **context: Any) -> str:
    """The value of an expression, as text."""
    return text_of(value(text, **context), Meter(Budget()), nested=True)


def reasons(text: str, /, **context: Any) -> list[str]:
    """The warnings an expression leaves."""
    environment = Environment(now=NOW)
    parse(text, frozenset(context)).evaluate(context, environment)
    return [warning.message for warning in environment.warnings]

"""What every widget of a single answer can do."""

from collections.abc import Sequence
from typing import Any

from ..field import Field


class Widget:
    """Reads what was typed into a typed answer, and writes an answer back as a person would.

    `read` gives None for no answer and the text itself when it cannot be understood: validation then
    says so beside exactly what the person wrote.
    """

    inputmode: str | None = None
    autocomplete = "off"

    def read(self, field: Field, texts: Sequence[str]) -> Any:
        text = texts[-1] if texts else ""
        return self.understand(field, text) if text else None

    def understand(self, field: Field, text: str) -> Any:
        return text

    def show(self, field: Field, value: Any) -> str:
        """The text to put in the control."""
        return "" if value is None else str(value)

    def describe(self, field: Field, value: Any) -> str:
        """The answer in words, for reading."""
        return self.show(field, value)


class Text(Widget):
    pass


class Email(Widget):
    inputmode = "email"
    autocomplete = "email"


class Hidden(Widget):
    """Carried along and read by its type."""

    def understand(self, field: Field, text: str) -> Any:
        if field.schema.type == "boolean":
            return {"si": True, "no": False}.get(text, text)
        if field.schema.type == "integer" and text.lstrip("-").isdecimal() and len(text) <= 18:
            return int(text)
        return text

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, bool):
            return "si" if value else "no"
        return super().show(field, value)

"""Numbers as Italians write them: 1.234,50."""

import re
from decimal import Decimal
from typing import Any

from app.format import number

from ..field import Field
from .base import Widget

ITALIAN = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?", re.ASCII)
PLAIN = re.compile(r"([+-]?)(\d+)\.(\d+)", re.ASCII)
ENGLISH = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+)\.(\d+)", re.ASCII)
MAX_LENGTH = 24
CENT = Decimal("0.01")


def read_number(text: str) -> Decimal | None:
    """`1.234,50`, `1234.5`, `1 234,5 €`, `-3`: a number; None if it is not one. A point before three
    digits separates thousands (`1.234` is one thousand…), as everywhere in Italy."""
    bare = re.sub(r"[\s€'’]", "", text).replace("−", "-")
    if len(bare) > MAX_LENGTH:
        return None
    for shape in (ITALIAN, ENGLISH, PLAIN):
        found = shape.fullmatch(bare)
        if found:
            sign, whole, cents = found.groups()
            digits = re.sub(r"[.,]", "", whole)
            return Decimal(f"{sign}{digits}.{cents}" if cents else f"{sign}{digits}")
    return None


class Number(Widget):
    """A number or, by its schema, an integer."""

    inputmode = "decimal"

    def understand(self, field: Field, text: str) -> Any:
        found = read_number(text)
        if found is None:
            return text
        if field.schema.type == "integer":
            return int(found) if found == found.to_integral_value() else text
        return found

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return number(value).replace("−", "-")
        return super().show(field, value)

    def describe(self, field: Field, value: Any) -> str:
        unit = field.ui.get("unita")
        return f"{self.show(field, value)} {unit}" if unit else self.show(field, value)


class Euro(Number):
    """Euro and cents; more than two decimals are not understood, rather than rounded unseen."""

    def understand(self, field: Field, text: str) -> Any:
        found = super().understand(field, text)
        if isinstance(found, Decimal):
            return found.quantize(CENT) if found == found.quantize(CENT) else text
        return found

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return number(value, 2).replace("−", "-")
        return super().show(field, value)

    def describe(self, field: Field, value: Any) -> str:
        return f"{self.show(field, value)} €" if value is not None else ""

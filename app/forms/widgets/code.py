"""Codes with their own way of being written: codice fiscale, IBAN, telephone, CAP."""

import re
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from app import format as written
from engine.form.codice_fiscale import clean
from engine.form.formats import is_codice_persona, is_iban, is_telefono

from ..field import Field
from .base import Widget


class CodiceFiscaleField(Widget):
    """Kept as issued, omocodia and all: the flows to INPS need that one."""

    def understand(self, field: Field, text: str) -> Any:
        code = clean(text)
        return code if is_codice_persona(code) else text


class Iban(Widget):
    def understand(self, field: Field, text: str) -> Any:
        code = re.sub(r"[\s-]", "", text).upper()
        return code if is_iban(code) else text

    def show(self, field: Field, value: Any) -> str:
        if isinstance(value, str) and is_iban(value):
            return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
        return super().show(field, value)


class Telephone(Widget):
    """E.164 in the data; on the page an Italian number loses its prefix."""

    inputmode = "tel"

    def understand(self, field: Field, text: str) -> Any:
        try:
            number = phonenumbers.parse(text, "IT")
        except phonenumbers.NumberParseException:
            return text
        kept = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        return kept if is_telefono(kept) and not number.extension else text

    def show(self, field: Field, value: Any) -> str:
        return written.telephone(super().show(field, value))


class Cap(Widget):
    inputmode = "numeric"

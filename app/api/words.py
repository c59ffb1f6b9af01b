"""Fields of requests and answers whose complaints are in Italian."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

LONGEST: Final = 200
ID: Final = r"^[1-9][0-9]{0,17}$"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
KEPT: Final = "Questo nome è riservato."
MISNAMED: Final = "I nomi si scrivono con minuscole, cifre e «_», e cominciano con una lettera."

_ANY: Final = {
    "required": "Manca.",
    "null": "Non può essere nullo.",
    "validator_failed": "Non va bene.",
}


class Asked(Schema):
    """What a request may hold: nothing beyond what is declared."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "Non è previsto.", "type": "Serve un oggetto JSON."}


class Text(fields.String):
    """A text of some length, without spaces alone."""

    default_error_messages = {**_ANY, "invalid": "Serve un testo.", "invalid_utf8": "Serve un testo UTF-8."}

    def __init__(self, *, longest: int = LONGEST, **kwargs: Any) -> None:
        size = validate.Length(min=1, max=longest, error=f"Da 1 a {longest} caratteri.")
        super().__init__(validate=[size, *kwargs.pop("checks", ())], **kwargs)


class Key(Text):
    """The id of a row of ours, as text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=18, checks=[validate.Regexp(ID, error="Serve un identificativo.")], **kwargs)


class Number(fields.Integer):
    """A whole number between two bounds, both included."""

    default_error_messages = {**_ANY, "invalid": "Serve un numero intero.", "too_large": "È troppo grande."}

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        bounds = validate.Range(least, most, error=f"Serve un numero da {least} a {most}.")
        super().__init__(validate=bounds, **kwargs)


class Moment(fields.AwareDateTime):
    """An instant in ISO 8601 with its offset."""

    default_error_messages = {
        **_ANY,
        "invalid": "Serve data e ora così: 2026-11-23T10:30:00+01:00.",
        "invalid_awareness": "Serve anche il fuso, per esempio +01:00.",
        "format": "Serve data e ora così: 2026-11-23T10:30:00+01:00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)


class Values(fields.Dict):
    """Process data: JSON values by name. With `reserved` the names must be ones that expressions can read, and none
    of those, which we set ourselves."""

    default_error_messages = {**_ANY, "invalid": "Serve un oggetto JSON."}

    def __init__(self, *, reserved: Iterable[str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._reserved = None if reserved is None else frozenset(reserved)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        values = super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]
        wrong = {} if self._reserved is None else _wrong_names(values, self._reserved)
        if wrong:
            raise ValidationError(wrong)
        return values


def _wrong_names(values: Iterable[str], reserved: frozenset[str]) -> dict[str, list[str]]:
    wrong = {name: [MISNAMED] for name in values if not NAME.fullmatch(name)}
    return wrong | {name: [KEPT] for name in values if name in reserved}

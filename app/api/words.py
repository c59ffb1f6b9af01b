"""Fields of requests and answers whose complaints are in Italian."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from engine.feel.names import KEYWORDS

LONGEST: Final = 200
ID: Final = r"^[1-9][0-9]{0,17}$"
LINE: Final = r"^([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*)?$"
DIGITS: Final = re.compile(r"-?(0|[1-9][0-9]*)")
MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.I
)
NAME: Final = r"^[a-z][a-z0-9_]{0,62}$"
UNEXPECTED: Final = "Non è previsto."
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

    error_messages = {"unknown": UNEXPECTED, "type": "Serve un oggetto JSON."}


class Whole(validate.Validator):
    """The whole value is so: marshmallow's own, with a «$», would let a line feed follow."""

    def __init__(self, pattern: str, error: str) -> None:
        self.regex = re.compile(pattern)
        self.message = error

    def __call__(self, value: str) -> str:
        if not self.regex.fullmatch(value):
            raise ValidationError(self.message)
        return value


class Text(fields.String):
    """A line of text: something to see in it, and no character of control."""

    default_error_messages = {**_ANY, "invalid": "Serve un testo.", "invalid_utf8": "Serve un testo UTF-8."}
    shape: tuple[validate.Validator, ...] = (
        validate.Length(min=1, max=LONGEST, error=f"Da 1 a {LONGEST} caratteri."),
        Whole(LINE, error="Serve una riga di testo, non solo spazi, senza caratteri di controllo."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=self.shape, **kwargs)


class Key(Text):
    """The id of a row of ours, as text."""

    shape = (Whole(ID, error="Serve un identificativo."),)


class Number(fields.Integer):
    """A whole number between two bounds, both included, written in digits only."""

    default_error_messages = {**_ANY, "invalid": "Serve un numero intero.", "too_large": "È troppo grande."}

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        bounds = validate.Range(least, most, error=f"Serve un numero da {least} a {most}.")
        super().__init__(validate=bounds, **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, str) and not DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(value))


class Moment(fields.AwareDateTime):
    """An instant as RFC 3339 writes it, with its offset: other ways of ISO 8601 are not in the document."""

    default_error_messages = {
        **_ANY,
        "invalid": "Serve data e ora così: 2026-11-23T10:30:00+01:00.",
        "invalid_awareness": "Serve anche il fuso, per esempio +01:00.",
        "format": "Serve data e ora così: 2026-11-23T10:30:00+01:00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        if not (isinstance(value, str) and MOMENT.fullmatch(value)):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        found: datetime = super()._deserialize(value.upper(), *args, **kwargs)
        return found


class Values(fields.Dict):
    """Process data: JSON values by name. With `reserved` the names must be ones that expressions can read, and none
    of those, which we set ourselves."""

    default_error_messages = {**_ANY, "invalid": "Serve un oggetto JSON."}

    def __init__(self, *, reserved: Iterable[str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._reserved = None if reserved is None else frozenset(reserved)

    @property
    def names(self) -> dict[str, Any]:
        """What the names must be, as JSON Schema."""
        return {} if self._reserved is None else _names(self._reserved)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        values = super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]
        wrong = {} if self._reserved is None else _wrong_names(values, self._reserved)
        if wrong:
            raise ValidationError(wrong)
        return values


def names_of(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """What the document says of the names of process data; apispec knows of no names."""
    return {"propertyNames": field.names} if isinstance(field, Values) and field.names else {}


def _names(reserved: Iterable[str]) -> dict[str, Any]:
    return {"pattern": NAME, "not": {"enum": sorted({*reserved, *KEYWORDS})}}


def _wrong_names(values: Iterable[str], reserved: frozenset[str]) -> dict[str, list[str]]:
    wrong = {name: [MISNAMED] for name in values if not re.fullmatch(NAME, name)}
    return wrong | {name: [KEPT] for name in values if name in reserved or name in KEYWORDS}

"""Bounds on answers, checked before anything else looks at them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .field_error import FieldError, Path

MAX_DEPTH = 16
MAX_VALUES = 20_000
MAX_TEXT = 100_000
MAX_DIGITS = 30
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # tabs and ends of line are typed and pasted; these are not


def beyond_limits(data: Any) -> FieldError | None:
    """The first answer that is too deep, too big, or holds what PostgreSQL's jsonb cannot (NUL,
    lone surrogates, NaN) or nobody can see (other characters of control); None when all is well."""
    for count, (path, value) in enumerate(_walk(data)):
        if count > MAX_VALUES or len(path) > MAX_DEPTH:
            return FieldError(path, "limite")
        fault = _fault(value)
        if fault:
            return FieldError(path, fault, None)
    return None


def _walk(data: Any) -> Iterator[tuple[Path, Any]]:
    waiting: list[tuple[Path, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if len(path) > MAX_DEPTH:
            continue
        if isinstance(value, dict):
            waiting.extend(((*path, key), part) for key, part in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, index), part) for index, part in enumerate(value))


def _fault(value: Any) -> str | None:
    if isinstance(value, str):
        return _fault_of_text(value)
    if isinstance(value, dict):
        return next((fault for key in value if (fault := _fault_of_text(key))), None)
    if isinstance(value, bool) or value is None or isinstance(value, list):
        return None
    if isinstance(value, int):
        return "limite" if abs(value) >= 10**MAX_DIGITS else None
    if isinstance(value, Decimal):
        return _fault_of_decimal(value)
    return "type"


def _fault_of_text(text: Any) -> str | None:
    if not isinstance(text, str):
        return "type"
    if len(text) > MAX_TEXT:
        return "limite"
    return "carattere" if CONTROL.search(text) or not _is_utf8(text) else None


def _is_utf8(text: str) -> bool:
    """A lone surrogate is the only character that has no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault_of_decimal(number: Decimal) -> str | None:
    if not number.is_finite():
        return "limite"
    exponent = number.as_tuple().exponent
    small = isinstance(exponent, int) and exponent >= -MAX_DIGITS and number.adjusted() < MAX_DIGITS
    return None if small else "limite"

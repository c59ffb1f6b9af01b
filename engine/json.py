"""JSON with exact decimals: process data never passes through a binary float."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def dumps(value: Any) -> bytes:
    """Encode a JSON value; a Decimal becomes a number with all its digits."""
    return _encoder.encode(value)


def dumps_text(value: Any) -> str:
    """Encode a JSON value as text."""
    return _encoder.encode(value).decode()


def plain(number: Decimal) -> msgspec.Raw:
    """A number to encode without an exponent, whatever its size: 1E-10 is 0.0000000001."""
    return msgspec.Raw(format(number, "f").encode())


def loads(text: bytes | str) -> Any:
    """Decode JSON: numbers become int or Decimal, never float. Raises ValueError on malformed text."""
    return _decoder.decode(text)


class _Twice(Exception):
    """An object has a name twice."""


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) != len(dict(pairs)):
        raise _Twice


_strict = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)


class _Pairs(list[tuple[str, Any]]):
    """An object with every name as it was written; an array is a plain list."""


def repeated(text: bytes | str) -> tuple[str | int, ...] | None:
    """Where a name stands twice in one object of a text that `loads` takes; None when there is no such name.

    `loads` keeps the last value and drops the others without a word. Raises RecursionError.
    """
    try:
        _strict.decode(text.decode() if isinstance(text, bytes) else text)
    except _Twice:
        return _place_of_double(text)
    return None


def _place_of_double(text: bytes | str) -> tuple[str | int, ...] | None:
    tree = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    return next(_doubles(tree, ()), None)


def _doubles(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, _Pairs):
        seen = set()
        for name, part in value:
            if name in seen:
                yield (*at, name)
            seen.add(name)
            yield from _doubles(part, (*at, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _doubles(part, (*at, index))

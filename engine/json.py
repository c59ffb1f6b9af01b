"""JSON with exact decimals: process data never passes through a binary float."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

# What msgspec says of a text that is no JSON; its place is told for every other.
FAULTS: Final = {
    "object keys must be strings": "il nome di un campo va tra virgolette",
    "trailing comma": "c'è una virgola di troppo",
    "trailing characters": "c'è altro dopo la fine",
    "expected ':'": "dopo il nome di un campo mancano i due punti",
    "expected ','": "manca una virgola o la chiusura",
    "invalid number": "un numero non si scrive così",
    "invalid escape": "dopo «\\» c'è un carattere che non può starci",
}

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


def fault(text: bytes | str, error: ValueError | RecursionError) -> str:
    """Why `loads` refused a text, and at which line and column of it, for who wrote it."""
    if isinstance(error, RecursionError):
        return "è annidato troppo in profondità"
    if isinstance(error, UnicodeDecodeError):
        return "non è scritto in UTF-8"
    found = re.search(r"\(byte (\d+)\)", str(error))
    if found is None:
        return "finisce a metà"
    before = (text.encode() if isinstance(text, str) else bytes(text))[: int(found[1])].decode(
        errors="replace"
    )
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    why = next(
        (said for part, said in FAULTS.items() if part in str(error)), "un carattere non può stare qui"
    )
    return f"riga {line}, colonna {column}: {why}"


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

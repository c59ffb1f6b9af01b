"""JSON with exact decimals: process data never passes through a binary float."""

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

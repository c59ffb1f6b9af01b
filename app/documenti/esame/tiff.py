"""TIFF: a chain of directories of pictures, each with its size, all inside the file."""

from __future__ import annotations

import struct
from typing import Final

from app.documenti.esame.immagine import PIXELS
from app.documenti.esame.nascosto import refuse_markup
from app.documenti.refused import FileRefused

PAGES: Final = 2_000
ENTRIES: Final = 1_000  # of one directory
_WIDTH, _HEIGHT = 256, 257
_SHORT, _LONG = 3, 4


def examine(content: bytes) -> None:
    """Raises FileRefused."""
    refuse_markup(content)
    order = "<" if content.startswith(b"II") else ">"
    try:
        _walk(content, order)
    except struct.error:
        raise FileRefused("rotto") from None


def _walk(content: bytes, order: str) -> None:
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) == PAGES:
            raise FileRefused("rotto")
        seen.add(at)
        at = _directory(content, order, at)
    if not seen:
        raise FileRefused("rotto")


def _directory(content: bytes, order: str, at: int) -> int:
    """Check one picture; gives where the next directory is, 0 after the last."""
    (count,) = struct.unpack_from(f"{order}H", content, at)
    if count > ENTRIES:
        raise FileRefused("rotto")
    size: dict[int, int] = {}
    for number in range(count):
        tag, kind, _, value = struct.unpack_from(f"{order}HHI4s", content, at + 2 + 12 * number)
        if tag in (_WIDTH, _HEIGHT) and kind in (_SHORT, _LONG):
            (size[tag],) = struct.unpack_from(f"{order}{'H' if kind == _SHORT else 'I'}", value)
    if not 0 < size.get(_WIDTH, 0) * size.get(_HEIGHT, 0) <= PIXELS:
        raise FileRefused("rotto")
    (following,) = struct.unpack_from(f"{order}I", content, at + 2 + 12 * count)
    return int(following)

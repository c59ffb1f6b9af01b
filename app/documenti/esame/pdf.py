"""PDF: refused when it has scripts, launches programs or carries other files.

The names that betray it (ISO 32000-1, 7.11 and 12.6) may be written with escapes, and may stand in compressed
object streams: both are undone. It is a search, not a reading of the file: what could hide from it is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.documenti.esame.nascosto import refuse_markup
from app.documenti.refused import FileRefused

INFLATED: Final = 256 * 1024 * 1024  # bytes that one file may become; more is a bomb
STREAMS: Final = 50_000
_TAIL: Final = 2_048  # bytes in which the end must stand
_PIECE: Final = 65_536  # bytes of compressed data read at a time
_PEEK: Final = 1_024
_OVERLAP: Final = 64  # longer than any name sought

_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia|Rendition|GoToE|ImportData)"
    rb"(?![A-Za-z0-9])|/(?:EF|XFA)\s*(?:<<|\[|\d+\s+\d+\s+R)"
)
_STREAM: Final = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\r|\n)")
# The last three are not of streams: they stand in dictionaries of signatures and passwords.
_OTHER_FILTER: Final = re.compile(
    rb"/Filter(?!\s*(?:/FlateDecode(?![A-Za-z0-9])|\[\s*/FlateDecode\s*\]|/Adobe\.|/Standard|/Entrust))"
)


@dataclass(frozen=True)
class _Stream:
    """A stream whose bytes begin at `start`; `before`, all since the stream before it, has its dictionary."""

    before: bytes
    start: int

    @property
    def has_objects(self) -> bool:
        _, _, dictionary = self.before.rpartition(b"obj")
        return b"/ObjStm" in self.before or (b"/First" in dictionary and b"/N" in dictionary)

    @property
    def is_plain(self) -> bool:
        """Compressed in the one way that everybody uses for objects: else they could not be searched."""
        return b"/Predictor" not in self.before and _OTHER_FILTER.search(self.before) is None


def examine(content: bytes) -> None:
    """Raises FileRefused."""
    plain = _unescaped(content)
    if b"%%EOF" not in content[-_TAIL:]:
        raise FileRefused("rotto")
    refuse_markup(content.rpartition(b"%%EOF")[2])
    _refuse_active(plain)
    locked = re.search(rb"/Encrypt\b", plain) is not None
    left = INFLATED
    for stream in _streams(content):
        if stream.has_objects and locked:
            raise FileRefused("protetto")
        if stream.has_objects and not stream.is_plain:
            raise FileRefused("rotto")
        if stream.has_objects or _may_have_objects(content, stream.start):
            left -= _search(content, stream, left)


def _streams(content: bytes) -> Iterator[_Stream]:
    behind = 0
    for number, found in enumerate(_STREAM.finditer(content)):
        if number == STREAMS:
            raise FileRefused("rotto")
        yield _Stream(_unescaped(content[behind : found.start()]), found.end())
        behind = found.end()


def _may_have_objects(content: bytes, start: int) -> bool:
    """Streams of objects begin with numbers, or with a comment; pictures and fonts do not."""
    try:
        opened = zlib.decompressobj().decompress(content[start : start + 2 * _PEEK], _PEEK)
    except zlib.error:
        return False
    first = opened.lstrip(b"\0\t\n\f\r ")[:1]
    return first in b"0123456789+-%"  # also when nothing but blanks came out


def _search(content: bytes, stream: _Stream, left: int) -> int:
    """Search what a stream becomes; gives how many bytes that is. Raises FileRefused."""
    size, tail = 0, b""
    try:
        for piece in _inflated(content, stream.start):
            size += len(piece)
            if size > left:
                raise FileRefused("rotto")
            _refuse_active(_unescaped(tail + piece))
            tail = piece[-_OVERLAP:]
    except zlib.error:
        if stream.has_objects:
            raise FileRefused("rotto") from None
    return size


def _inflated(content: bytes, start: int) -> Iterator[bytes]:
    """Where compressed data end only they know: «endstream» may stand among them."""
    inflater = zlib.decompressobj()
    for at in range(start, len(content), _PIECE):
        waiting = content[at : at + _PIECE]
        while waiting and not inflater.eof:
            yield inflater.decompress(waiting, 16 * _PIECE)
            waiting = inflater.unconsumed_tail
        if inflater.eof:
            return


def _unescaped(content: bytes) -> bytes:
    return _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), content)


def _refuse_active(content: bytes) -> None:
    if _ACTIVE.search(content):
        raise FileRefused("attivo")

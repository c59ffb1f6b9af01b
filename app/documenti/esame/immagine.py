"""JPEG and PNG: every part is where the format wants it, and nothing comes after the end."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Final

from app.documenti.esame.nascosto import refuse_markup
from app.documenti.refused import FileRefused

PIXELS: Final = 400_000_000  # an A3 sheet at 1200 dpi; more is meant to fill somebody's memory
PARTS: Final = 50_000  # chunks, segments and scans of one picture
_PADDING: Final = b"\0 \t\r\n"

_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # in the coded picture FF00 and FFD0-D7 are data
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP0, _END, _SCAN = 0xE0, 0xD9, 0xDA


def examine_png(content: bytes) -> None:
    """Raises FileRefused."""
    refuse_markup(content)
    at, kind, parts = 8, b"", 0
    while kind != b"IEND":
        if at + 12 > len(content) or parts == PARTS:
            raise FileRefused("rotto")
        length, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        end = at + 8 + length
        if end + 4 > len(content) or (parts == 0) != (kind == b"IHDR"):
            raise FileRefused("rotto")
        if zlib.crc32(kind + data) != struct.unpack_from(">I", content, end)[0]:
            raise FileRefused("rotto")
        if parts == 0:
            _measure(*_size(data))
        at, parts = end + 4, parts + 1
    if content[at:].strip(_PADDING):
        raise FileRefused("attivo")


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != 13:
        raise FileRefused("rotto")
    width, height = struct.unpack_from(">II", header)
    return width, height


def examine_jpeg(content: bytes) -> None:
    """Raises FileRefused."""
    refuse_markup(content)
    end = _end_of_jpeg(content)
    rest = content[end:].lstrip(_PADDING)
    if rest and not _of_a_camera(rest):
        raise FileRefused("attivo")


def _of_a_camera(rest: bytes) -> bool:
    """What telephones put after the picture: another one (a depth map), a short film, Samsung's notes."""
    return rest.startswith(b"\xff\xd8\xff") or rest[1:5] == b"ftyp" or rest.rstrip(_PADDING).endswith(b"SEFT")


def _end_of_jpeg(content: bytes) -> int:
    at, sized = 2, False
    for _ in range(PARTS):
        found = _MARKER.match(content, at)
        if found is None:
            raise FileRefused("rotto")
        marker, at = content[found.end() - 1], found.end()
        if marker == _END and sized:
            return at
        if marker in _ALONE:
            continue
        data = _segment(content, at)
        if marker == _APP0 and data.startswith(b"JFIF\0"):
            _refuse_long_header(data)
        if marker in _FRAMES:
            sized = True
            _measure(*_frame(data))
        at += len(data) + 2
        if marker == _SCAN:
            at = _after_scan(content, at)
    raise FileRefused("rotto")


def _segment(content: bytes, at: int) -> bytes:
    length = int.from_bytes(content[at : at + 2], "big")
    if length < 2 or at + length > len(content):
        raise FileRefused("rotto")
    return content[at + 2 : at + length]


def _refuse_long_header(data: bytes) -> None:
    """A header of 2F2A bytes begins a JavaScript comment: its length is fixed by its little picture."""
    if len(data) < 14 or len(data) != 14 + 3 * data[12] * data[13]:
        raise FileRefused("attivo")


def _frame(data: bytes) -> tuple[int, int]:
    if len(data) < 6:
        raise FileRefused("rotto")
    height, width = struct.unpack_from(">HH", data, 1)
    return width, height


def _after_scan(content: bytes, at: int) -> int:
    found = _MARKER.search(content, at)
    if found is None:
        raise FileRefused("rotto")
    return found.start()


def _measure(width: int, height: int) -> None:
    if not 0 < width * height <= PIXELS:
        raise FileRefused("rotto")

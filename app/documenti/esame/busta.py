"""Signed envelopes (CAdES, .p7m): what was signed, so that it can be looked into. Signatures are not verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.documenti.refused import FileRefused

SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
DEPTH: Final = 16
READINGS: Final = 1_000_000  # elements, counted again each time that they are crossed

_OBJECT, _SEQUENCE, _OCTETS, _FIRST = 0x06, 0x30, 0x04, 0xA0
_CONSTRUCTED = 0x20


class _Source:
    """The bytes of an envelope, and how many elements may still be read of them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = READINGS

    def read(self, at: int, limit: int, depth: int) -> _Element:
        """The element at `at`, which ends before `limit`. Raises FileRefused."""
        self.left -= 1
        data = self.data
        if self.left < 0 or depth > DEPTH or at + 2 > limit or data[at] & 0x1F == 0x1F:
            raise FileRefused("rotto")
        tag, length, start = data[at], data[at + 1], at + 2
        if length == 0x80:
            return self._endless(tag, start, limit, depth)
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[start : start + size], "big")
            start += size
        end = start + length
        if end > limit:
            raise FileRefused("rotto")
        return _Element(self, tag, start, end, end, depth)

    def _endless(self, tag: int, start: int, limit: int, depth: int) -> _Element:
        """An element of indefinite length: it ends with two zeros."""
        at = start
        while self.data[at : at + 2] != b"\0\0":
            at = self.read(at, limit, depth + 1).next
        return _Element(self, tag, start, at, at + 2, depth)


@dataclass(frozen=True)
class _Element:
    """One BER element: its content is data[start:end], the next element begins at `next`."""

    source: _Source
    tag: int
    start: int
    end: int
    next: int
    depth: int

    @property
    def content(self) -> bytes:
        return self.source.data[self.start : self.end]

    def parts(self) -> Iterator[_Element]:
        at = self.start
        while at < self.end:
            part = self.source.read(at, self.end, self.depth + 1)
            yield part
            at = part.next


def open_envelope(content: bytes) -> bytes:
    """What a signed envelope holds. Raises FileRefused: also when it holds nothing, or has something after it."""
    whole = _Source(content).read(0, len(content), 0)
    if content[whole.next :].strip(b"\0\r\n"):
        raise FileRefused("attivo")
    kind, wrapped = _need(whole, _OBJECT, _FIRST)
    if kind.content != SIGNED_DATA:
        raise FileRefused("tipo")
    (signed,) = _need(wrapped, _SEQUENCE)
    (held,) = _need(signed, _SEQUENCE)
    (body,) = _need(held, _FIRST)
    return b"".join(_octets(part) for part in body.parts())


def _need(parent: _Element, *tags: int) -> list[_Element]:
    """The first part with each tag. Raises FileRefused."""
    found: dict[int, _Element] = {}
    for part in parent.parts():
        found.setdefault(part.tag, part)
    if any(tag not in found for tag in tags):
        raise FileRefused("rotto")
    return [found[tag] for tag in tags]


def _octets(element: _Element) -> bytes:
    """An octet string, whole or in pieces."""
    if element.tag & _CONSTRUCTED:
        return b"".join(_octets(part) for part in element.parts())
    if element.tag != _OCTETS:
        raise FileRefused("rotto")
    return element.content

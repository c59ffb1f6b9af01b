"""The nodes of a parsed pattern."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Node: TypeAlias = Any
MAX_CODE = 0x10FFFF


class PatternError(Exception):
    """The pattern, its flags or the replacement are not valid. The message is Italian."""


@dataclass(frozen=True, slots=True)
class Range:
    """The code points from `low` to `high`."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Category:
    """The code points of a Unicode general category (`L`, `Nd`), or those outside it."""

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class CharClass:
    """The code points of the items, or (negated) all others; then without those of `minus`."""

    items: tuple[Range | Category, ...]
    negated: bool = False
    minus: "CharClass | None" = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` (start) or `$`."""

    start: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group; number None when it does not capture."""

    body: Node
    number: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """From `least` to `most` times (None: no limit)."""

    body: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Back:
    """What a group matched, again."""

    number: int

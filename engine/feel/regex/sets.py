"""Sets of code points: escapes, Unicode categories and blocks, and the ranges a class comes to."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from engine.feel.regex.blocks import BLOCKS
from engine.feel.regex.tree import MAX_CODE, Category, CharClass, PatternError, Range

SUBCATEGORIES = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
CATEGORIES = SUBCATEGORIES.keys() | {
    major + minor for major, minors in SUBCATEGORIES.items() for minor in minors
}
SPACES = (Range(9, 10), Range(13, 13), Range(32, 32))
# XML 1.0 fifth edition, productions 4 and 4a.
NAME_START = tuple(
    Range(low, high)
    for low, high in (
        (0x3A, 0x3A),
        (0x41, 0x5A),
        (0x5F, 0x5F),
        (0x61, 0x7A),
        (0xC0, 0xD6),
        (0xD8, 0xF6),
        (0xF8, 0x2FF),
        (0x370, 0x37D),
        (0x37F, 0x1FFF),
        (0x200C, 0x200D),
        (0x2070, 0x218F),
        (0x2C00, 0x2FEF),
        (0x3001, 0xD7FF),
        (0xF900, 0xFDCF),
        (0xFDF0, 0xFFFD),
        (0x10000, 0xEFFFF),
    )
)
NAME_EXTRA = (
    Range(0x2D, 0x2E),
    Range(0x30, 0x39),
    Range(0xB7, 0xB7),
    Range(0x300, 0x36F),
    Range(0x203F, 0x2040),
)
Item = Range | Category
WORD = tuple(Category(name) for name in "LMNS")
NOT_WORD = tuple(Category(name) for name in "PZC")


def complement(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The code points in none of the ranges."""
    missing = []
    following = 0
    for each in sorted(ranges, key=lambda each: each.low):
        if each.low > following:
            missing.append(Range(following, each.low - 1))
        following = max(following, each.high + 1)
    if following <= MAX_CODE:
        missing.append(Range(following, MAX_CODE))
    return tuple(missing)


ESCAPES: dict[str, tuple[Item, ...]] = {
    "n": (Range(10, 10),),
    "r": (Range(13, 13),),
    "t": (Range(9, 9),),
    "s": SPACES,
    "S": complement(SPACES),
    "d": (Category("Nd"),),
    "D": (Category("Nd", negated=True),),
    "w": WORD,
    "W": NOT_WORD,
    "i": NAME_START,
    "I": complement(NAME_START),
    "c": NAME_START + NAME_EXTRA,
    "C": complement(NAME_START + NAME_EXTRA),
    **{sign: (Range(ord(sign), ord(sign)),) for sign in "\\|.?*+(){}$-[]^"},
}


def property_items(name: str, negated: bool) -> tuple[Item, ...]:
    """What `\\p{name}` (or `\\P{name}`) stands for: a general category, or a block after `Is`."""
    if name in CATEGORIES:
        return (Category(name, negated),)
    block = BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
    if block is None:
        raise PatternError(f"«{name}» non è una categoria di caratteri")
    ranges = (Range(*block),)
    return complement(ranges) if negated else ranges


@lru_cache(maxsize=1)
def _category_ranges() -> dict[str, list[Range]]:
    """The ranges of each two-letter category, in one pass over Unicode (about a tenth of a second, once)."""
    found: dict[str, list[Range]] = {}
    start, current = 0, unicodedata.category(chr(0))
    for code in range(1, MAX_CODE + 2):
        category = unicodedata.category(chr(code)) if code <= MAX_CODE else ""
        if category != current:
            found.setdefault(current, []).append(Range(start, code - 1))
            start, current = code, category
    return found


def _item_ranges(item: Item) -> tuple[Range, ...]:
    if isinstance(item, Range):
        return (item,)
    ranges = tuple(
        each for name, group in _category_ranges().items() if name.startswith(item.name) for each in group
    )
    return complement(ranges) if item.negated else ranges


def _either_case(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """The ranges and the other cases of their letters."""
    others: set[str] = set()
    for each in ranges:
        for code in range(each.low, each.high + 1):
            letter = chr(code)
            others.update(other for other in (letter.lower(), letter.upper()) if len(other) == 1)
    return ranges + tuple(Range(ord(other), ord(other)) for other in others)


@lru_cache(maxsize=256)
def class_ranges(chars: CharClass, ignore_case: bool) -> tuple[Range, ...]:
    """The sorted, separate ranges a class comes to; a subtracted class is folded before it is taken away."""
    ranges = tuple(each for item in chars.items for each in _item_ranges(item))
    if ignore_case:
        ranges = _either_case(ranges)
    outside = complement(ranges)
    if chars.negated:
        ranges = outside
        outside = complement(ranges)
    if chars.minus is not None:
        outside += class_ranges(chars.minus, ignore_case)
    return complement(outside)


@lru_cache(maxsize=256)
def _lows(ranges: tuple[Range, ...]) -> list[int]:
    return [each.low for each in ranges]


def holds(ranges: tuple[Range, ...], code: int) -> bool:
    """Whether a code point lies in sorted, separate ranges."""
    place = bisect_right(_lows(ranges), code) - 1
    return place >= 0 and code <= ranges[place].high

"""Writes a tree as an RE2 pattern. Every character goes out as a code, so nothing is read as syntax."""

from engine.feel.regex.sets import class_ranges
from engine.feel.regex.tree import Category, CharClass, Choice, Edge, Group, Node, Range, Repeat, Sequence


def to_re2(node: Node, ignore_case: bool) -> str:
    """The RE2 pattern of a tree without back-references."""
    if isinstance(node, CharClass):
        return _class(node, ignore_case)
    if isinstance(node, Sequence):
        return "".join(to_re2(part, ignore_case) for part in node.parts)
    if isinstance(node, Choice):
        return "|".join(to_re2(option, ignore_case) for option in node.options)
    if isinstance(node, Group):
        return f"({'?:' if node.number is None else ''}{to_re2(node.body, ignore_case)})"
    if isinstance(node, Repeat):
        return f"(?:{to_re2(node.body, ignore_case)}){_quantity(node)}"
    assert isinstance(node, Edge)
    return "^" if node.start else "$"


def _quantity(node: Repeat) -> str:
    most = "" if node.most is None else node.most
    return f"{{{node.least},{most}}}{'' if node.greedy else '?'}"


def _class(chars: CharClass, ignore_case: bool) -> str:
    if chars.minus is not None:
        chars = CharClass(class_ranges(chars, ignore_case))
    if not chars.items:
        # RE2 has no empty class: "no code point" is written as the complement of all.
        return r"[\x{0}-\x{10FFFF}]" if chars.negated else r"[^\x{0}-\x{10FFFF}]"
    return f"[{'^' if chars.negated else ''}{''.join(map(_item, chars.items))}]"


def _item(item: Range | Category) -> str:
    if isinstance(item, Range):
        return rf"\x{{{item.low:X}}}-\x{{{item.high:X}}}"
    if item.name == "Cn":
        return "".join(map(_item, class_ranges(CharClass((item,)), False)))
    return rf"\{'P' if item.negated else 'p'}{{{item.name}}}"

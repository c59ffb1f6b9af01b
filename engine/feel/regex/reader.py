"""Parses a pattern. Raises PatternError for what XPath does not allow, such as look-around."""

from engine.feel.regex.sets import ESCAPES, complement, property_items
from engine.feel.regex.tree import (
    Back,
    Category,
    CharClass,
    Choice,
    Edge,
    Group,
    Node,
    PatternError,
    Range,
    Repeat,
    Sequence,
)

MAX_PATTERN = 10_000
MAX_GROUPS_DEEP = 50
WHITESPACE = " \t\n\r"
FLAGS = frozenset("smix")


def read_pattern(text: str, flags: str) -> tuple[Node, int]:
    """The tree of a pattern and its number of groups."""
    if not set(flags) <= FLAGS:
        raise PatternError(f"«{flags}»: le opzioni ammesse sono s, m, i, x")
    if len(text) > MAX_PATTERN:
        raise PatternError(f"l'espressione regolare supera {MAX_PATTERN} caratteri")
    reader = Reader(_without_spaces(text) if "x" in flags else text, dot_is_all="s" in flags)
    node = reader.choice()
    if reader.more():
        raise PatternError("parentesi chiusa senza la sua apertura")
    return node, reader.groups


def _without_spaces(text: str) -> str:
    """The `x` flag: spaces go, except inside classes."""
    kept = []
    depth = 0
    escaped = False
    for char in text:
        if char in WHITESPACE and depth == 0:
            continue
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            depth += (char == "[") - (char == "]" and depth > 0)
        kept.append(char)
    return "".join(kept)


class Reader:
    """A place in the pattern, the groups opened so far, and those already closed."""

    def __init__(self, text: str, *, dot_is_all: bool) -> None:
        self.text = text
        self.place = 0
        self.groups = 0
        self.depth = 0
        self.closed: set[int] = set()
        line_ends = (Range(10, 10), Range(13, 13))
        self.dot = CharClass((), negated=True) if dot_is_all else CharClass(complement(line_ends))

    def more(self) -> bool:
        return self.place < len(self.text)

    def peek(self, ahead: int = 0) -> str:
        return self.text[self.place + ahead : self.place + ahead + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise PatternError("espressione regolare incompleta")
        self.place += 1
        return char

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.peek() == "|":
            self.place += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts = []
        while self.more() and self.peek() not in "|)":
            parts.append(self.piece())
        return Sequence(tuple(parts))

    def piece(self) -> Node:
        atom = self.atom()
        least_most = self.quantifier()
        if least_most is None:
            return atom
        greedy = self.peek() != "?"
        if not greedy:
            self.place += 1
        return Repeat(atom, *least_most, greedy)

    def quantifier(self) -> tuple[int, int | None] | None:
        simple = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(self.peek())
        if simple:
            self.place += 1
            return simple
        if self.peek() != "{":
            return None
        end = self.text.find("}", self.place)
        bounds = self.text[self.place + 1 : end].split(",") if end >= 0 else []
        if (
            len(bounds) not in (1, 2)
            or not all(bound.isdecimal() for bound in bounds if bound)
            or not bounds[0]
        ):
            raise PatternError("quantità non valida fra graffe")
        self.place = end + 1
        least = int(bounds[0])
        most = least if len(bounds) == 1 else int(bounds[1]) if bounds[1] else None
        if (most is not None and most < least) or max(least, most or 0) > 1000:
            raise PatternError("quantità non valida fra graffe")
        return least, most

    def atom(self) -> Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class()
        if char == "\\":
            return self.escape()
        if char in "^$":
            return Edge(char == "^")
        if char == ".":
            return self.dot
        if char in "?*+{":
            raise PatternError(f"«{char}» non ha nulla da ripetere")
        return CharClass((Range(ord(char), ord(char)),))

    def group(self) -> Node:
        number = None
        if self.peek() == "?":
            if self.peek(1) != ":":
                raise PatternError("dopo (? è ammesso solo :")
            self.place += 2
        else:
            self.groups += 1
            number = self.groups
        self.depth += 1
        if self.depth > MAX_GROUPS_DEEP:
            raise PatternError("troppe parentesi annidate")
        body = self.choice()
        if self.take() != ")":
            raise PatternError("manca una parentesi chiusa")
        self.depth -= 1
        if number is not None:
            self.closed.add(number)
        return Group(body, number)

    def escape(self) -> Node:
        if self.peek().isdecimal():
            return self.back_reference()
        return CharClass(self.escaped_items())

    def back_reference(self) -> Back:
        """`\\N`: as many digits as still name a closed group."""
        number = int(self.take())
        while self.peek().isdecimal() and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise PatternError(f"\\{number} non si riferisce a un gruppo già chiuso")
        return Back(number)

    def escaped_items(self) -> tuple[Range | Category, ...]:
        char = self.take()
        if char in "pP":
            end = self.text.find("}", self.place)
            if self.take() != "{" or end < 0:
                raise PatternError("dopo \\p servono le graffe")
            name = self.text[self.place : end]
            self.place = end + 1
            return property_items(name, char == "P")
        if char not in ESCAPES:
            raise PatternError(f"«\\{char}» non è ammesso")
        return ESCAPES[char]

    def char_class(self) -> CharClass:
        """What follows `[`, up to its `]`."""
        self.depth += 1
        if self.depth > MAX_GROUPS_DEEP:
            raise PatternError("troppe parentesi annidate")
        negated = self.peek() == "^"
        if negated:
            self.place += 1
        items: list[Range | Category] = []
        minus = None
        while self.peek() != "]" or not items:
            if self.peek() == "-" and self.peek(1) == "[":
                self.place += 2
                minus = self.char_class()
                break
            items.extend(self.class_item())
        if self.take() != "]":
            raise PatternError("manca ] alla fine della classe")
        self.depth -= 1
        return CharClass(tuple(items), negated, minus)

    def class_item(self) -> tuple[Range | Category, ...]:
        char = self.take()
        if char in "[]":
            raise PatternError(f"«{char}» in una classe va scritto \\{char}")
        items = self.escaped_items() if char == "\\" else (Range(ord(char), ord(char)),)
        if self.peek() != "-" or self.peek(1) in ("]", "[", ""):
            return items
        self.place += 1
        last = self.take()
        ends = self.escaped_items() if last == "\\" else (Range(ord(last), ord(last)),)
        low, high = _single(items), _single(ends)
        if low > high:
            raise PatternError("intervallo rovesciato in una classe")
        return (Range(low, high),)


def _single(items: tuple[Range | Category, ...]) -> int:
    item = items[0]
    if len(items) != 1 or not isinstance(item, Range) or item.low != item.high:
        raise PatternError("intervallo non valido in una classe")
    return item.low

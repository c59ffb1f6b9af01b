"""Names made of several tokens: `Monthly Salary`, `date and time`, `a+b`.

FEEL cannot be cut into names without knowing which names exist (DMN 1.5, 10.3.1). A `Lexicon` holds the
known ones as a tree of tokens and finds the longest that stands at a place. Spaces are no part of a name:
with `a-b` known, `a - b` is that name too, and the subtraction is written `(a)-(b)`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, tokenize

KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "function",
        "true",
        "false",
        "null",
    ]
)
SPECIAL_NAMES = frozenset({"date and time", "years and months duration"})
"""The built-in functions whose name holds a keyword: any other is found as a run of words."""

NAME = "\n"
"""The key that ends a name in the tree: no token is written so."""


def normalise(name: str) -> str:
    """A name with single spaces, as variables are called in contexts."""
    return " ".join(name.split())


class Lexicon:
    """A set of known names that can be looked for in a list of tokens."""

    def __init__(self, names: Iterable[str] = (), *, keywords_too: bool = False) -> None:
        self.tree: dict[str, Any] = {}
        self.keywords_too = keywords_too
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known. A name that is not made of tokens can never be written, so it is left out."""
        try:
            tokens = tokenize(name)[:-1]
        except FeelSyntaxError:
            return
        if not tokens or (len(tokens) == 1 and tokens[0].text in KEYWORDS and not self.keywords_too):
            return
        node = self.tree
        for token in tokens:
            node = node.setdefault(token.text, {})
        node[NAME] = normalise(name)

    def longest(self, tokens: Sequence[Token], start: int) -> tuple[str, int] | None:
        """The longest known name at `start` and the index after it, or None."""
        node = self.tree
        found = None
        for index in range(start, len(tokens)):
            node = node.get(tokens[index].text, {})
            if not node:
                break
            if NAME in node:
                found = (node[NAME], index + 1)
        return found


@lru_cache(maxsize=256)
def lexicon(names: frozenset[str]) -> Lexicon:
    """The lexicon of a set of names, plus the built-in ones that need it."""
    return Lexicon(names | SPECIAL_NAMES)

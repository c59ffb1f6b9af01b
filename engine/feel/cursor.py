"""Walks over tokens: what every part of the parser shares, with the limits that keep parsing bounded."""

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, tokenize
from engine.feel.names import KEYWORDS, Lexicon, lexicon, normalise

MAX_NESTING = 100
"""Levels of nesting, and links of one chain of steps: keeps parsing and evaluating off Python's own limit."""


class Cursor:
    """The tokens of a text and a place among them."""

    def __init__(self, text: str, names: frozenset[str], properties: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.lexicons = [lexicon(names)]
        self.properties = Lexicon(properties)

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def error(self, message: str, token: Token | None = None) -> FeelSyntaxError:
        return FeelSyntaxError((token or self.token).start, message, self.text)

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these operators or words (never a string of that content)."""
        token = self.tokens[self.index]
        return token.text in texts and token.kind in ("operator", "name")

    def at_instance_of(self) -> bool:
        return self.at("instance") and self.tokens[self.index + 1].text == "of"

    def accept(self, text: str) -> bool:
        if not self.at(text):
            return False
        self.index += 1
        return True

    def expect(self, text: str) -> Token:
        token = self.token
        if not self.accept(text):
            raise self.error(f"manca «{text}»{self._instead()}")
        return token

    def _instead(self) -> str:
        return f" prima di «{self.token.text[:30]}»" if self.token.text else " alla fine"

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.error(f"«{self.token.text[:30]}» inatteso")

    def deeper(self, levels: int = 1) -> None:
        self.depth += levels
        if self.depth > MAX_NESTING:
            raise self.error(f"più di {MAX_NESTING} livelli annidati")

    def known_name(self) -> tuple[str, int] | None:
        """The longest name in scope that stands here; inner scopes win between names of one length."""
        best = None
        for names in reversed(self.lexicons):
            found = names.longest(self.tokens, self.index)
            if found and (best is None or found[1] > best[1]):
                best = found
        return best

    def name(self) -> str:
        """Read a name: the longest known one, or the longest run of words if that is longer."""
        known = self.known_name()
        end = self.run_of_words()
        if known and known[1] >= end:
            self.index = known[1]
            return known[0]
        if end == self.index:
            raise self.error(f"manca un nome{self._instead()}")
        return self._take(end)

    def run_of_words(self) -> int:
        """The index after the words that follow each other here: side by side they can only be one name."""
        index = self.index
        if self.tokens[index].kind != "name":
            return index
        index += 1
        while self._continues(index):
            index += 1
        return index

    def _continues(self, index: int) -> bool:
        token = self.tokens[index]
        if token.kind == "number":
            return token.text.isdecimal()
        if token.kind != "name" or token.text in KEYWORDS:
            return False
        return token.text != "instance" or self.tokens[index + 1].text != "of"

    def name_before(self, stop: str) -> str | None:
        """Read a new name, which may hold operators, up to `stop` (left unread); None if none is there."""
        end = self.index
        while self._may_be_in_name(self.tokens[end], stop):
            end += 1
        first, last = self.token, self.tokens[end]
        if last.text != stop or end == self.index or first.kind != "name":
            return None
        return self._take(end)

    def _may_be_in_name(self, token: Token, stop: str) -> bool:
        if token.text == stop:
            return False
        return token.kind in ("name", "number") or (token.kind == "operator" and token.text in "+-*/.**")

    def _take(self, end: int) -> str:
        name = normalise(self.text[self.token.start : self.tokens[end - 1].end])
        self.index = end
        return name

    def declare(self, names: list[str]) -> None:
        """Open a scope that holds these names; `undeclare` closes it."""
        self.lexicons.append(Lexicon(names))

    def declare_properties(self) -> None:
        """Open a scope that knows the entries of contexts too: after a dot, and in a filter."""
        self.lexicons.append(self.properties)

    def undeclare(self) -> None:
        self.lexicons.pop()

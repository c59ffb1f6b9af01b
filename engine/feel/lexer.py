"""Splits FEEL text into tokens. Names stay in pieces: only the parser knows which pieces make one name."""

import re
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError

MAX_TEXT = 100_000
"""Longest text accepted, in code points."""

SPACE = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
NAME_START = (
    "?_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd"
    "\U00010000-\U000effff"
)
NAME_PART = NAME_START[1:] + "0-9\u00b7\u0300-\u036f\u203f-\u2040'’"

TOKEN = re.compile(
    rf"(?P<space>[{SPACE}]+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>[{NAME_START}][{NAME_PART}]*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<operator>\.\.|\*\*|<=|>=|!=|->|/(?!\*)|[-+*()\[\]{},:.@<>=])",
    re.DOTALL,
)
ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt'\"\\]))"
)
SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}


class Token(NamedTuple):
    """A piece of text. Kinds: number, name, string, operator, end."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, closed by an `end` token. FeelSyntaxError at the first unknown character."""
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(MAX_TEXT, f"espressione più lunga di {MAX_TEXT} caratteri", text)
    tokens = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise FeelSyntaxError(position, _complaint(text, position), text)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match[0], position, match.end()))
        position = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _complaint(text: str, position: int) -> str:
    if text[position] == '"':
        return "stringa senza virgolette di chiusura"
    if text.startswith("/*", position):
        return "commento senza chiusura */"
    return f"carattere inatteso «{text[position]}»"


def unescape(token: Token, text: str) -> str:
    """The string a string token writes. A backslash before any other character stays, as regexes need it."""

    def replacement(match: re.Match[str]) -> str:
        high, low, four, six, simple = match.groups()
        if simple:
            return SIMPLE_ESCAPES[simple]
        if high:
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        code = int(four or six, 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise FeelSyntaxError(token.start + match.start() + 1, "carattere Unicode inesistente", text)
        return chr(code)

    body = token.text[1:-1]
    return ESCAPE.sub(replacement, body) if "\\" in body else body

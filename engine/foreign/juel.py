"""Expressions of other engines (`${importo > 100 && !urgente}`), as FEEL where they mean the same.

The unified expression language of Java, and the little JavaScript that conditions are written in: names with dots,
literals, comparisons, «and», «or», «not», sums, products, `a ? b : c`, `empty x`, and the ways to read a variable.
Any other call has no counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine import feel

_WHOLE = re.compile(r"\s*[$#]\{(?P<inner>.*)\}\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    | (?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[<>!?:()+\-*/%,=])
    )""",
    re.VERBOSE,
)
_WORDS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "and": "&&",
    "or": "||",
    "not": "!",
}
_WORDS |= {"div": "/", "mod": "%"}
_FEEL = {"==": "=", "===": "=", "!=": "!=", "!==": "!=", "&&": "and", "||": "or"}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!=", "===", "!==", "<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
_READS = (
    *("execution.getVariable", "delegateTask.getVariable", "task.getVariable", "kcontext.getVariable"),
    *("getDataObject", "getProcessProperty"),  # BPMN 2.0, 10.4.3.1: XPath's
)
_KNOWS = "execution.hasVariable"
_METHODS = {
    ("equals", 1): "({0} = {1})",
    ("equalsIgnoreCase", 1): "(lower case({0}) = lower case({1}))",
    ("size", 0): "count({0})",
    ("isEmpty", 0): '({0} = null or is({0}, "") or is({0}, []))',
    ("startsWith", 1): "starts with({0}, {1})",
    ("endsWith", 1): "ends with({0}, {1})",
    ("toUpperCase", 0): "upper case({0})",
    ("toLowerCase", 0): "lower case({0})",
}
"""What the methods of a variable are in FEEL, by their name and how many arguments they have."""
_AROUND = re.compile(r"\breturn\s+(?=\S)|\w+:(?=get(?:DataObject|ProcessProperty)\()|\$(?=\w)|\btw\.local\.")
"""What Java and Groovy, XPath and IBM's JavaScript write around an expression or a variable."""
DEEPEST = 50
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

_Token = tuple[str, str]


class Untranslatable(Exception):
    """The expression does something that FEEL does not."""


def is_expression(text: str) -> bool:
    """Whether a text holds something for an engine to evaluate."""
    return "${" in text or "#{" in text


def translate(text: str) -> str:
    """The FEEL of `${…}`, with its «=». Raises Untranslatable, also for text around several expressions."""
    whole = _WHOLE.fullmatch(text)
    if whole is None or is_expression(whole["inner"]):
        raise Untranslatable(text)
    return script(whole["inner"])


def script(text: str) -> str:
    """The FEEL of a bare expression, with its «=». Raises Untranslatable, also for an assignment."""
    return _read(_tokens(text))


def condition(text: str) -> str:
    """As `script`, of what can only be true or false: there XPath's «=» compares. Raises Untranslatable."""
    return _read([(kind, "==" if word == "=" and kind == "sign" else word) for kind, word in _tokens(text)])


def _read(tokens: list[_Token]) -> str:
    found = _Reader(tokens).whole()
    try:
        feel.parse(found)
    except feel.FeelError as error:
        raise Untranslatable(found) from error
    return f"={found}"


def value(text: str) -> str:
    """What a mapping or property says: FEEL for an expression, itself for plain text. Raises Untranslatable."""
    return translate(text) if is_expression(text) else text


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, text = 0, _bare(text).strip().removesuffix(";").rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Untranslatable(text)
        kind = str(match.lastgroup)
        word = match[kind]
        found.append(("sign", _WORDS[word]) if kind == "name" and word in _WORDS else (kind, word))
        place = match.end()
    return found


def _bare(text: str) -> str:
    """Without what other languages write around an expression; what is between quotes stays."""
    parts = re.split(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", text)
    return "".join(part if number % 2 else _AROUND.sub("", part) for number, part in enumerate(parts))


class _Reader:
    """Recursive descent; what it gives back is text."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._place = 0
        self._depth = 0

    def whole(self) -> str:
        found = self._choice()
        if self._tokens[self._place][0] != "end":
            raise Untranslatable(self._tokens[self._place][1])
        return found

    def _takes(self, *signs: str) -> str | None:
        kind, word = self._tokens[self._place]
        if kind != "sign" or word not in signs:
            return None
        self._place += 1
        return word

    def _expect(self, sign: str) -> None:
        if self._takes(sign) is None:
            raise Untranslatable(sign)

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Untranslatable("depth")
        yield
        self._depth -= 1

    def _choice(self) -> str:
        with self._deeper():
            return self._chosen()

    def _chosen(self) -> str:
        found = self._level(0)
        if self._takes("?"):
            then = self._choice()
            self._expect(":")
            return f"if {found} then {then} else {self._choice()}"
        return found

    def _level(self, level: int) -> str:
        if level == len(_LEVELS):
            return self._single()
        found = self._level(level + 1)
        while sign := self._takes(*_LEVELS[level]):
            other = self._level(level + 1)
            found = f"modulo({found}, {other})" if sign == "%" else f"{found} {_FEEL.get(sign, sign)} {other}"
        return found

    def _single(self) -> str:
        with self._deeper():
            return self._one()

    def _one(self) -> str:
        if self._takes("!"):
            return f"not({self._single()})"
        if self._takes("-"):
            return f"-{self._single()}"
        if self._takes("("):
            found = self._choice()
            self._expect(")")
            return f"({found})"
        kind, word = self._tokens[self._place]
        self._place += 1
        if kind == "number":
            return word
        if kind == "text":
            return _quoted(word)
        if kind != "name":
            raise Untranslatable(word)
        if word == "empty":
            # to compare a list with "" would be null: `is` is true or false of any two values
            found = self._single()
            return f'({found} = null or is({found}, "") or is({found}, []))'
        return self._called(word) if self._takes("(") else word

    def _called(self, name: str) -> str:
        """The few calls that have a counterpart: reading a variable, `equals`, `size`…"""
        arguments = [] if self._takes(")") else [self._choice()]
        if arguments:
            self._expect(")")
        subject, _, method = name.rpartition(".")
        if arguments and name in (*_READS, _KNOWS) and re.fullmatch(r'"[^\W\d]\w*"', arguments[0]):
            variable = arguments[0].strip('"')
            return f"({variable} != null)" if name == _KNOWS else variable
        counterpart = _METHODS.get((method, len(arguments)))
        if counterpart is None or not subject:
            raise Untranslatable(name)
        return counterpart.format(subject, *arguments)


def _quoted(text: str) -> str:
    inner = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1], flags=re.DOTALL)
    plain = inner.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'

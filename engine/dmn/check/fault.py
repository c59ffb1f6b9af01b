"""Faults of a FEEL text: it cannot be read, or a part of it can only ever be null."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.dmn.literal import Literal, Tests
from engine.feel import syntax
from engine.feel.analysis import children
from engine.feel.parser import parse_tests_text, parse_text


def faults(text: Literal | Tests) -> Iterator[str]:
    """Italian sentences with line and column."""
    if text.refused is not None:
        yield text.refused.message
        return
    if isinstance(text, Literal) and text.expression is not None:
        yield from _inside(parse_text(text.text, text.names), text.text)
    if isinstance(text, Tests) and text.tests is not None:
        yield from _inside(parse_tests_text(text.text, text.names), text.text)


def _inside(root: syntax.Node, text: str) -> Iterator[str]:
    """A date that does not exist, a function in Java: FEEL reads them, and gives null."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Malformed):
            yield feel.FeelSyntaxError(node.at, node.message, text).message
        elif isinstance(node, syntax.FunctionLiteral) and node.body is None:
            yield feel.FeelSyntaxError(node.at, "le funzioni esterne non sono ammesse", text).message
        waiting.extend(children(node))

"""The constructs that open with a word: if, for, some, every, function. Each starts after that word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel import syntax
from engine.feel.syntax import Node
from engine.feel.type_syntax import read_type
from engine.feel.types import Type

if TYPE_CHECKING:
    from engine.feel.parser import Parser


def read_if(parser: Parser, start: int) -> Node:
    branches = [_branch(parser)]
    while parser.at("else") and parser.tokens[parser.index + 1].text == "if":
        parser.index += 2
        branches.append(_branch(parser))
    parser.expect("else")
    return syntax.If(start, tuple(branches), parser.expression())


def _branch(parser: Parser) -> tuple[Node, Node]:
    condition = parser.expression()
    parser.expect("then")
    return condition, parser.expression()


def read_for(parser: Parser, start: int) -> Node:
    iterators = _iterators(parser)
    parser.expect("return")
    body = parser.expression()
    parser.undeclare()
    return syntax.For(start, iterators, body)


def read_quantified(parser: Parser, start: int) -> Node:
    quantifier = parser.tokens[parser.index - 1].text
    iterators = _iterators(parser)
    parser.expect("satisfies")
    body = parser.expression()
    parser.undeclare()
    return syntax.Quantified(start, quantifier, iterators, body)


def _iterators(parser: Parser) -> tuple[syntax.Iterator, ...]:
    """Read `name in domain, …` and leave a scope open with those names."""
    parser.declare([])
    iterators: list[syntax.Iterator] = []
    while not iterators or parser.accept(","):
        token = parser.token
        name = parser.name_before("in")
        if name is None:
            raise parser.error("manca il nome della variabile prima di «in»", token)
        if len(iterators) >= MAX_ITERATORS:
            raise parser.error(f"più di {MAX_ITERATORS} variabili in un solo ciclo", token)
        parser.expect("in")
        domain = parser.expression()
        last = parser.expression() if parser.accept("..") else None
        iterators.append(syntax.Iterator(token.start, name, domain, last))
        parser.lexicons[-1].add(name)
    return tuple(iterators)


def read_function(parser: Parser, start: int) -> Node:
    parser.expect("(")
    parameters: list[tuple[str, Type | None]] = []
    while not parser.accept(")"):
        if parameters:
            parser.expect(",")
        parameters.append(_parameter(parser))
    external = parser.accept("external")
    parser.declare([name for name, _ in parameters])
    body = parser.expression()
    parser.undeclare()
    return syntax.FunctionLiteral(start, tuple(parameters), None if external else body)


def _parameter(parser: Parser) -> tuple[str, Type | None]:
    for stop in (":", ",", ")"):
        name = parser.name_before(stop)
        if name is not None:
            return name, read_type(parser) if parser.accept(":") else None
    raise parser.error("manca il nome di un parametro")


MAX_ITERATORS = 20
CONSTRUCTS: dict[str, Callable[[Parser, int], Node]] = {
    "if": read_if,
    "for": read_for,
    "some": read_quantified,
    "every": read_quantified,
    "function": read_function,
}

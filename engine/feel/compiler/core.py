"""Turns a tree of syntax into a tree of closures: one rule per kind of node."""

from collections.abc import Callable
from typing import Any, TypeAlias

from engine.feel.scope import Scope
from engine.feel.syntax import Node
from engine.feel.values import Value

Evaluator: TypeAlias = Callable[[Scope], Value]
Rule: TypeAlias = Callable[[Any], Evaluator]

RULES: dict[type, Rule] = {}


def compiles(kind: type) -> Callable[[Rule], Rule]:
    """Register the rule that compiles one kind of node."""

    def register(rule: Rule) -> Rule:
        RULES[kind] = rule
        return rule

    return register


def compile_node(node: Node) -> Evaluator:
    """The closure that evaluates a node in a scope."""
    return RULES[type(node)](node)


def compile_all(nodes: tuple[Node, ...]) -> tuple[Evaluator, ...]:
    return tuple(compile_node(node) for node in nodes)

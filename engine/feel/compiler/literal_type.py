"""The type of an expression as far as its writing shows it: what a function of the expression gives back."""

from engine.feel.syntax import (
    Between,
    Comparison,
    ContextLiteral,
    FunctionLiteral,
    In,
    InstanceOf,
    Junction,
    ListLiteral,
    Literal,
    Node,
    Quantified,
    RangeLiteral,
)
from engine.feel.types import ANY, BASIC, NULL, ContextType, FunctionType, ListType, RangeType, Type
from engine.feel.values import kind_name

TRUTHS = (Between, Comparison, In, InstanceOf, Junction, Quantified)


def type_of(node: Node) -> Type:
    """The type of a literal, or of what is built of literals; null's, which conforms to any, where only an
    evaluation can tell.
    """
    if isinstance(node, Literal):
        return NULL if node.value is None else BASIC[kind_name(node.value)]
    if isinstance(node, TRUTHS):
        return BASIC["boolean"]
    if isinstance(node, ListLiteral):
        items = {type_of(item) for item in node.items} or {NULL}
        return ListType(items.pop() if len(items) == 1 else ANY)
    if isinstance(node, ContextLiteral):
        return ContextType(tuple((name, type_of(value)) for name, value in node.entries))
    if isinstance(node, RangeLiteral):
        return RangeType(type_of(node.start))
    if isinstance(node, FunctionLiteral) and node.body is not None:
        return FunctionType(tuple(kind or ANY for _, kind in node.parameters), type_of(node.body))
    return NULL

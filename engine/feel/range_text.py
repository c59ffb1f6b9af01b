"""Reads the text given to `range()`: bounds are literals, and one may be missing where the bracket is open
(DMN 1.5, 10.3.4.1): `[18..21)`, `[2..)`, `(..2]`.
"""

import re

from engine.feel import syntax
from engine.feel.arithmetic import negate
from engine.feel.comparison import compare
from engine.feel.errors import FeelSyntaxError, Nulled
from engine.feel.iso import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.parser import parse_text
from engine.feel.ranges import Range
from engine.feel.syntax import Node
from engine.feel.values import COMPARABLE, Value

ABOVE = re.compile(r"\s*([\[(\]])(.*)\.\.\s*[)\[]\s*", re.DOTALL)
BELOW = re.compile(r"\s*[(\]]\s*\.\.(.*)([\])\[])\s*", re.DOTALL)
LITERAL_FUNCTIONS = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "duration": parse_duration,
}


def parse_range(text: str) -> Range:
    """The range a text writes, from the lesser bound to the greater. Nulled for anything else."""
    above, below = ABOVE.fullmatch(text), BELOW.fullmatch(text)
    if above:
        return _unary(">=" if above[1] == "[" else ">", above[2])
    if below:
        return _unary("<=" if below[2] == "]" else "<", below[1])
    node = _tree(text)
    if not isinstance(node, syntax.RangeLiteral):
        raise Nulled(f"«{text}» non è un intervallo")
    start, end = _bound(node.start), _bound(node.end)
    order = compare(start, end)
    if order is None or order > 0:
        raise Nulled("i limiti dell'intervallo non sono in ordine")
    return Range(start, end, node.start_included, node.end_included)


def _unary(operator: str, text: str) -> Range:
    bound = _bound(_tree(text))
    if type(bound) not in COMPARABLE:
        raise Nulled(f"«{text}» non può essere il limite di un intervallo")
    return Range.unary(operator, bound)


def _tree(text: str) -> Node:
    try:
        return parse_text(text, frozenset())
    except FeelSyntaxError as error:
        raise Nulled(error.message) from None


def _bound(node: Node) -> Value:
    """The value of a literal, or of `date("…")` and its like on a string literal."""
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Negation):
        return negate(_bound(node.operand))
    if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name) and len(node.arguments) == 1:
        argument = node.arguments[0]
        read = LITERAL_FUNCTIONS.get(node.function.name)
        if read and isinstance(argument, syntax.Literal) and isinstance(argument.value, str):
            return read(argument.value)
    raise Nulled("i limiti dell'intervallo devono essere letterali")

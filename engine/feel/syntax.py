"""The nodes of a parsed expression. `at` is the position of the node in the text, in code points."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.feel.types import Type

Node: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Literal:
    at: int
    value: Any


@dataclass(frozen=True, slots=True)
class Malformed:
    """A literal that writes no value: null, with a warning."""

    at: int
    message: str


@dataclass(frozen=True, slots=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Negation:
    at: int
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`first op operand op operand…`, all of one precedence, folded from the left."""

    at: int
    first: Node
    rest: tuple[tuple[str, Node, int], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    at: int
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` or `or` of two operands or more."""

    at: int
    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A positive unary test: an operator with its endpoint, or an expression (operator None)."""

    at: int
    operator: str | None
    operand: Node
    mentions_input: bool = False


@dataclass(frozen=True, slots=True)
class In:
    at: int
    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    at: int
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If:
    """Pairs of condition and result (`else if` continues the list), and the last result."""

    at: int
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in domain`, or `name in domain..last`."""

    at: int
    name: str
    domain: Node
    last: Node | None


@dataclass(frozen=True, slots=True)
class For:
    at: int
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    at: int
    quantifier: str
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """A function; body None is an external one, which is refused when evaluated."""

    at: int
    parameters: tuple[tuple[str, Type | None], ...]
    body: Node | None


@dataclass(frozen=True, slots=True)
class Call:
    """An invocation; `names` is None when the arguments are positional."""

    at: int
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Path:
    at: int
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    at: int
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class ListLiteral:
    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    at: int
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    at: int
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class UnaryRange:
    at: int
    operator: str
    bound: Node


@dataclass(frozen=True, slots=True)
class UnaryTestsNode:
    """Tests joined by "or", possibly negated as a whole; no tests is `-`, which any value passes."""

    at: int
    tests: tuple[Test, ...]
    negated: bool = field(default=False)

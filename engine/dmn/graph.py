"""The elements of a decision requirement graph (DMN 1.5, chapter 6), and the order they are decided in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.dmn.errors import DecisionCycle
from engine.dmn.function import FunctionDefinition
from engine.dmn.run import Boxed


@dataclass(frozen=True, slots=True)
class Node:
    """What all elements have. `names` are those that others read it by: its variable's; or, where the file
    writes no variable, its own and its id (by which Camunda 8 reads a decision)."""

    element_id: str
    name: str
    names: Sequence[str]
    type_ref: str | None

    @property
    def variable(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class InputData(Node):
    pass


@dataclass(frozen=True, slots=True)
class Decision(Node):
    """`requires` are ids of decisions and input data, `knowledge` of functions and services."""

    requires: Sequence[str]
    knowledge: Sequence[str]
    logic: Boxed | None


@dataclass(frozen=True, slots=True)
class KnowledgeModel(Node):
    """A business knowledge model: a function with a name in the graph."""

    knowledge: Sequence[str]
    logic: FunctionDefinition | None


@dataclass(frozen=True, slots=True)
class Service(Node):
    """A decision service; as a function it takes its input data, then its input decisions."""

    outputs: Sequence[str]
    encapsulated: Sequence[str]
    input_decisions: Sequence[str]
    input_data: Sequence[str]


Element = InputData | Decision | KnowledgeModel | Service


def in_order(roots: Iterable[str], requires: Callable[[str], Iterable[str]]) -> list[str]:
    """What the roots need, each after what it needs itself. Raises DecisionCycle.

    Iterative: a chain of thousands of decisions must not end in a RecursionError.
    """
    order: list[str] = []
    state: dict[str, bool] = {}
    for root in roots:
        path = [(root, iter(requires(root)))] if root not in state else []
        state.setdefault(root, False)
        while path:
            current, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if not state[current]:
                    state[current] = True
                    order.append(current)
            elif following not in state:
                state[following] = False
                path.append((following, iter(requires(following))))
            elif not state[following]:
                names = [name for name, _ in path]
                raise DecisionCycle(following, [*names[names.index(following) :], following])
    return order

"""The elements of a decision requirement graph (DMN 1.5, chapter 6), and the order they are decided in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.dmn.errors import DecisionCycle
from engine.dmn.function import FunctionDefinition
from engine.dmn.run import Boxed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InputData:
    element_id: str
    name: str
    variable: str
    type_ref: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """`requires` are ids of decisions and input data, `knowledge` of functions and services."""

    element_id: str
    name: str
    variable: str
    type_ref: str | None
    requires: Sequence[str]
    knowledge: Sequence[str]
    logic: Boxed | None


@dataclass(frozen=True, slots=True)
class KnowledgeModel:
    """A business knowledge model: a function with a name in the graph."""

    element_id: str
    name: str
    variable: str
    type_ref: str | None
    knowledge: Sequence[str]
    logic: FunctionDefinition | None


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service; as a function it takes its input data, then its input decisions."""

    element_id: str
    name: str
    variable: str
    type_ref: str | None
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

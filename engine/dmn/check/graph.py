"""Faults of the requirement graph: references to nothing, cycles, two things with one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.dmn.errors import DecisionCycle
from engine.dmn.graph import Decision, Element, InputData, KnowledgeModel, Service, in_order
from engine.dmn.problem import Problem

if TYPE_CHECKING:
    from engine.dmn.model import Model


def graph_problems(model: Model) -> Iterator[Problem]:
    elements = model.definitions.elements
    for identifier in model.definitions.repeated_ids:
        yield Problem(identifier, f"Più elementi hanno lo stesso id «{identifier}».")
    yield from _same_names(elements)
    for element in elements:
        yield from _missing(model, element)
        if isinstance(element, Decision) and element.logic is None:
            yield Problem(element.element_id, f"La decisione «{element.name}» è vuota.")
        if isinstance(element, KnowledgeModel) and element.logic is None:
            yield Problem(element.element_id, f"La funzione «{element.name}» è vuota.")
        if isinstance(element, Service) and not element.outputs:
            yield Problem(element.element_id, f"Il servizio «{element.name}» non ha decisioni in uscita.")
    yield from _cycle(elements, model.requires)
    yield from _cycle(elements, lambda name: _functions(model, name))


def _same_names(elements: Sequence[Element]) -> Iterator[Problem]:
    names = Counter(element.variable for element in elements)
    for element in elements:
        if not element.name:
            yield Problem(element.element_id, "Un elemento è senza nome.")
        elif names[element.variable] > 1:
            yield Problem(element.element_id, f"Più elementi si chiamano «{element.variable}».")


def _missing(model: Model, element: Element) -> Iterator[Problem]:
    """References that lead to nothing, or to an element of the wrong kind."""
    for reference, kinds in _references(element):
        found = model.find(reference) or next(iter((model.outside(reference) or ())[2:]), None)
        if not isinstance(found, kinds):
            yield Problem(element.element_id, f"«{element.name}» richiede «{reference}», che non esiste.")


def _references(element: Element) -> Iterator[tuple[str, tuple[type, ...]]]:
    if isinstance(element, Decision):
        yield from ((reference, (Decision, InputData)) for reference in element.requires)
    if isinstance(element, Decision | KnowledgeModel):
        yield from ((reference, (KnowledgeModel, Service)) for reference in element.knowledge)
    if isinstance(element, Service):
        inside = [*element.outputs, *element.encapsulated, *element.input_decisions]
        yield from ((reference, (Decision,)) for reference in inside)
        yield from ((reference, (InputData,)) for reference in element.input_data)


def _functions(model: Model, name: str) -> list[str]:
    """Functions that a function needs; one that calls itself is a recursion, not a cycle of the graph."""
    element = model.find(name)
    if not isinstance(element, KnowledgeModel):
        return []
    required = model.found(element.knowledge)
    return [found.element_id for found in required if found.element_id != element.element_id]


def _cycle(elements: Sequence[Element], requires: Callable[[str], Iterable[str]]) -> Iterator[Problem]:
    try:
        in_order([element.element_id for element in elements], requires)
    except DecisionCycle as cycle:
        yield Problem(cycle.element_id, cycle.message_it)

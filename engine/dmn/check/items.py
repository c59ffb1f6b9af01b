"""Faults of types: names of nothing, allowed values that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.dmn.item import ItemDefinition, items_in_a_circle
from engine.dmn.problem import Problem

if TYPE_CHECKING:
    from engine.dmn.model import Model


def item_problems(model: Model) -> Iterator[Problem]:
    items = model.definitions.items
    for name in items_in_a_circle(items):
        yield Problem(name, f"Il tipo «{name}» rimanda a sé stesso.")
    yield from _faults(model, items)
    for element in model.definitions.elements:
        if element.type_ref and model.types.find(element.type_ref) is None:
            yield Problem(element.element_id, f"Il tipo «{element.type_ref}» di «{element.name}» non esiste.")


def _faults(model: Model, items: Sequence[ItemDefinition]) -> Iterator[Problem]:
    for item in items:
        for type_ref in [item.type_ref, *(item.function or [])]:
            if type_ref and model.types.find(type_ref) is None:
                yield Problem(item.element_id, f"Il tipo «{type_ref}» di «{item.name}» non esiste.")
        for tests in (item.allowed, item.constraint):
            if tests is not None and tests.refused is not None:
                message = f"Valori ammessi di «{item.name}» illeggibili: {tests.refused.message}."
                yield Problem(item.element_id, message)
        yield from _faults(model, item.components)

"""Errors that nobody in the path catches: if whoever calls it does not either, the pratica waits for a person."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checker.context import Found
from engine.dialect import Diagram, Element

UNCAUGHT = (
    "qui nessuno raccoglie l'errore «{0}»: se non lo fa chi chiama questo percorso, la pratica si ferma "
    "e aspetta una persona"
)


def check(diagram: Diagram) -> Iterator[Found]:
    """Advice about errors thrown at an end."""
    elements = diagram.elements.values()
    for element in elements:
        event = element.event
        if element.kind != "endEvent" or event is None or event.kind != "error":
            continue
        if not any(_catches(each, element, diagram) for each in elements):
            yield element.id, UNCAUGHT.format(event.code)


def _catches(catcher: Element, thrower: Element, diagram: Diagram) -> bool:
    """Whether an event stands around an end: on the border of a scope that it is in, or beside what is in one."""
    event, code = catcher.event, thrower.event.code if thrower.event is not None else None
    if event is None or event.kind != "error" or catcher.throws or event.code not in (None, "", code):
        return False
    scopes = list(_around(thrower, diagram))
    if catcher.kind == "boundaryEvent":
        return catcher.attached_to in scopes
    holder = diagram.elements.get(catcher.parent)
    return holder is not None and holder.id not in scopes and holder.parent in scopes


def _around(element: Element, diagram: Diagram) -> Iterator[str]:
    """The scopes that an element is in, the process last."""
    yield element.parent
    holder = diagram.elements.get(element.parent)
    if holder is not None:
        yield from _around(holder, diagram)

"""Compensation: is there something to undo, and a step that undoes it?"""

from __future__ import annotations

from collections.abc import Iterator

from engine.dialect import Diagram, Element

HANDLERS = {
    *("task", "userTask", "manualTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask"),
    "callActivity",
}


def check(element: Element, diagram: Diagram) -> Iterator[str]:
    """Refusals about an event that throws or awaits compensation, and about a step that compensates."""
    if element.compensates:
        yield from _handler(element, diagram)
    if element.event is None or element.event.kind != "compensate":
        return
    if element.kind == "startEvent":
        yield "la compensazione si attacca al bordo del passo da disfare: togli questo inizio"
    elif element.kind == "boundaryEvent":
        yield from _boundary(element, diagram)
    elif element.throws:
        yield from _throw(element, diagram)


def _boundary(element: Element, diagram: Diagram) -> Iterator[str]:
    host, handler = (diagram.elements.get(each or "") for each in (element.attached_to, element.handler))
    if host is not None and host.loop is not None:
        yield f"«{host.id}» si ripete, e non si saprebbe quale giro disfare: togli la compensazione"
    if handler is None or not handler.compensates or handler.parent != element.parent:
        yield (
            "la compensazione non porta a nessun passo che rimedia: tira un'associazione verso uno, "
            "segnato «Compensation»"
        )
    asked = {_scope(each, diagram) for each in _throws(diagram)}
    if not asked.intersection(_reach(element, diagram)):
        yield "qui nessuno chiede di disfare: lancia la compensazione con un evento intermedio o di fine"


def _handler(element: Element, diagram: Diagram) -> Iterator[str]:
    if element.kind not in HANDLERS or element.loop is not None:
        yield "rimedia un passo solo, che non si ripete: usa un percorso chiamato se sono di più"
    if any(other.attached_to == element.id for other in diagram.elements.values()):
        yield "un passo che rimedia non ha eventi sul bordo: usa un percorso chiamato"
    if not any(other.handler == element.id for other in diagram.elements.values()):
        yield "nessuna compensazione porta qui: tira un'associazione dal bordo del passo da disfare"


def _throw(element: Element, diagram: Diagram) -> Iterator[str]:
    scope = _scope(element, diagram)
    undone: set[str | None] = set()
    for each in diagram.elements.values():
        reach = list(_reach(each, diagram)) if each.handler else []
        if scope in reach:
            undone |= {each.attached_to, *reach[: reach.index(scope)]}
    only = element.event.name if element.event is not None else None
    if not undone:
        yield "qui non c'è niente da disfare: attacca una compensazione al bordo dei passi da disfare"
    elif only is not None and only not in undone:
        yield f"«{only}» non ha una compensazione sul bordo, o da qui non si può disfare: attaccagliene una"


def _reach(border: Element, diagram: Diagram) -> Iterator[str]:
    """The scopes from which an activity can be undone: its own, and those around it when that is over."""
    wholes = {each.attached_to for each in diagram.elements.values() if each.handler}
    scope: str | None = border.parent
    while scope is not None:
        yield scope
        holder = diagram.elements.get(scope)
        # a round takes its variables along, and what is undone as a whole is not undone piece by piece
        scope = None if holder is None or holder.loop is not None or holder.id in wholes else holder.parent


def _throws(diagram: Diagram) -> Iterator[Element]:
    for element in diagram.elements.values():
        if element.throws and element.event is not None and element.event.kind == "compensate":
            yield element


def _scope(element: Element, diagram: Diagram) -> str:
    """Where a throwing event looks for what to undo."""
    holder = diagram.elements.get(element.parent)
    return holder.parent if holder is not None and holder.event_subprocess else element.parent

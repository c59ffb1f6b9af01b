"""Events that wait in one place for one thing: the first is always taken, and the way of the second never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.checker.context import Found
from engine.dialect import Diagram, Element

NEVER = "aspetta la stessa cosa di «{0}», e si prenderebbe sempre quella via: lasciane una"
_NAMED = ("message", "signal", "error", "escalation")


def check(diagram: Diagram) -> Iterator[Found]:
    """Refusals about ways that nobody would ever take."""
    for place in _places(diagram):
        first: dict[tuple[str | None, ...], Element] = {}
        for element in place:
            rival = first.setdefault(_awaited(element), element)
            if rival is not element:
                yield element.id, NEVER.format(rival.name or rival.id)


def _places(diagram: Diagram) -> Iterator[Sequence[Element]]:
    """The events of which only one is taken: after a gateway, on a border, or taking over a scope."""
    elements = diagram.elements
    after: dict[str, list[Element]] = {}
    border: dict[str, list[Element]] = {}
    over: dict[str, list[Element]] = {}
    for flow in diagram.flows.values():
        source, target = elements.get(flow.source), elements.get(flow.target)
        if source is not None and source.kind == "eventBasedGateway" and target is not None:
            after.setdefault(source.id, []).append(target)
    for element in elements.values():
        holder = elements.get(element.parent)
        if element.attached_to and element.interrupting:
            border.setdefault(element.attached_to, []).append(element)
        elif element.kind == "startEvent" and element.interrupting and holder and holder.event_subprocess:
            over.setdefault(holder.parent, []).append(element)
    for places in (after, border, over):
        yield from ([each for each in place if _is_named(each)] for place in places.values())


def _is_named(element: Element) -> bool:
    return element.event is not None and element.event.kind in _NAMED


def _awaited(element: Element) -> tuple[str | None, ...]:
    event = element.event
    assert event is not None
    return event.kind, event.name, event.key, event.code

"""Cycles in which nobody ever waits: a step would run in them for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checker.context import Context, Found
from engine.checker.flows import Graph
from engine.dialect import Diagram, Element
from engine.running import HUMAN

CATCHING = (*HUMAN, "receiveTask", "intermediateCatchEvent", "eventBasedGateway")


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """One element of a cycle without a wait; and a path that calls itself before any wait."""
    graph = Graph(diagram)
    restless = {e.id for e in diagram.elements.values() if not _waits(e, diagram, context)}
    yield from _cycle(restless, graph)
    yield from _recursion(diagram, restless, graph)


def _cycle(restless: set[str], graph: Graph) -> Iterator[Found]:
    done: set[str] = set()
    for start in sorted(restless):
        trail: list[str] = []
        on_trail: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            current, leaving = stack.pop()
            if leaving:
                on_trail.discard(trail.pop())
                done.add(current)
                continue
            if current in on_trail:
                yield (
                    current,
                    "è in un ciclo in cui nessuno aspetta mai e girerebbe per sempre: "
                    "metti nel giro un passo di una persona, un messaggio o un timer",
                )
                return
            if current in done or current not in restless:
                continue
            trail.append(current)
            on_trail.add(current)
            stack.append((current, True))
            stack.extend((following, False) for following in graph.next[current])


def _recursion(diagram: Diagram, restless: set[str], graph: Graph) -> Iterator[Found]:
    seen: set[str] = set()
    stack = [start.id for start in diagram.starts()]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        element = diagram.elements[current]
        if element.kind == "callActivity" and element.called == diagram.process_id:
            yield (
                current,
                "il percorso chiama sé stesso prima di ogni attesa: metti un'attesa prima, o toglila",
            )
        if current in restless:
            stack.extend(graph.next[current])


def _waits(element: Element, diagram: Diagram, context: Context) -> bool:
    """Whether a token may stay here beyond the end of a step. What is not known is taken to wait."""
    if element.links is not None:
        return False
    if element.kind in CATCHING or element.kind == "callActivity":
        return True
    if element.kind == "boundaryEvent":
        return element.event is not None and element.event.kind in ("message", "timer", "signal")
    if element.kind in ("serviceTask", "sendTask"):
        operation = context.operation(element.operation)
        return operation is None or not operation.inside
    if element.kind == "subProcess":
        inside = (e for e in diagram.elements.values() if e.parent == element.id)
        return any(_waits(e, diagram, context) for e in inside if not e.event_subprocess)
    return False

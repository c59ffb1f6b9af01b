"""The flows: what leads where, and what would never move, never wait or run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from engine.checker.elements import ACTIVITIES
from engine.dialect import Diagram, Element
from engine.operation import Operations
from engine.running import HUMAN

Found = tuple[str, str]

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
FORKING = ("parallelGateway", "inclusiveGateway")
GATEWAYS = (*CHOOSING, "parallelGateway", "eventBasedGateway")


def check(diagram: Diagram, operations: Operations | None) -> Iterator[Found]:
    """Refusals about how elements are connected."""
    yield from _ends_of_flows(diagram)
    starts = list(diagram.starts())
    if len(starts) != 1:
        yield diagram.process_id, "un percorso ha esattamente un evento di inizio"
    for start in starts:
        if start.event is not None:
            yield (
                start.id,
                "il percorso comincia con un inizio semplice: lo apre una persona o un altro percorso",
            )
    graph = Graph(diagram)
    for element in diagram.elements.values():
        yield from ((element.id, message) for message in _connections(element, diagram, graph))
    yield from _unreachable(diagram, graph)
    yield from _restless_cycles(diagram, graph, operations)
    yield from _run_twice(diagram, graph)


class Graph:
    """Successors by element, boundary events counted as ways out of what they hang on."""

    def __init__(self, diagram: Diagram) -> None:
        self.out: dict[str, list[str]] = defaultdict(list)
        self.into: dict[str, list[str]] = defaultdict(list)
        for flow in diagram.flows.values():
            self.out[flow.source].append(flow.target)
            self.into[flow.target].append(flow.source)
        self.next: Mapping[str, list[str]] = {
            element.id: [
                *self.out[element.id],
                *(e.id for e in diagram.elements.values() if e.attached_to == element.id),
            ]
            for element in diagram.elements.values()
        }

    def reachable(self, starts: list[str], *, stop_at: frozenset[str] = frozenset()) -> set[str]:
        """All elements that tokens from `starts` can come to, not going beyond `stop_at`."""
        seen: set[str] = set()
        stack = list(starts)
        while stack:
            current = stack.pop()
            if current not in seen:
                seen.add(current)
                if current not in stop_at:
                    stack.extend(self.next.get(current, ()))
        return seen


def _ends_of_flows(diagram: Diagram) -> Iterator[Found]:
    for flow in diagram.flows.values():
        if flow.source not in diagram.elements or flow.target not in diagram.elements:
            yield flow.id, "il flusso non collega due elementi del percorso"


def _connections(element: Element, diagram: Diagram, graph: Graph) -> Iterator[str]:
    out, into = graph.out[element.id], graph.into[element.id]
    if element.event_subprocess:
        if out or into:
            yield "un sottoprocesso a evento non ha flussi"
        return
    if element.kind == "endEvent":
        if out:
            yield "da un evento di fine non esce nessun flusso"
    elif not out:
        yield "da qui non si va da nessuna parte: tira un flusso, o metti un evento di fine"
    if element.kind not in GATEWAYS and len(out) > 1:
        yield "da un passo esce un solo flusso: usa un gateway per dividere"
    if element.kind in ("startEvent", "boundaryEvent"):
        if into:
            yield "in questo evento non entra nessun flusso"
    elif not into:
        yield "qui non arriva nessun flusso"
    if element.kind in CHOOSING and len(out) > 1:
        yield from _choices(element, diagram)
    if element.kind == "eventBasedGateway":
        for target in out:
            following = diagram.elements.get(target)
            if following is None or following.kind != "intermediateCatchEvent":
                yield "dopo un gateway a eventi vengono solo eventi che aspettano un messaggio o un timer"


def _choices(element: Element, diagram: Diagram) -> Iterator[str]:
    flows = [flow for flow in diagram.flows.values() if flow.source == element.id]
    if element.default is None:
        yield "manca il flusso predefinito: se nessuna condizione vale, la pratica si fermerebbe"
    elif element.default not in {flow.id for flow in flows}:
        yield "il flusso predefinito non esce da qui"
    for flow in flows:
        if flow.id != element.default and not flow.condition:
            yield f"il flusso «{flow.name or flow.id}» non ha condizione"


def _unreachable(diagram: Diagram, graph: Graph) -> Iterator[Found]:
    starts = [e.id for e in diagram.elements.values() if e.kind == "startEvent"]
    for element in diagram.elements.values():
        if not element.event_subprocess and element.id not in graph.reachable(starts):
            yield element.id, "dall'inizio non ci si arriva mai"


def _restless_cycles(diagram: Diagram, graph: Graph, operations: Operations | None) -> Iterator[Found]:
    """A cycle in which nobody ever waits would run for ever in one step."""
    restless = {e.id for e in diagram.elements.values() if not _waits(e, operations)}
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
                yield current, "è in un ciclo in cui nessuno aspetta mai: girerebbe per sempre"
                return
            if current in done or current not in restless:
                continue
            trail.append(current)
            on_trail.add(current)
            stack.append((current, True))
            stack.extend((following, False) for following in graph.out[current])


def _waits(element: Element, operations: Operations | None) -> bool:
    if element.kind in (*HUMAN, "receiveTask", "intermediateCatchEvent", "eventBasedGateway"):
        return True
    if element.kind in ("callActivity", "subProcess", "boundaryEvent"):
        return True
    if element.kind in ("serviceTask", "sendTask"):
        operation = operations.get(element.operation or "") if operations is not None else None
        return operation is None or not operation.inside
    return False


def _run_twice(diagram: Diagram, graph: Graph) -> Iterator[Found]:
    """Two branches of a fork that meet in an activity, without a join, make it run twice."""
    joins = frozenset(
        e.id for e in diagram.elements.values() if e.kind in FORKING and len(graph.into[e.id]) > 1
    )
    for fork in diagram.elements.values():
        if fork.kind not in FORKING or len(graph.out[fork.id]) < 2:
            continue
        branches = [graph.reachable([target], stop_at=joins) - joins for target in graph.out[fork.id]]
        for element in diagram.elements.values():
            meets = sum(element.id in branch for branch in branches)
            if meets > 1 and element.kind in ACTIVITIES and len(graph.into[element.id]) > 1:
                yield element.id, f"i rami che partono da «{fork.id}» ci arrivano due volte: riuniscili prima"

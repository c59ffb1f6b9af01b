"""The flows: what leads where, and what no token could ever follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from engine.checker.context import Found
from engine.dialect import Diagram, Element, Flow
from engine.opening import KINDS

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
GATEWAYS = (*CHOOSING, "parallelGateway", "eventBasedGateway")


def check(diagram: Diagram) -> Iterator[Found]:
    """Refusals about how elements are connected."""
    yield from _ends_of_flows(diagram)
    yield from _starts(diagram)
    graph = Graph(diagram)
    for element in diagram.elements.values():
        yield from ((element.id, message) for message in _connections(element, diagram, graph))
    for flow in diagram.flows.values():
        yield from ((flow.id, message) for message in _condition(flow, diagram, graph))


class Graph:
    """Successors by element, boundary events counted as ways out of what they hang on."""

    def __init__(self, diagram: Diagram) -> None:
        self.out: dict[str, list[str]] = defaultdict(list)
        self.into: dict[str, list[str]] = defaultdict(list)
        for flow in diagram.flows.values():
            self.out[flow.source].append(flow.target)
            self.into[flow.target].append(flow.source)
        attached: dict[str, list[str]] = defaultdict(list)
        for element in diagram.elements.values():
            if element.attached_to:
                attached[element.attached_to].append(element.id)
            if element.handler is not None:
                attached[element.id].append(element.handler)
        self.next: Mapping[str, list[str]] = {
            identity: [*self.out[identity], *attached[identity]] for identity in diagram.elements
        }

    def reachable(self, starts: list[str]) -> set[str]:
        """All elements that tokens from `starts` can come to."""
        seen: set[str] = set()
        stack = list(starts)
        while stack:
            current = stack.pop()
            if current not in seen:
                seen.add(current)
                stack.extend(self.next.get(current, ()))
        return seen


def _ends_of_flows(diagram: Diagram) -> Iterator[Found]:
    for flow in diagram.flows.values():
        source, target = diagram.elements.get(flow.source), diagram.elements.get(flow.target)
        if source is None or target is None:
            yield flow.id, "il flusso non collega due elementi del percorso: ritiralo"
        elif source.parent != target.parent:
            yield flow.id, "il flusso attraversa il bordo di un sottoprocesso: fallo uscire dal sottoprocesso"


def _starts(diagram: Diagram) -> Iterator[Found]:
    plain = [start for start in diagram.starts() if start.event is None]
    if len(plain) != 1:
        yield (
            diagram.process_id,
            f"un percorso ha esattamente un inizio semplice, da cui lo apre una persona: qui sono {len(plain)}",
        )
    told: set[tuple[str, str | None]] = set()
    for start in diagram.starts():
        if start.event is None:
            continue
        if start.event.kind not in KINDS:
            yield (
                start.id,
                "un percorso si apre a mano, per un messaggio o per un segnale: scegli uno di questi",
            )
        elif (start.event.kind, start.event.name) in told:
            yield start.id, "un altro inizio ha già questo messaggio o segnale: lasciane uno"
        told.add((start.event.kind, start.event.name))


def _connections(element: Element, diagram: Diagram, graph: Graph) -> Iterator[str]:
    out, into = graph.out[element.id], graph.into[element.id]
    if element.event_subprocess:
        if out or into:
            yield "un sottoprocesso a evento non ha flussi: toglili"
        return
    if element.compensates or element.handler is not None:
        if out or into:
            yield "chi rimedia si collega con un'associazione, non con un flusso: togli il flusso"
        return
    if element.event is not None and element.event.kind == "link":
        yield from _link(element, diagram)
        return
    if element.kind == "endEvent":
        if out:
            yield "da un evento di fine non esce nessun flusso: toglilo, o usa un evento intermedio"
    elif not out:
        yield "da qui non si va da nessuna parte: tira un flusso, o metti un evento di fine"
    if element.kind not in GATEWAYS and len(out) > 1:
        yield "da un passo esce un solo flusso: usa un gateway per dividere"
    if element.kind in ("startEvent", "boundaryEvent"):
        if into:
            yield "in questo evento non entra nessun flusso: portalo al passo che segue"
    elif not into:
        yield "qui non arriva nessun flusso: tirane uno, o togli l'elemento"
    if element.kind in CHOOSING and len(out) > 1:
        yield from _choices(element, diagram)
    if element.kind == "eventBasedGateway":
        for target in out:
            following = diagram.elements.get(target)
            if following is None or following.kind != "intermediateCatchEvent" or following.links:
                yield "dopo un gateway a eventi vengono solo eventi che aspettano un messaggio, un segnale o un timer"


def _link(element: Element, diagram: Diagram) -> Iterator[str]:
    """A link leads from where it is thrown to the one place of its scope that has its name."""
    throws = element.kind == "intermediateThrowEvent"
    if not element.links:
        yield "il collegamento non ha nome: dagli quello dell'altro capo"
        return
    same = [e for e in diagram.elements.values() if e.parent == element.parent and e.links == element.links]
    ends = [e for e in same if e.kind == "intermediateCatchEvent"]
    if throws and not ends:
        yield f"nessun arrivo si chiama «{element.links}» qui: mettine uno con questo nome, o tira un flusso"
    elif not throws and len(same) == len(ends):
        yield f"nessun collegamento porta a «{element.links}»: dai questo nome a uno, o togli l'arrivo"
    elif not throws and element is not ends[0]:
        yield f"un altro arrivo si chiama già «{element.links}»: lasciane uno, o cambia nome"
    drawn = [flow for flow in diagram.flows.values() if flow.drawn]
    if throws and any(flow.source == element.id for flow in drawn):
        yield "da un collegamento non esce nessun flusso, va all'arrivo con il suo nome: togli il flusso"
    if not throws and any(flow.target == element.id for flow in drawn):
        yield "all'arrivo di un collegamento non arriva nessun flusso: portalo al passo che segue"
    if throws and not any(flow.target == element.id for flow in drawn):
        yield "qui non arriva nessun flusso: tirane uno, o togli l'elemento"
    out = [flow for flow in drawn if flow.source == element.id]
    if not throws and len(out) != 1:
        yield "dall'arrivo di un collegamento esce un flusso: tirane uno, e uno solo"


def _choices(element: Element, diagram: Diagram) -> Iterator[str]:
    flows = [flow for flow in diagram.flows.values() if flow.source == element.id]
    if element.default is None:
        yield (
            "manca il flusso predefinito: se nessuna condizione vale, la pratica si fermerebbe; "
            "segnane uno («Default flow»)"
        )
    elif element.default not in {flow.id for flow in flows}:
        yield "il flusso predefinito non esce da qui: scegline uno di questi"
    for flow in flows:
        if flow.id != element.default and not flow.condition:
            yield f"il flusso «{flow.name or flow.id}» non ha condizione: scrivila, o fallo predefinito"


def _condition(flow: Flow, diagram: Diagram, graph: Graph) -> Iterator[str]:
    """A condition where nothing is chosen would be overlooked, or would stop the token for ever."""
    source = diagram.elements.get(flow.source)
    if source is None or not flow.condition:
        return
    if source.kind not in CHOOSING:
        yield "qui la condizione non si guarda: toglila, o metti prima un gateway esclusivo"
    elif len(graph.out[source.id]) == 1:
        yield "da qui c'è una sola via: se la condizione non valesse la pratica si fermerebbe; toglila"


def unreachable(diagram: Diagram) -> Iterator[Found]:
    """Elements that no token comes to, though all their flows are in order."""
    graph = Graph(diagram)
    reached = graph.reachable([e.id for e in diagram.elements.values() if e.kind == "startEvent"])
    for element in diagram.elements.values():
        if not element.event_subprocess and element.id not in reached:
            yield element.id, "dall'inizio non ci si arriva mai: collegalo, o toglilo"

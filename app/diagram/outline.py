"""The path told in words, step by step: the same content as the picture, for who listens to it."""

from __future__ import annotations

from dataclasses import dataclass

from app.diagram.canvas import Element
from app.diagram.order import ordered
from app.diagram.reading import read
from app.diagram.shape import ACTIVITIES, GATEWAYS, Diagram, Flow, Node
from app.diagram.state import WORDS, Marks, State, state_of, travelled

KINDS = {
    "userTask": "attività",
    "manualTask": "attività",
    "task": "attività",
    "serviceTask": "automatico",
    "scriptTask": "automatico",
    "sendTask": "invio",
    "receiveTask": "attesa",
    "businessRuleTask": "tabella di decisione",
    "callActivity": "altro percorso",
    "subProcess": "gruppo di passi",
    "transaction": "gruppo di passi",
    "adHocSubProcess": "passi a scelta",
    "exclusiveGateway": "domanda",
    "inclusiveGateway": "domanda",
    "complexGateway": "domanda",
    "parallelGateway": "insieme",
    "eventBasedGateway": "che cosa arriva prima",
    "startEvent": "inizio",
    "endEvent": "fine",
    "intermediateCatchEvent": "attesa",
    "intermediateThrowEvent": "fatto",
}
BORDERS = {
    "timer": "scadenza",
    "message": "arrivo",
    "signal": "segnale",
    "error": "rifiuto",
    "escalation": "segnalazione",
    "compensate": "rimedio",
}
STILL = {
    "intermediateCatchEvent": {
        "timer": "attesa di una data",
        "message": "attesa di una risposta",
        "signal": "attesa di un segnale",
        "link": "arrivo",
    },
    "intermediateThrowEvent": {
        "message": "invio",
        "signal": "segnale",
        "link": "continua altrove",
        "compensate": "si disfa quello che è fatto",
    },
}


@dataclass(frozen=True)
class Answer:
    """One way out of a step: `label` is the answer written on the flow ("" when there is only one way),
    `target` the named step it leads to, through joins without a name; `back` when that comes earlier."""

    label: str
    target: str
    target_name: str
    state: State
    default: bool = False
    back: bool = False


@dataclass(frozen=True)
class Step:
    """One line of the outline.

    number: counts activities only, at every depth; None for events and gateways. state_word: the state in
    words. ways: where it goes on, empty when the next line of the outline says it. border: the events on
    its edge, as steps of their own. inside: the steps of a subprocess."""

    id: str
    name: str
    kind: str
    lane: str
    state: State
    state_word: str
    number: int | None
    ways: tuple[Answer, ...] = ()
    border: tuple[Step, ...] = ()
    inside: tuple[Step, ...] = ()
    interrupting: bool = True


@dataclass(frozen=True)
class Outline:
    """`steps`: the path; `anytime`: what may start at any moment of it (event subprocesses)."""

    steps: tuple[Step, ...]
    anytime: tuple[Step, ...] = ()

    @property
    def activities(self) -> int:
        """How many numbered steps there are: the «11» of «passo 7 di 11»."""
        return sum(count(step) for step in (*self.steps, *self.anytime))

    def number_of(self, element_id: str) -> int | None:
        return next(
            (s.number for top in (*self.steps, *self.anytime) for s in flat(top) if s.id == element_id), None
        )


def flat(step: Step) -> list[Step]:
    return [step, *(found for inner in (*step.border, *step.inside) for found in flat(inner))]


def count(step: Step) -> int:
    return sum(1 for found in flat(step) if found.number is not None)


class Teller:
    """Walks one diagram; keeps the running number."""

    def __init__(self, diagram: Diagram, marks: Marks) -> None:
        self.diagram = diagram
        self.marks = marks
        self.done = travelled(diagram, marks)
        self.number = 0

    def tell(self) -> Outline:
        top = self.diagram.inside("")
        anytime = [node for node in top if node.by_event]
        path = self.level([node for node in top if not node.by_event])
        return Outline(path, self.level(anytime))

    def level(self, nodes: list[Node]) -> tuple[Step, ...]:
        line = ordered(self.diagram, nodes)
        place = {node.id: position for position, node in enumerate(line)}
        told = [node for node in line if self.is_told(node)]
        return tuple(
            self.step(node, told[position + 1].id if position + 1 < len(told) else "", place)
            for position, node in enumerate(told)
        )

    def step(self, node: Node, following: str, place: dict[str, int]) -> Step:
        number = None
        if node.kind in ACTIVITIES:
            self.number += 1
            number = self.number
        state = state_of(node.id, self.marks)
        return Step(
            id=node.id,
            name=name_of(node),
            kind=STILL.get(node.kind, {}).get(node.event) or KINDS.get(node.kind, "passo"),
            lane=node.lane,
            state=state,
            state_word=WORDS[state],
            number=number,
            ways=self.ways(node, following, place),
            border=tuple(self.border(event, place) for event in self.diagram.boundary(node.id)),
            inside=self.level(self.diagram.inside(node.id)),
            interrupting=node.interrupting,
        )

    def border(self, event: Node, place: dict[str, int]) -> Step:
        state = state_of(event.id, self.marks)
        kind = BORDERS.get(event.event, "evento")
        return Step(
            id=event.id,
            name=event.name or kind.capitalize(),
            kind=kind,
            lane=event.lane,
            state=state,
            state_word=WORDS[state],
            number=None,
            ways=self.ways(event, "", place),
            interrupting=event.interrupting,
        )

    def ways(self, node: Node, following: str, place: dict[str, int]) -> tuple[Answer, ...]:
        answers = [self.answer(node, flow, place) for flow in self.diagram.outgoing(node.id)]
        plain = len(answers) == 1 and not answers[0].label and answers[0].target == following
        return () if plain else tuple(answers)

    def answer(self, node: Node, flow: Flow, place: dict[str, int]) -> Answer:
        target = self.named_target(flow)
        state: State = "fatto" if flow.id in self.done else "poi"
        back = place.get(target.id, -1) <= place.get(node.id, -1) and target.id in place
        return Answer(flow.name, target.id, name_of(target), state, flow.default, back)

    def named_target(self, flow: Flow) -> Node:
        """Where the flow leads, through joins that say nothing."""
        seen = {flow.id}
        node = self.diagram.nodes[flow.target]
        while not self.is_told(node):
            onward = [following for following in self.diagram.outgoing(node.id) if following.id not in seen]
            if len(onward) != 1:
                break
            seen.add(onward[0].id)
            node = self.diagram.nodes[onward[0].target]
        return node

    def is_told(self, node: Node) -> bool:
        """Not the border events (told with their step), nor the gateways that only join."""
        if node.attached_to:
            return False
        return node.kind not in GATEWAYS or bool(node.name) or len(self.diagram.outgoing(node.id)) > 1


def name_of(node: Node) -> str:
    return node.name or KINDS.get(node.kind, "passo").capitalize()


def outline(xml: Element | Diagram, marks: Marks | None = None) -> Outline:
    """The steps of a parsed `<bpmn:definitions>`, or of a diagram read before, in the order of the flow."""
    return Teller(read(xml), marks or {}).tell()

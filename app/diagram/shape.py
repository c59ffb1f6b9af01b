"""What a BPMN diagram is made of, once read: nodes, flows, lanes, pools, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Point = tuple[float, float]

SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {
        "task",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "receiveTask",
        "sendTask",
        "scriptTask",
        "manualTask",
        "callActivity",
    }
)
ACTIVITIES = TASKS | SUBPROCESSES
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
ARTIFACTS = frozenset({"textAnnotation", "group", "dataObjectReference", "dataStoreReference"})


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def center(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, margin: float) -> Box:
        return Box(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def touches(self, other: Box) -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )


def enclosing(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds them all. Raises ValueError when there is none."""
    held = list(boxes)
    left, top = min(box.x for box in held), min(box.y for box in held)
    return Box(left, top, max(box.right for box in held) - left, max(box.bottom for box in held) - top)


@dataclass(frozen=True)
class Node:
    """A step, gateway, event or artifact. `kind` is its BPMN tag; `event` the kind of its event definition
    (`timer`, `message`…, "" for none); `parent` the subprocess that holds it; `lane` the lane's name."""

    id: str
    kind: str
    name: str = ""
    box: Box | None = None
    label: Box | None = None
    lane: str = ""
    parent: str = ""
    event: str = ""
    interrupting: bool = True
    attached_to: str = ""
    expanded: bool = False
    by_event: bool = False
    repeats: str = ""  # "", loop, parallel, sequential


@dataclass(frozen=True)
class Flow:
    """An arrow: `kind` is sequenceFlow, messageFlow or association."""

    id: str
    kind: str
    source: str
    target: str
    name: str = ""
    points: tuple[Point, ...] = ()
    label: Box | None = None
    default: bool = False


@dataclass(frozen=True)
class Frame:
    """A pool or a lane."""

    id: str
    name: str
    box: Box


@dataclass(frozen=True)
class Diagram:
    nodes: dict[str, Node]
    flows: dict[str, Flow]
    lanes: list[Frame] = field(default_factory=list)
    pools: list[Frame] = field(default_factory=list)
    name: str = ""

    def outgoing(self, node_id: str) -> list[Flow]:
        """Sequence flows that leave, in the order of the file."""
        return [f for f in self.flows.values() if f.source == node_id and f.kind == "sequenceFlow"]

    def incoming(self, node_id: str) -> list[Flow]:
        return [f for f in self.flows.values() if f.target == node_id and f.kind == "sequenceFlow"]

    def boundary(self, node_id: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.attached_to == node_id]

    def inside(self, parent: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.parent == parent and node.kind in FLOW_NODES]

"""From the BPMN XML to a Diagram: semantics from the processes, places from the first BPMNDiagram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from app.diagram.shape import ARTIFACTS, FLOW_NODES, SUBPROCESSES, Box, Diagram, Flow, Frame, Node, Point
from engine.xml import parse_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

Element = etree._Element


@dataclass(frozen=True)
class Place:
    """Where the DI puts an element."""

    box: Box | None = None
    label: Box | None = None
    points: tuple[Point, ...] = ()
    expanded: bool = True


NOWHERE = Place(expanded=False)


def local(element: Element) -> str:
    return etree.QName(element).localname


def children(element: Element) -> Iterator[Element]:
    """BPMN children: no comments, no extensions."""
    return (child for child in element if isinstance(child.tag, str) and child.tag.startswith(f"{{{BPMN}}}"))


def bounds(element: Element | None) -> Box | None:
    found = None if element is None else element.find(f"{{{DC}}}Bounds")
    if found is None:
        return None
    x, y, width, height = (float(found.get(key, "0")) for key in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def places(definitions: Element) -> dict[str, Place]:
    """Where things are, by the id of the semantic element. Only the first plane: others are the insides of
    collapsed subprocesses."""
    plane = definitions.find(f"{{{DI}}}BPMNDiagram/{{{DI}}}BPMNPlane")
    found: dict[str, Place] = {}
    for shape in plane if plane is not None else ():
        if isinstance(shape.tag, str):
            points = tuple(
                (float(p.get("x", "0")), float(p.get("y", "0"))) for p in shape.findall(f"{{{DD}}}waypoint")
            )
            label = bounds(shape.find(f"{{{DI}}}BPMNLabel"))
            expanded = shape.get("isExpanded") == "true"
            found[shape.get("bpmnElement", "")] = Place(bounds(shape), label, points, expanded)
    return found


class Reader:
    def __init__(self, definitions: Element) -> None:
        self.definitions = definitions
        self.places = places(definitions)
        self.lane_of: dict[str, str] = {}
        self.lanes: list[Frame] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}

    def read(self) -> Diagram:
        processes = self.definitions.findall(f"{{{BPMN}}}process")
        for process in processes:
            for lane in process.iter(f"{{{BPMN}}}lane"):
                self.read_lane(lane)
            self.read_level(process, "", "")
        pools = [
            Frame(pool.get("id", ""), pool.get("name", ""), box)
            for pool in self.definitions.iterfind(f"{{{BPMN}}}collaboration/{{{BPMN}}}participant")
            if (box := self.place(pool).box)
        ]
        for collaboration in self.definitions.iterfind(f"{{{BPMN}}}collaboration"):
            self.read_level(collaboration, "", "")
        names = [pool.name for pool in pools] + [process.get("name", "") for process in processes]
        return Diagram(self.nodes, self.flows, self.lanes, pools, next((name for name in names if name), ""))

    def place(self, element: Element) -> Place:
        return self.places.get(element.get("id", ""), NOWHERE)

    def read_lane(self, lane: Element) -> None:
        name = lane.get("name", "")
        for reference in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            self.lane_of[(reference.text or "").strip()] = name
        if box := self.place(lane).box:
            self.lanes.append(Frame(lane.get("id", ""), name, box))

    def read_level(self, level: Element, parent: str, lane: str) -> None:
        for element in children(level):
            kind = local(element)
            if kind in FLOW_NODES or kind in ARTIFACTS:
                node = self.node(element, kind, parent, lane)
                self.nodes[node.id] = node
                if kind in SUBPROCESSES:
                    self.read_level(element, node.id, node.lane)
            elif kind in ("sequenceFlow", "messageFlow", "association"):
                self.read_flow(element, kind, level)

    def node(self, element: Element, kind: str, parent: str, lane: str) -> Node:
        node_id, place = element.get("id", ""), self.place(element)
        text = element.find(f"{{{BPMN}}}text")
        interrupting = element.get("cancelActivity", element.get("isInterrupting", "true")) == "true"
        return Node(
            id=node_id,
            kind=kind,
            name=" ".join((element.get("name") or (text.text if text is not None else "") or "").split()),
            box=place.box,
            label=place.label,
            lane=self.lane_of.get(node_id, lane),
            parent=parent,
            event=event_kind(element),
            interrupting=interrupting,
            attached_to=element.get("attachedToRef", ""),
            expanded=place.expanded,
            by_event=element.get("triggeredByEvent") == "true",
            repeats=repeat_kind(element),
        )

    def read_flow(self, element: Element, kind: str, level: Element) -> None:
        flow_id, source, place = element.get("id", ""), element.get("sourceRef", ""), self.place(element)
        self.flows[flow_id] = Flow(
            id=flow_id,
            kind=kind,
            source=source,
            target=element.get("targetRef", ""),
            name=" ".join(element.get("name", "").split()),
            points=place.points,
            label=place.label,
            default=any(node.get("default") == flow_id for node in children(level)),
        )


def event_kind(element: Element) -> str:
    """`timer` for a timerEventDefinition, and so on; "" for none, `multiple` for more than one."""
    kinds = [local(child) for child in children(element) if local(child).endswith("EventDefinition")]
    return "multiple" if len(kinds) > 1 else kinds[0].removesuffix("EventDefinition") if kinds else ""


def repeat_kind(element: Element) -> str:
    for child in children(element):
        if local(child) == "standardLoopCharacteristics":
            return "loop"
        if local(child) == "multiInstanceLoopCharacteristics":
            return "sequential" if child.get("isSequential") == "true" else "parallel"
    return ""


def read(definitions: Element | Diagram) -> Diagram:
    """The diagram of a parsed `<bpmn:definitions>`, or one that was read before. What has no place on the plane
    is read all the same: the outline tells it."""
    return definitions if isinstance(definitions, Diagram) else Reader(definitions).read()


@lru_cache(maxsize=200)
def of_release(content: bytes) -> Diagram:
    """The diagram of a release, which never changes: read once, not for each picture of each page."""
    return read(parse_xml(content))

"""Where the steps of a process stand, when its file does not say: from left to right, lane under lane.

A modeller opens no diagram without a drawing; this one is plain, and for a person to put in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.foreign.drawing import DC, DD, DI
from engine.tags import FLOW_NODES, bpmn

GAP_X, GAP_Y, BORDER, HEAD = 60, 40, 40, 30
"""Pixels: between columns, between rows, around what a subprocess holds, of the name of a pool or lane."""

_SUBPROCESSES = frozenset(map(bpmn, ("subProcess", "transaction", "adHocSubProcess")))
_ARTIFACTS = {"textAnnotation": (120, 50), "dataObjectReference": (36, 50), "dataStoreReference": (50, 50)}

Point = tuple[int, int]


@dataclass
class Box:
    """A place on the page, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


def draw(root: etree._Element) -> None:
    """Add to a file of one process, without a drawing, the page that shows it."""
    process = next(root.iterfind(bpmn("process")))
    pool = next(root.iter(bpmn("participant")), None)
    page = _Page(root, process if pool is None else pool.getparent())  # type: ignore[arg-type]
    lanes = [lane for lane in process.iter(bpmn("lane")) if lane.find(bpmn("childLaneSet")) is None]
    left = 160 + (0 if pool is None else HEAD) + HEAD * max((_depth(lane) for lane in lanes), default=0)
    scope = _Scope(process, [_nodes_of(lane) for lane in lanes])
    scope.move(left, 80)
    page.scope(scope)
    _frames(page, pool, lanes, scope)


def _nodes_of(lane: etree._Element) -> frozenset[str]:
    return frozenset((node.text or "").strip() for node in lane.iterfind(bpmn("flowNodeRef")))


def _depth(lane: etree._Element) -> int:
    return 1 + sum(1 for _ in lane.iterancestors(bpmn("lane")))


class _Scope:
    """What a process or a subprocess holds, each in its box; `bands`: for each lane the ids of its nodes."""

    def __init__(self, scope: etree._Element, bands: Sequence[frozenset[str]] = ()) -> None:
        self.element = scope
        self.nodes = {node.get("id", ""): node for node in scope if node.tag in FLOW_NODES}
        self.flows = scope.findall(bpmn("sequenceFlow"))
        self.inner = {key: _Scope(node) for key, node in self.nodes.items() if node.tag in _SUBPROCESSES}
        self.boxes: dict[str, Box] = {}
        self.edges: list[int] = [0]
        steps = [key for key, node in self.nodes.items() if node.get("attachedToRef") not in self.nodes]
        self._place(steps, self._columns(steps), bands)
        self._borders()
        self._artifacts()
        self.width = max((box.right for box in self.boxes.values()), default=100)
        self.height = max([self.edges[-1], *(box.bottom for box in self.boxes.values())])

    def move(self, x: int, y: int) -> None:
        """Put the whole further to the right and below, with what it holds."""
        self.edges = [edge + y for edge in self.edges]
        for key, box in self.boxes.items():
            box.x, box.y = box.x + x, box.y + y
            if key in self.inner:
                self.inner[key].move(box.x + BORDER, box.y + BORDER)

    def _host(self, key: str | None) -> str:
        """The step that a flow comes out of, also when it comes out of an event on its border."""
        node = self.nodes.get(key or "")
        attached = node.get("attachedToRef") if node is not None else None
        return attached if attached in self.nodes else key or ""

    def _columns(self, steps: Sequence[str]) -> dict[str, int]:
        """The longest way to each step, in flows, not counting those that lead back."""
        following: dict[str, list[str]] = {key: [] for key in steps}
        for flow in self.flows:
            source, target = self._host(flow.get("sourceRef")), flow.get("targetRef", "")
            if source in following and target in following:
                following[source].append(target)
        columns = dict.fromkeys(steps, 0)
        for key in reversed(list(_finished(following))):
            for other in following[key]:
                columns[other] = max(columns[other], columns[key] + 1)
        return columns

    def _place(self, steps: Sequence[str], columns: dict[str, int], bands: Sequence[frozenset[str]]) -> None:
        sizes = {key: self._size(key) for key in steps}
        widths = [0] * (max(columns.values(), default=0) + 1)
        for key in steps:
            widths[columns[key]] = max(widths[columns[key]], sizes[key][0])
        for band in bands or [frozenset(steps)]:
            last = band is bands[-1] if bands else True
            mine = [key for key in steps if key in band or (last and not any(key in each for each in bands))]
            self._rows(mine, columns, widths, sizes)

    def _rows(
        self, keys: Sequence[str], columns: dict[str, int], widths: Sequence[int], sizes: dict[str, Point]
    ) -> None:
        """Fill one band from above: in each column one step under the other."""
        filled = dict.fromkeys(range(len(widths)), self.edges[-1] + GAP_Y)
        for key in keys:
            column, (width, height) = columns[key], sizes[key]
            left = sum(widths[:column]) + GAP_X * column
            rest = max(80 - height, 0) // 2
            box = Box(left + (widths[column] - width) // 2, filled[column] + rest, width, height)
            self.boxes[key] = box
            filled[column] = box.bottom + rest + GAP_Y
        self.edges.append(max([self.edges[-1] + 120, *filled.values()]))

    def _size(self, key: str) -> Point:
        if key in self.inner:
            return self.inner[key].width + 2 * BORDER, self.inner[key].height + 2 * BORDER
        kind = etree.QName(self.nodes[key]).localname
        if kind.endswith("Event"):
            return 36, 36
        return (50, 50) if kind.endswith("Gateway") else (100, 80)

    def _borders(self) -> None:
        hung: dict[str, int] = {}
        for key, node in self.nodes.items():
            host = self.boxes.get(node.get("attachedToRef") or "")
            if key not in self.boxes and host is not None:
                number = hung[node.get("attachedToRef", "")] = hung.get(node.get("attachedToRef", ""), 0) + 1
                self.boxes[key] = Box(host.right - 44 * number, host.bottom - 18, 36, 36)

    def _artifacts(self) -> None:
        left = 0
        for node in self.element.iterchildren(*map(bpmn, _ARTIFACTS)):
            width, height = _ARTIFACTS[etree.QName(node).localname]
            self.boxes[node.get("id", "")] = Box(left, self.edges[-1] + GAP_Y, width, height)
            left += width + GAP_X


def _finished(following: dict[str, list[str]]) -> Iterator[str]:
    """The steps, each after all that it leads to, but for what leads back; and what led back is forgotten."""
    state: dict[str, bool] = {}
    for first in following:
        path = [first] if first not in state else []
        state.setdefault(first, False)
        while path:
            key = path[-1]
            following[key] = [other for other in following[key] if state.get(other, True)]
            new = next((other for other in following[key] if other not in state), None)
            if new is None:
                state[path.pop()] = True
                yield key
            else:
                state[new] = False
                path.append(new)


class _Page:
    """The drawing that is being made."""

    def __init__(self, root: etree._Element, owner: etree._Element) -> None:
        diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "pagina__di"})
        self.plane = etree.SubElement(
            diagram, f"{{{DI}}}BPMNPlane", {"id": "piano__di", "bpmnElement": owner.get("id", "")}
        )

    def scope(self, scope: _Scope) -> None:
        for key, box in scope.boxes.items():
            node = scope.nodes.get(key)
            extra = {"isExpanded": "true"} if key in scope.inner else {}
            if node is not None and node.tag == bpmn("exclusiveGateway"):
                extra = {"isMarkerVisible": "true"}
            self.shape(key, box, **extra)
        for line in [*scope.flows, *scope.element.iterfind(bpmn("association"))]:
            self.line(line, scope)
        for inner in scope.inner.values():
            self.scope(inner)

    def shape(self, key: str, box: Box, **extra: str) -> None:
        shape = etree.SubElement(
            self.plane, f"{{{DI}}}BPMNShape", {"id": f"{key}__di", "bpmnElement": key, **extra}
        )
        place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {name: str(value) for name, value in place.items()})

    def line(self, line: etree._Element, scope: _Scope) -> None:
        source, target = (scope.boxes.get(line.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            return
        hangs = scope.nodes.get(line.get("sourceRef", ""))
        hanging = hangs is not None and hangs.get("attachedToRef") is not None
        points = _ways(source, target, hanging) if line.tag == bpmn("sequenceFlow") else None
        edge = etree.SubElement(
            self.plane,
            f"{{{DI}}}BPMNEdge",
            {"id": f"{line.get('id')}__di", "bpmnElement": line.get("id", "")},
        )
        for x, y in points or [source.middle, target.middle]:
            etree.SubElement(edge, f"{{{DD}}}waypoint", {"x": str(x), "y": str(y)})


def _ways(source: Box, target: Box, hanging: bool) -> list[Point]:
    """The corners of a flow: to the right where it can, else around below."""
    (from_x, from_y), (to_x, to_y) = source.middle, target.middle
    if hanging and target.x > from_x and to_y > source.bottom:
        return [(from_x, source.bottom), (from_x, to_y), (target.x, to_y)]
    if not hanging and target.x > source.right:
        turn = target.x - GAP_X // 3
        bends = [] if from_y == to_y else [(turn, from_y), (turn, to_y)]
        return [(source.right, from_y), *bends, (target.x, to_y)]
    below = max(source.bottom, target.bottom) + GAP_Y // 2
    return [(from_x, source.bottom), (from_x, below), (to_x, below), (to_x, target.bottom)]


def _frames(page: _Page, pool: etree._Element | None, lanes: Sequence[etree._Element], scope: _Scope) -> None:
    """The pool and the lanes around the steps; a lane that holds others is around those."""
    right = max((box.right for box in scope.boxes.values()), default=600) + GAP_X
    bands = dict(zip((lane.get("id", "") for lane in lanes), _between(scope.edges), strict=False))
    outermost = 160 + (0 if pool is None else HEAD)
    process = scope.element
    for lane in process.iter(bpmn("lane")):
        held = [bands[each.get("id", "")] for each in lane.iter(bpmn("lane")) if each.get("id", "") in bands]
        left = outermost + HEAD * (_depth(lane) - 1) - HEAD
        if held:
            top, bottom = held[0][0], held[-1][1]
            page.shape(lane.get("id", ""), Box(left, top, right - left, bottom - top), isHorizontal="true")
    if pool is not None:
        top, bottom = scope.edges[0], max(scope.edges[-1], scope.height + scope.edges[0])
        left = outermost - 2 * HEAD
        page.shape(pool.get("id", ""), Box(left, top, right - left, bottom - top), isHorizontal="true")


def _between(edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(edges, edges[1:], strict=False)

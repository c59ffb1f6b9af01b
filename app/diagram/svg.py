"""The server's own picture of a diagram: what the viewer replaces, and what stays without script."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from lxml import etree
from markupsafe import Markup

from app.diagram.canvas import Element, add, serialize
from app.diagram.drawing import draw_flow, draw_flow_label, draw_frame, draw_node, name_frame
from app.diagram.reading import read
from app.diagram.shape import ACTIVITIES, GATEWAYS, SUBPROCESSES, Box, Diagram, Flow, Frame, Node, enclosing
from app.diagram.state import Marks, State, state_of, travelled

MARGIN = 12  # px around the picture
SAID: tuple[tuple[str, State], ...] = (("Fatti", "fatto"), ("In corso", "ora"))
PANEL = (440, 330, 300)  # px: the widest and highest picture around one step (a side panel), the narrowest
ROOM = 24  # px around each thing in it
HEAD = 16  # px more above, for the name of the lane


def svg(
    xml: Element | Diagram,
    marks: Marks | None = None,
    *,
    around: str | None = None,
    tokens: Mapping[str, int] | None = None,
    key: str = "dia",
) -> Markup:
    """The SVG of a parsed `<bpmn:definitions>`, or of a diagram read before, at its natural size in pixels.

    around: id of a step: only what stands near it, small enough for a side panel; an id without a place
    on the plane gives the whole diagram. tokens: how many instances are at each step, where more than one.
    key: prefix of the ids inside, for pages with more than one picture. Empty when nothing is drawn."""
    diagram, marks = read(xml), marks or {}
    if not any(node.box for node in diagram.nodes.values()):
        return Markup()
    center = diagram.nodes.get(around or "")
    window = near(diagram, center) if center and center.box else whole(diagram)
    root = canvas(window, key)
    add(root, "title", "", title(diagram, center), id=f"{key}-t")
    add(root, "desc", "", description(diagram, marks), id=f"{key}-d")
    draw(root, diagram, window, marks, tokens or {}, cropped=center is not None)
    return Markup(serialize(root))  # noqa: S704 - lxml escaped every text


def canvas(window: Box, key: str) -> Element:
    root = etree.Element("svg")
    size = f"{window.x:g} {window.y:g} {window.width:g} {window.height:g}"
    for name, value in (
        ("viewBox", size),
        ("width", f"{window.width:g}"),
        ("height", f"{window.height:g}"),
        ("role", "img"),
        ("aria-labelledby", f"{key}-t {key}-d"),
    ):
        root.set(name, value)
    return root


def whole(diagram: Diagram) -> Box:
    """Lanes if there are any (a lone pool adds only its border), and all that stands outside of them."""
    frames = diagram.lanes or diagram.pools
    boxes = chain(
        (frame.box for frame in frames),
        (box for node in diagram.nodes.values() for box in (node.box, node.label) if box),
        (flow.label for flow in diagram.flows.values() if flow.label),
        (Box(x, y, 0, 0) for flow in diagram.flows.values() for x, y in flow.points),
    )
    return enclosing(boxes).grown(MARGIN)


def near(diagram: Diagram, center: Node) -> Box:
    """The window around a step: it grows by what follows and what precedes, up to two steps away, as long
    as the panel holds."""
    assert center.box is not None
    window = center.box.grown(ROOM)
    ring = [center]
    for _ in range(2):
        ring = neighbours(diagram, ring)
        for node in ring:
            larger = enclosing([window, *(box.grown(ROOM) for box in (node.box, node.label) if box)])
            if larger.width <= PANEL[0] and larger.height <= PANEL[1] - HEAD:
                window = larger
    missing = max(0.0, PANEL[2] - window.width) / 2
    return Box(window.x - missing, window.y - HEAD, window.width + 2 * missing, window.height + HEAD)


def neighbours(diagram: Diagram, nodes: list[Node]) -> list[Node]:
    """What follows, what hangs on the border, what precedes: in this order."""
    after = [flow.target for node in nodes for flow in diagram.outgoing(node.id)]
    hanging = [event.id for node in nodes for event in diagram.boundary(node.id)]
    before = [flow.source for node in nodes for flow in diagram.incoming(node.id)]
    return [diagram.nodes[at] for at in (*after, *hanging, *before) if at in diagram.nodes]


def draw(
    root: Element, diagram: Diagram, window: Box, marks: Marks, tokens: Mapping[str, int], *, cropped: bool
) -> None:
    """From the back: lanes, expanded subprocesses, flows, nodes, boundary events, words."""
    frames = visible_frames(diagram, window)
    for frame in frames:
        draw_frame(root, frame, window)
    nodes = [node for node in diagram.nodes.values() if shown(node, diagram, window, cropped)]
    flows = [flow for flow in diagram.flows.values() if in_sight(flow, diagram)]
    done = travelled(diagram, marks)
    for node in nodes:
        if is_frame(node):
            draw_node(root, node, state_of(node.id, marks), tokens.get(node.id, 0))
    # The travelled ones last: where two flows share a stretch, the dark one is seen.
    for flow in sorted(flows, key=lambda flow: flow.id in done):
        draw_flow(root, flow, flow.id in done, leaves_gateway(flow, diagram))
    for node in sorted(nodes, key=lambda node: bool(node.attached_to)):
        if not is_frame(node):
            draw_node(root, node, state_of(node.id, marks), tokens.get(node.id, 0))
    for flow in flows:
        if not cropped or flow.label is None or window.contains(flow.label):
            draw_flow_label(root, flow)
    for frame in frames:
        name_frame(root, frame, window)


def visible_frames(diagram: Diagram, window: Box) -> list[Frame]:
    """Lanes; pools only when there are several, for one alone says what the page's title says."""
    pools = diagram.pools if len(diagram.pools) > 1 or not diagram.lanes else []
    shown_pools = [pool for pool in pools if not any(pool.box.touches(lane.box) for lane in diagram.lanes)]
    return [frame for frame in (*shown_pools, *diagram.lanes) if frame.box.touches(window)]


def is_frame(node: Node) -> bool:
    return node.expanded and node.kind in SUBPROCESSES


def hidden(node: Node, diagram: Diagram) -> bool:
    """Inside a closed subprocess."""
    parent = diagram.nodes.get(node.parent)
    return parent is not None and (not parent.expanded or hidden(parent, diagram))


def shown(node: Node, diagram: Diagram, window: Box, cropped: bool) -> bool:
    if node.box is None or hidden(node, diagram):
        return False
    return not cropped or window.contains(node.box) or (is_frame(node) and window.touches(node.box))


def in_sight(flow: Flow, diagram: Diagram) -> bool:
    source = diagram.nodes.get(flow.source)
    return source is None or not hidden(source, diagram)


def leaves_gateway(flow: Flow, diagram: Diagram) -> bool:
    source = diagram.nodes.get(flow.source)
    return source is not None and source.kind in GATEWAYS


def title(diagram: Diagram, center: Node | None) -> str:
    name = diagram.name or "percorso"
    return f"Diagramma di {name}" + (f", attorno a «{center.name}»" if center else "")


def description(diagram: Diagram, marks: Marks) -> str:
    """«Fatti: …. In corso: …. Lo stesso contenuto è nell’elenco dei passi.»"""

    def named(state: State) -> str:
        return ", ".join(
            node.name
            for node in diagram.nodes.values()
            if node.kind in ACTIVITIES and node.name and marks.get(node.id) == state
        )

    told = [f"{word}: {names}." for word, state in SAID if (names := named(state))]
    return " ".join([*told, "Lo stesso contenuto è nell’elenco dei passi."])

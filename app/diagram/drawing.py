"""Draws one node, flow, lane or badge into an SVG group, in the classes of percorsi.css (`d-…`)."""

from __future__ import annotations

from math import hypot

from app.diagram import glyph
from app.diagram.canvas import Element, add, add_lines
from app.diagram.shape import ACTIVITIES, ARTIFACTS, GATEWAYS, SUBPROCESSES, Box, Flow, Frame, Node, Point
from app.diagram.state import State
from app.diagram.text import wrap

TASK_SIZE, TASK_STEP = 13, 15  # px: font and line of a task's name
LABEL_SIZE, LABEL_STEP = 12, 14  # px: of what is written beside a shape
LABEL_ROOM = 90  # px: where the editor wraps labels


def draw_frame(parent: Element, frame: Frame, window: Box) -> None:
    """The part of a lane inside the window."""
    left, top = max(frame.box.x, window.x), max(frame.box.y, window.y)
    right, bottom = min(frame.box.right, window.right), min(frame.box.bottom, window.bottom)
    add(parent, "rect", "d-corsia", x=left, y=top, width=right - left, height=bottom - top)


def name_frame(parent: Element, frame: Frame, window: Box) -> None:
    """The lane's name lies in its upper left corner, inside the window, where it can be read; a sliver of a
    lane has none."""
    left, top = max(frame.box.x, window.x), max(frame.box.y, window.y)
    if min(frame.box.bottom, window.bottom) - top < 40:
        return
    add(parent, "text", "d-corsia-nome", frame.name, x=left + 10, y=top + 20)


def draw_flow(parent: Element, flow: Flow, done: bool, leaves_gateway: bool) -> None:
    if len(flow.points) < 2:
        return
    css = " is-fatto" if done else ""
    kind = {"messageFlow": " d-messaggio", "association": " d-lega"}.get(flow.kind, "")
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in flow.points)
    add(parent, "path", f"d-flusso{kind}{css}", d=path)
    if flow.kind != "association":
        add(parent, "path", f"d-punta{css}", d=arrow(flow.points[-2], flow.points[-1]))
    if flow.default and leaves_gateway:
        add(parent, "path", f"d-flusso{css}", d=slash(flow.points[0], flow.points[1]))


def draw_flow_label(parent: Element, flow: Flow) -> None:
    if not flow.name or not flow.points:
        return
    if flow.label:
        write_label(parent, flow.name, flow.label)
        return
    (x1, y1), (x2, y2) = flow.points[0], flow.points[1]
    at_y = y1 - 6 if y1 == y2 else (y1 + y2) / 2
    add(parent, "text", "d-et", flow.name, x=(x1 + x2) / 2 if y1 == y2 else x1 + 6, y=at_y)


def arrow(start: Point, tip: Point) -> str:
    """A filled head, 8 long and 8 wide."""
    (x, y), length = tip, hypot(tip[0] - start[0], tip[1] - start[1]) or 1
    ux, uy = (tip[0] - start[0]) / length, (tip[1] - start[1]) / length
    corners = ((x - 8 * ux - 4 * uy, y - 8 * uy + 4 * ux), (x - 8 * ux + 4 * uy, y - 8 * uy - 4 * ux))
    return f"M{x:g} {y:g}" + "".join(f"L{a:.4g} {b:.4g}" for a, b in corners) + "z"


def slash(start: Point, then: Point) -> str:
    """The stroke across the beginning of a default flow."""
    length = hypot(then[0] - start[0], then[1] - start[1]) or 1
    ux, uy = (then[0] - start[0]) / length, (then[1] - start[1]) / length
    x, y = start[0] + 12 * ux, start[1] + 12 * uy
    dx, dy = 5 * (uy + ux * 0.6), 5 * (uy * 0.6 - ux)
    return f"M{x - dx:.1f} {y - dy:.1f}L{x + dx:.1f} {y + dy:.1f}"


def draw_node(parent: Element, node: Node, state: State, tokens: int = 0) -> None:
    """`tokens`: how many are here now; more than one is written in the badge."""
    if node.box is None:
        return
    group = add(parent, "g", f"d-nodo is-{state}{variant(node)}", data_elemento=node.id)
    if node.kind in ARTIFACTS:
        draw_artifact(group, node, node.box)
        return
    if node.kind in ACTIVITIES:
        draw_activity(group, node, node.box, state)
    elif node.kind in GATEWAYS:
        draw_gateway(group, node, node.box)
    else:
        draw_event(group, node, node.box)
    draw_badge(group, node, node.box, state, tokens)


def variant(node: Node) -> str:
    css = ""
    if node.kind == "callActivity":
        css += " d-chiama"
    if node.expanded and node.kind in SUBPROCESSES:
        css += " d-sotto"
    if node.by_event or not node.interrupting:
        css += " d-accanto"
    if node.kind == "endEvent":
        css += " d-fine"
    return css


def draw_activity(group: Element, node: Node, box: Box, state: State) -> None:
    add(group, "rect", "d-forma", x=box.x, y=box.y, width=box.width, height=box.height, rx=8)
    if node.kind in glyph.TASKS:
        add_glyph(group, glyph.TASKS[node.kind], box.x + 7, box.y + 6, full=node.kind == "sendTask")
    markers = [glyph.REPEATS[node.repeats]] if node.repeats else []
    expanded = node.expanded and node.kind in SUBPROCESSES
    if node.kind == "callActivity" or (node.kind in SUBPROCESSES and not node.expanded):
        markers.append(glyph.INSIDE)
    for number, marker in enumerate(markers):
        x = box.center[0] + 20 * (number - (len(markers) - 1) / 2)
        add_glyph(group, marker, x, box.bottom - 12)
    bold = state == "ora"
    if expanded:
        title = wrap(node.name, box.width - 20, TASK_SIZE, bold=bold, lines=1)
        add_lines(group, title, box.center[0], box.y + 20, TASK_STEP)
        return
    room = box.height - 14 - (14 if markers else 0)
    rows = wrap(node.name, box.width - 10, TASK_SIZE, bold=bold, lines=max(1, int(room // TASK_STEP)))
    middle = box.y + box.height / 2 + (0 if not markers or len(rows) < 3 else -6)
    add_lines(group, rows, box.center[0], middle - (len(rows) - 1) * TASK_STEP / 2 + 4.5, TASK_STEP)


def draw_gateway(group: Element, node: Node, box: Box) -> None:
    x, y = box.center
    corners = f"M{x:g} {box.y:g}L{box.right:g} {y:g} {x:g} {box.bottom:g} {box.x:g} {y:g}z"
    add(group, "path", "d-forma", d=corners)
    add_glyph(group, glyph.GATEWAYS[node.kind], x, y)
    write_name(group, node, box)


def draw_event(group: Element, node: Node, box: Box) -> None:
    x, y = box.center
    radius = box.width / 2
    add(group, "circle", "d-forma", cx=x, cy=y, r=radius)
    if node.kind not in ("startEvent", "endEvent"):
        add(group, "circle", "d-forma", cx=x, cy=y, r=radius - 3.5)
    if node.event:
        throws = node.kind in ("endEvent", "intermediateThrowEvent")
        drawn = glyph.EVENTS | (glyph.THROWN if throws else {})
        add_glyph(group, drawn.get(node.event, glyph.PENTAGON), x, y, full=throws)
    write_name(group, node, box)


def draw_artifact(group: Element, node: Node, box: Box) -> None:
    if node.kind == "textAnnotation":
        add(group, "path", "d-lega", d=f"M{box.x + 10:g} {box.y:g}h-10v{box.height:g}h10")
        rows = wrap(node.name, box.width - 14, LABEL_SIZE)
        add_lines(group, rows, box.x + 8, box.y + 16, LABEL_STEP, css="d-et", anchor="start")
    else:
        add(group, "rect", "d-lega", x=box.x, y=box.y, width=box.width, height=box.height, rx=4)
        write_name(group, node, box)


def add_glyph(group: Element, path: str, x: float, y: float, full: bool = False) -> None:
    add(group, "path", "d-glifo d-pieno" if full else "d-glifo", d=path, transform=f"translate({x:g} {y:g})")


def write_name(group: Element, node: Node, box: Box) -> None:
    """The name beside an event or a gateway: where the analyst put it, or just below."""
    if node.name:
        write_label(group, node.name, node.label or Box(box.center[0] - 45, box.bottom + 3, 90, 14))


def write_label(group: Element, name: str, place: Box) -> None:
    rows = wrap(name, max(place.width, LABEL_ROOM), LABEL_SIZE)
    add_lines(group, rows, place.center[0], place.y + 11, LABEL_STEP, css="d-et")


def draw_badge(group: Element, node: Node, box: Box, state: State, tokens: int) -> None:
    """Top right: a tick when done, a token (with how many, past one) when the instance is here."""
    unnamed_join = node.kind in GATEWAYS and not node.name
    if node.kind in ACTIVITIES:
        x, y = box.right - 4, box.y + 3
    else:
        reach = 17 if node.kind in GATEWAYS else 13
        x, y = box.center[0] + reach, box.center[1] - reach
    if state == "fatto" and not unnamed_join:
        add(group, "circle", "d-fatto-c", cx=x, cy=y, r=9)
        add(group, "path", "d-fatto-v", d=f"M{x - 4:g} {y:g}l3 3 5-6")
    elif state == "ora":
        add(group, "circle", "d-gettone", cx=x, cy=y, r=11)
        if tokens > 1:
            add(group, "text", "d-gettone-t", str(tokens), x=x, y=y + 4, text_anchor="middle")

"""A process that says nowhere where its steps stand can be opened and read all the same."""

from __future__ import annotations

from itertools import combinations

from lxml import etree

from engine.foreign import Imported
from engine.foreign.drawing import DC, DD, DI
from engine.xml import parse_xml
from tests.engine.imported import drawn, flow, one

Place = tuple[float, float, float, float]

LANES = """<laneSet id="ls"><lane id="comune" name="Comune"><childLaneSet id="cs">
  <lane id="sportello" name="Sportello"><flowNodeRef>i</flowNodeRef><flowNodeRef>u</flowNodeRef></lane>
  <lane id="ufficio" name="Ufficio"><flowNodeRef>g</flowNodeRef><flowNodeRef>s</flowNodeRef></lane>
  </childLaneSet></lane></laneSet>"""
STEPS = (
    """<startEvent id="i"/><userTask id="u" name="Uno"/><exclusiveGateway id="g"/><endEvent id="f"/><endEvent id="h"/>
  <boundaryEvent id="b" attachedToRef="u"><timerEventDefinition/></boundaryEvent>
  <textAnnotation id="n"><text>Nota</text></textAnnotation><association id="a" sourceRef="u" targetRef="n"/>
  <subProcess id="s" name="Dentro"><startEvent id="si"/><userTask id="su"/><endEvent id="sf"/>"""
    + flow("si", "su")
    + flow("su", "sf")
    + "</subProcess>"
    + flow("i", "u")
    + flow("u", "g")
    + flow("g", "s")
    + flow("g", "u")
    + flow("s", "f")
    + flow("b", "h")
)
POOL = '<collaboration id="c"><participant id="p" name="Servizi" processRef="contributo"/></collaboration>'


def places(imported: Imported) -> dict[str, Place]:
    found = {}
    for shape in parse_xml(imported.bundle.diagram).iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        assert bounds is not None
        x, y, width, height = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + width, y + height)
    return found


def is_inside(inner: Place, outer: Place) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def touch(one: Place, other: Place) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_every_step_and_every_flow_is_drawn() -> None:
    # given
    imported = one(drawn(LANES + STEPS, before=POOL))
    root = parse_xml(imported.bundle.diagram)
    # when
    lines = {line.get("bpmnElement"): line for line in root.iter(f"{{{DI}}}BPMNEdge")}
    # then
    assert not imported.drawn
    kept = {"i", "u", "g", "f", "h", "b", "n", "s", "si", "su", "sf", "comune", "sportello", "ufficio", "p"}
    assert places(imported).keys() == kept
    flows = {node.get("id") for node in root.iter("{*}sequenceFlow", "{*}association")}
    assert lines.keys() == flows
    assert all(len(line.findall(f"{{{DD}}}waypoint")) >= 2 for line in lines.values())
    plane = next(root.iter(f"{{{DI}}}BPMNPlane"))
    assert plane.get("bpmnElement") == "c"


def test_steps_stand_apart_in_their_lane_and_from_left_to_right() -> None:
    # given
    found = places(one(drawn(LANES + STEPS, before=POOL)))
    # then
    assert all(not touch(found[a], found[b]) for a, b in combinations(["i", "u", "g", "f", "h", "s", "n"], 2))
    assert sorted("iugsf", key=lambda key: found[key]) == ["i", "u", "g", "s", "f"]
    for inner, outer in (
        ("su", "s"),
        ("u", "sportello"),
        ("s", "ufficio"),
        ("sportello", "comune"),
        ("comune", "p"),
    ):
        assert is_inside(found[inner], found[outer]), (inner, outer)
    assert not touch(found["sportello"], found["ufficio"])


def test_a_process_without_lanes_or_with_a_cycle_only_is_drawn_too() -> None:
    body = "<userTask id='u'/><userTask id='v'/>" + flow("u", "v") + flow("v", "u") + flow("v", "v")
    imported = one(drawn(body))
    assert places(imported).keys() == {"u", "v"}


def test_what_has_no_id_is_drawn_too() -> None:
    body = "<startEvent id='i'/><endEvent id='f'/><sequenceFlow sourceRef='i' targetRef='f'/><textAnnotation id='n'/>"
    imported = one(drawn(body + "<association sourceRef='n' targetRef='i'/>"))
    lines = {edge.get("bpmnElement") for edge in parse_xml(imported.bundle.diagram).iter(f"{{{DI}}}BPMNEdge")}
    assert lines == {"i__f", "senza_id_2"}


def test_what_was_laid_out_is_a_drawing_like_any_other() -> None:
    imported = one(drawn(LANES + STEPS, before=POOL))
    again = one(imported.bundle.diagram)
    assert again.drawn
    assert again.bundle.diagram == imported.bundle.diagram


def test_a_thousand_steps_of_one_name_in_a_row_are_laid_out() -> None:
    body = "".join(f"<userTask id='t_{n}_x' name='Passo'/>" for n in range(1000))
    flows = "".join(flow(f"t_{n}_x", f"t_{n + 1}_x", identity=f"da_{n}_x") for n in range(999))
    found = places(one(drawn(body + flows)))
    assert len({place[0] for place in found.values()}) == 1000


def test_a_drawing_that_was_there_stays() -> None:
    page = """<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="contributo">
      <bpmndi:BPMNShape id="S" bpmnElement="u"><dc:Bounds x="7" y="8" width="100" height="80"/></bpmndi:BPMNShape>
      </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""
    imported = one(drawn(STEPS, after=page))
    assert imported.drawn
    assert places(imported) == {"u": (7, 8, 107, 88)}
    assert etree.QName(parse_xml(imported.bundle.diagram)[-1]).localname == "BPMNDiagram"

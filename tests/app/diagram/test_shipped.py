"""The diagrams that we ship are all drawn and all told."""

from pathlib import Path

import pytest
from lxml import etree

from app.diagram import outline, svg
from app.diagram.outline import flat
from app.diagram.reading import read
from app.diagram.shape import ACTIVITIES, FLOW_NODES
from engine.xml import parse_xml

DIAGRAMS = sorted((Path(__file__).parents[3] / "processes").glob("*/*.bpmn"))


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def shipped(request):
    return parse_xml(request.param.read_bytes())


def test_every_step_is_in_the_picture(shipped):
    picture = etree.fromstring(str(svg(shipped)))
    drawn = {group.get("data-elemento") for group in picture.iter("g")}
    assert drawn >= {node.id for node in read(shipped).nodes.values() if node.kind in FLOW_NODES}


def test_every_activity_is_told_once_with_a_number_of_its_own(shipped):
    told = outline(shipped)
    lines = [found for top in (*told.steps, *told.anytime) for found in flat(top)]
    numbered = [found for found in lines if found.number]
    assert [found.number for found in numbered] == list(range(1, told.activities + 1))
    assert {found.id for found in numbered} == {
        node.id for node in read(shipped).nodes.values() if node.kind in ACTIVITIES
    }


def test_each_way_out_of_a_step_leads_to_a_step_that_is_told(shipped):
    told = outline(shipped)
    lines = [found for top in (*told.steps, *told.anytime) for found in flat(top)]
    known = {found.id for found in lines}
    assert {way.target for found in lines for way in found.ways} <= known

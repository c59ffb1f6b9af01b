"""The server's own picture of a diagram."""

import pytest
from lxml import etree

from app.diagram import svg
from app.diagram.text import width, wrap
from engine.xml import parse_xml

MARKS = {"inizio": "fatto", "unione": "fatto", "visita_a_casa": "ora", "non_serve": "saltato"}


def drawn(visita, **options):
    return etree.fromstring(str(svg(visita, MARKS, **options)))


def classes(picture, element_id):
    return set(picture.find(f".//g[@data-elemento='{element_id}']").get("class").split())


def test_each_step_carries_its_state(visita):
    picture = drawn(visita)
    assert "is-fatto" in classes(picture, "inizio")
    assert "is-ora" in classes(picture, "visita_a_casa")
    assert "is-saltato" in classes(picture, "non_serve")
    assert "is-poi" in classes(picture, "fine")


def test_state_is_never_told_by_colour_alone(visita):
    picture = drawn(visita)
    assert picture.find(".//g[@data-elemento='inizio']/path[@class='d-fatto-v']") is not None
    assert picture.find(".//g[@data-elemento='visita_a_casa']/circle[@class='d-gettone']") is not None


def test_flows_between_reached_steps_are_drawn_as_travelled(visita):
    done = drawn(visita).findall(".//path[@class='d-flusso is-fatto']")
    assert [path.get("d") for path in done] == ["M218 220L265 220", "M315 220L365 220"]


def test_marked_flows_win_over_what_is_deduced(visita):
    picture = etree.fromstring(str(svg(visita, {**MARKS, "visita__serve": "fatto"})))
    assert [path.get("d") for path in picture.findall(".//path[@class='d-flusso is-fatto']")] == [
        "M465 220L515 220"
    ]


def test_the_picture_has_a_name_and_says_in_words_how_far_it_is(visita):
    picture = drawn(visita)
    assert picture.get("role") == "img"
    assert picture.findtext("title") == "Diagramma di Visita & <piano>"
    assert picture.findtext("desc") == (
        "In corso: Fai la visita a casa. Lo stesso contenuto è nell’elenco dei passi."
    )
    assert picture.get("aria-labelledby").split() == [
        picture.find("title").get("id"),
        picture.find("desc").get("id"),
    ]


def test_names_are_escaped_and_no_style_is_written(visita):
    text = str(svg(visita))
    assert "Visita &amp; &lt;piano&gt;" in text
    assert "style=" not in text
    assert "<style" not in text


def test_it_keeps_its_natural_size(visita):
    picture = drawn(visita)
    assert (picture.get("width"), picture.get("viewBox")) == ("994", "118 68 994 424")


def test_what_is_inside_a_closed_subprocess_is_not_drawn(visita):
    assert drawn(visita).find(".//g[@data-elemento='chiudi']") is None


def test_a_picture_around_a_step_shows_its_neighbours_and_fits_a_side_panel(visita):
    picture = drawn(visita, around="visita_a_casa", key="lato")
    shown = {group.get("data-elemento") for group in picture.iter("g")}
    assert {"visita_a_casa", "unione", "serve", "ritardo"} <= shown
    assert "fine" not in shown
    assert float(picture.get("width")) <= 440
    assert picture.find("title").get("id") == "lato-t"


def test_how_many_are_at_a_step_is_written_in_its_token(visita):
    picture = drawn(visita, tokens={"visita_a_casa": 12})
    assert picture.findtext(".//text[@class='d-gettone-t']") == "12"


def test_a_diagram_without_places_gives_nothing_to_draw():
    bare = parse_xml(
        b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        b'<bpmn:process id="p"><bpmn:startEvent id="s"/></bpmn:process></bpmn:definitions>'
    )
    assert svg(bare) == ""


@pytest.mark.parametrize("text", ["Registra il contatto", "Accompagnamento straordinario urgente"])
def test_lines_are_no_wider_than_their_room_when_words_allow(text):
    for row in wrap(text, 90, 13):
        assert width(row, 13) <= 90 or " " not in row


def test_too_many_lines_end_with_dots():
    assert wrap("uno due tre quattro", 30, 13, lines=2) == ["uno", "due…"]

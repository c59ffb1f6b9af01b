"""What would never end stops with an incident for a person, and the engine goes on."""

from __future__ import annotations

from collections.abc import Callable

from engine import Operations
from tests.engine.conftest import ANNA, Story, outside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    extensions,
    gateway,
    human,
    on_timer,
    service,
    start,
)

Begin = Callable[..., Story]

LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=persone' inputElement='persona'/>"
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


def incidents(story: Story) -> list[tuple[str, str]]:
    """(element, kind) of what waits for a person."""
    return [(incident.element_id, incident.kind) for incident in story.engine.open_incidents(story.id)]


def test_a_million_rounds_are_not_begun(begin: Begin) -> None:
    # given
    drawn = diagram("prova", start() + human("senti", loop=LOOP) + end(), "inizio senti; senti fine")
    # when
    story = begin(bundle("prova", drawn), persone=list(range(1_001)))
    # then
    assert story.todo() == []
    assert incidents(story) == [("senti", "expression")]


def test_a_cycle_that_waits_in_the_drawing_but_not_in_fact_ends_its_step(
    begin: Begin, operations: Operations
) -> None:
    # given: a repetition of nothing takes the person out of the cycle
    drawn = diagram(
        "prova",
        start() + gateway("torna") + human("senti", loop=LOOP) + gateway("g", default="torna") + end(),
        "inizio torna; torna senti; senti g; g torna; g fine [basta = true]",
    )
    # when
    story = begin(bundle("prova", drawn), persone=[])
    # then
    assert [kind for _, kind in incidents(story)] == ["budget"]
    assert story.status == "open"


def calls(slug: str, other: str) -> bytes:
    call = f"<bpmn:callActivity id='chiama'>{extensions(call=other)}</bpmn:callActivity>"
    return diagram(slug, start() + call + end(), "inizio chiama; chiama fine")


def test_two_paths_that_call_each_other_stop_before_long(begin: Begin) -> None:
    # given / when
    story = begin(bundle("andata", calls("andata", "ritorno")), bundle("ritorno", calls("ritorno", "andata")))
    # then
    assert [kind for _, kind in incidents(story)] == ["budget"]
    assert len(story.engine.instances_of(story.id)) < 30


def test_a_cycle_that_comes_out_wrong_waits_for_a_person(begin: Begin, operations: Operations) -> None:
    # given
    operations.add(outside("avviso.send"))
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + boundary("ricorda", "uno", on_timer("=ogni", "timeCycle"), interrupting=False)
        + service("avvisa", "avviso.send")
        + end()
        + end("f2"),
        "inizio uno; uno fine; ricorda avvisa; avvisa f2",
    )
    # when
    story = begin(bundle("prova", drawn), ogni="0 9 * * MON")
    # then
    assert incidents(story) == [("ricorda", "expression")]
    assert story.todo() == ["uno"]
    story.do("uno")
    assert story.status == "done"


def test_rounds_over_nothing_readable_are_not_the_fault_of_the_step_before(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno", output="persone: =persone") + human("senti", loop=LOOP) + human("due") + end(),
        "inizio uno; uno senti; senti due; due fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", persone="Rosa")
    # then
    assert incidents(story) == [("senti", "expression")]
    assert story.crossed() == ["inizio", "uno"]


def test_rounds_that_could_not_begin_can_be_tried_again(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("senti", loop=LOOP)
        + human("correggi", output="persone: =persone")
        + gateway("unisci", "parallel")
        + end(),
        "inizio dividi; dividi senti; dividi correggi; senti unisci; correggi unisci; unisci fine",
    )
    story = begin(bundle("prova", drawn), persone="Rosa")
    story.do("correggi", persone=["Rosa", "Marta"])
    # when
    story.engine.retry(story.engine.open_incidents(story.id)[0].id, ANNA)
    # then
    assert story.todo() == ["senti", "senti"]
    story.do("senti")
    story.do("senti")
    assert story.status == "done"

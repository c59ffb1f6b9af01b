"""Event subprocesses: what takes the place of its scope, and what runs beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import FixedClock, Operations, Refused, system
from tests.engine.conftest import ANNA, Story, fire_due, outside
from tests.engine.drawing import (
    beside,
    boundary,
    bundle,
    diagram,
    end,
    error,
    escalation,
    event,
    gateway,
    human,
    inside,
    message,
    on_error,
    on_escalation,
    on_message,
    on_timer,
    service,
    start,
)

Begin = Callable[..., Story]
HANDLER = human("chiudi") + end("chiusa")
HANDLED = "via_inizio chiudi; chiudi chiusa"
TWO = gateway("dividi", "parallel") + human("uno") + human("due") + end() + end("fine_2")
TWO_FLOWS = "inizio dividi; dividi uno; dividi due; uno fine; due fine_2"


def taken_over(definition: str, before: str) -> bytes:
    """Two branches, which an event subprocess «via» takes over."""
    return diagram(
        "prova", start() + TWO + beside("via", definition, HANDLER, HANDLED), TWO_FLOWS, before=before
    )


def test_a_death_closes_the_whole_path_and_opens_what_follows(begin: Begin) -> None:
    # given
    story = begin(
        bundle("prova", taken_over(on_message("decesso"), message("decesso", "=persona"))), persona="12"
    )
    assert story.todo() == ["due", "uno"]
    # when
    story.engine.correlate("decesso", "12", {"data": "2026-11-20"}, ANNA)
    # then
    assert (story.todo(), story.variables["data"]) == (["chiudi"], "2026-11-20")
    assert story.engine.correlate("decesso", "12", {}, ANNA).outcome == "buffered"
    story.do("chiudi")
    assert (story.status, story.ended_in) == ("done", "chiusa")


def test_a_term_closes_the_path_once(begin: Begin, clock: FixedClock) -> None:
    # given
    story = begin(bundle("prova", taken_over(on_timer("P30D"), "")))
    # when
    clock.move_to(clock.instant + timedelta(days=30))
    # then
    assert fire_due(story) == 1
    assert story.todo() == ["chiudi"]
    clock.move_to(clock.instant + timedelta(days=300))
    assert fire_due(story) == 0


@pytest.mark.parametrize("code", ["negato", ""])
def test_an_error_inside_the_scope_is_taken_care_of_there(begin: Begin, code: str) -> None:
    # given
    caught = on_error(code) if code else "<bpmn:errorEventDefinition/>"
    body = (
        start("i2")
        + gateway("d2", "parallel")
        + human("uno")
        + human("due")
        + event("rotto", "end", on_error("negato"))
        + end("f2")
        + beside("via", caught, HANDLER, HANDLED)
    )
    drawn = diagram(
        "prova",
        start() + inside("dentro", body, "i2 d2; d2 uno; d2 due; uno rotto; due f2") + human("dopo") + end(),
        "inizio dentro; dentro dopo; dopo fine",
        before=error("negato"),
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno")
    # then
    assert story.todo() == ["chiudi"]
    story.do("chiudi")
    assert story.todo() == ["dopo"]
    story.do("dopo")
    assert (story.status, story.ended_in) == ("done", "fine")


def test_a_refusal_of_the_outside_takes_the_whole_path_over(begin: Begin, operations: Operations) -> None:
    # given
    operations.add(outside("inps.isee.read", errors=["isee_assente"]))
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + service("leggi", "inps.isee.read")
        + human("due")
        + end()
        + end("fine_2")
        + beside("via", on_error("isee_assente"), HANDLER, HANDLED),
        "inizio dividi; dividi leggi; dividi due; leggi fine; due fine_2",
        before=error("isee_assente"),
    )
    story = begin(bundle("prova", drawn))
    job = text("select id from engine_job where instance_id = :id")
    # when
    story.engine.refuse_job(
        story.engine.session.execute(job, {"id": story.id}).scalar_one(),
        Refused("isee_assente"),
        system("worker"),
    )
    # then
    assert story.todo() == ["chiudi"]
    assert story.engine.open_incidents(story.id) == []


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_heard_by_its_scope(begin: Begin, interrupting: bool) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + event("alza", "intermediateThrow", on_escalation("urgente"))
        + human("due")
        + end()
        + beside(
            "via",
            on_escalation("urgente"),
            event("ancora", "intermediateThrow", on_escalation("urgente")) + HANDLER,
            "via_inizio ancora; ancora chiudi; chiudi chiusa",
            interrupting=interrupting,
        ),
        "inizio uno; uno alza; alza due; due fine",
        before=escalation("urgente"),
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno")
    # then: what the handler itself throws does not begin it again
    assert story.todo() == (["chiudi"] if interrupting else ["chiudi", "due"])
    story.do("chiudi")
    if not interrupting:
        story.do("due")
    assert (story.status, story.ended_in) == ("done", "chiusa" if interrupting else "fine")


def test_a_border_comes_before_the_scope_around_it(begin: Begin) -> None:
    # given
    body = start("i2") + human("uno") + event("rotto", "end", on_error("negato"))
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 uno; uno rotto")
        + boundary("bordo", "dentro", on_error("negato"))
        + human("dopo")
        + end()
        + end("fine_2")
        + beside("via", on_error("negato"), HANDLER, HANDLED),
        "inizio dentro; dentro fine; bordo dopo; dopo fine_2",
        before=error("negato"),
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno")
    # then
    assert story.todo() == ["dopo"]


def test_a_term_beside_the_path_comes_once_and_a_cycle_as_often_as_it_says(
    begin: Begin, clock: FixedClock
) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + end()
        + beside("via", on_timer("P5D"), HANDLER, HANDLED, interrupting=False)
        + beside(
            "ogni",
            on_timer("R2/P10D", "timeCycle"),
            human("ricorda") + end("ricordato"),
            "ogni_inizio ricorda; ricorda ricordato",
            interrupting=False,
        ),
        "inizio uno; uno fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    for _ in range(8):
        clock.move_to(clock.instant + timedelta(days=11))
        fire_due(story)
    # then
    assert story.todo() == ["chiudi", "ricorda", "ricorda", "uno"]


def test_a_path_taken_over_stops_what_its_rounds_were_doing(begin: Begin) -> None:
    # given
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=persone' inputElement='persona'/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    body = loop + start("i2") + human("senti") + end("f2")
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 senti; senti f2")
        + boundary("basta", "dentro", on_message("basta"))
        + human("dopo")
        + end()
        + beside("via", on_message("decesso"), HANDLER, HANDLED),
        "inizio dentro; dentro fine; basta dopo; dopo fine",
        before=message("decesso", "=persona") + message("basta", "=persona"),
    )
    stopped, closed = (begin(bundle("prova", drawn), persone=[1, 2], persona=p) for p in ("1", "2"))
    assert stopped.todo() == ["senti", "senti"]
    # when
    stopped.engine.correlate("basta", "1", {}, ANNA)
    closed.engine.correlate("decesso", "2", {}, ANNA)
    # then
    assert (stopped.todo(), closed.todo()) == (["dopo"], ["chiudi"])

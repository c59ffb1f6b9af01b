"""Two tokens at one activity: what is on its border is each one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import FixedClock, Operations, Refused, system
from tests.engine.conftest import ANNA, Story, fire_due, outside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    escalation,
    event,
    extensions,
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
BEFORE = message("modifica", "=chiave") + error("negato") + escalation("urgente")


@pytest.fixture
def operations(operations: Operations) -> Operations:
    operations.add(outside("ente.chiede", errors=["negato"]))
    return operations


def each_time(activity: str, definition: str, *, interrupting: bool = True) -> bytes:
    """A step beside which a message begins `activity`, called «fa», any number of times."""
    return diagram(
        "prova",
        start()
        + human("uno")
        + boundary("modificato", "uno", on_message("modifica"), interrupting=False)
        + activity
        + boundary("preso", "fa", definition, interrupting=interrupting)
        + human("spiega")
        + end()
        + end("fine_2")
        + end("fine_3"),
        "inizio uno; uno fine; modificato fa; fa fine_2; preso spiega; spiega fine_3",
        before=BEFORE,
    )


def twice(begin: Begin, drawn: bytes) -> Story:
    story = begin(bundle("prova", drawn), chiave="k")
    for _ in range(2):
        story.engine.correlate("modifica", "k", {}, ANNA)
    return story


def calls(story: Story) -> list[int]:
    query = text("select id from engine_job where status in ('waiting', 'running') order by id")
    return list(story.engine.session.scalars(query))


@pytest.mark.parametrize("which", [0, 1])
def test_the_call_that_is_refused_is_the_one_that_ends(begin: Begin, which: int) -> None:
    # given
    story = twice(begin, each_time(service("fa", "ente.chiede"), on_error("negato")))
    both = calls(story)
    # when
    story.engine.refuse_job(both[which], Refused("negato"), system("worker"))
    # then
    assert (calls(story), story.todo()) == ([both[1 - which]], ["spiega", "uno"])
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize("which", [0, 1])
def test_of_two_calls_chosen_one_after_the_other_the_refused_one_ends(begin: Begin, which: int) -> None:
    # given
    ad_hoc = inside(
        "sostegno",
        extensions(group="assistente_sociale")
        + service("fa", "ente.chiede")
        + boundary("preso", "fa", on_error("negato"))
        + human("spiega"),
        "preso spiega",
        kind="adHocSubProcess",
        attributes="name='Sostegno' ordering='Parallel'",
    )
    drawn = diagram(
        "prova",
        start() + ad_hoc + human("dopo") + end(),
        "inizio sostegno; sostegno dopo; dopo fine",
        before=BEFORE,
    )
    story = begin(bundle("prova", drawn))
    for _ in range(2):
        story.do("sostegno-scelta", prossima="fa")
    both = calls(story)
    # when
    story.engine.refuse_job(both[which], Refused("negato"), system("worker"))
    # then
    assert (calls(story), story.todo()) == ([both[1 - which]], ["sostegno-scelta", "spiega"])
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("which", [min, max])
def test_the_subprocess_that_escalates_is_the_one_that_hears(
    begin: Begin, interrupting: bool, which: Callable[[list[int]], int]
) -> None:
    # given
    body = (
        start("i2")
        + human("a")
        + event("alza", "intermediateThrow", on_escalation("urgente"))
        + human("b")
        + end("f2")
    )
    part = inside("fa", body, "i2 a; a alza; alza b; b f2")
    story = twice(begin, each_time(part, on_escalation("urgente"), interrupting=interrupting))
    # when
    story.engine.complete(
        which([each.id for each in story.engine.open_tasks(story.id) if each.element_id == "a"]), {}, ANNA
    )
    # then
    assert story.todo() == sorted(["a", "spiega", "uno", *([] if interrupting else ["b"])])
    assert story.engine.check(deep=True) == []
    while story.todo():
        story.do(story.todo()[0])
    assert story.status == "done"


def test_the_term_of_each_counts_from_its_own_beginning(begin: Begin, clock: FixedClock) -> None:
    # given
    part = inside("fa", start("i2") + human("a") + human("b") + end("f2"), "i2 a; a b; b f2")
    story = begin(bundle("prova", each_time(part, on_timer("P5D"))), chiave="k")
    story.engine.correlate("modifica", "k", {}, ANNA)
    story.do("a")
    clock.move_to(clock.instant + timedelta(days=3))
    story.engine.correlate("modifica", "k", {}, ANNA)
    # when
    clock.move_to(clock.instant + timedelta(days=3))
    # then
    assert fire_due(story) == 1
    assert story.todo() == ["a", "spiega", "uno"]


def test_a_term_that_leads_back_to_its_own_step_begins_anew_each_time(
    begin: Begin, clock: FixedClock
) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + gateway("ancora") + human("uno") + boundary("tardi", "uno", on_timer("P5D")) + end(),
        "inizio ancora; ancora uno; uno fine; tardi ancora",
    )
    story = begin(bundle("prova", drawn))
    for _ in range(4):
        # when
        clock.move_to(clock.instant + timedelta(days=6))
        # then
        assert (fire_due(story), story.todo()) == (1, ["uno"])
    story.do("uno")
    assert (story.status, story.engine.check(deep=True)) == ("done", [])

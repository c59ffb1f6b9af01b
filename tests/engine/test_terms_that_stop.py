"""A term that is over and cannot be followed: a person is told, and nothing is waited for or tried for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import FixedClock
from tests.engine.conftest import ANNA, BRUNO, Story, fire_due
from tests.engine.drawing import (
    beside,
    boundary,
    bundle,
    diagram,
    end,
    event,
    extensions,
    gateway,
    human,
    inside,
    message,
    on_message,
    on_timer,
    start,
)

Begin = Callable[..., Story]
WHY = "Il conto non serve più"
OVER = extensions(output="giri: =if n = 3 then n * n else function(a) a") + on_timer("P5D")
TOO_MANY = 9_999  # a function is no value that a variable could hold

ON_A_STEP = diagram(
    "prova",
    start() + human("uno") + boundary("scaduto", "uno", OVER) + human("dopo") + end() + end("fine_2"),
    "inizio uno; uno fine; scaduto dopo; dopo fine_2",
)
REMINDED = diagram(
    "prova",
    start()
    + human("uno")
    + boundary("scaduto", "uno", OVER, interrupting=False)
    + human("dopo")
    + end()
    + end("fine_2"),
    "inizio uno; uno fine; scaduto dopo; dopo fine_2",
)
ALONE = diagram(
    "prova",
    start() + event("scaduto", "intermediateCatch", OVER) + human("dopo") + end(),
    "inizio scaduto; scaduto dopo; dopo fine",
)
OF_TWO_EVENTS = diagram(
    "prova",
    start()
    + gateway("attesa", "eventBased")
    + event("scaduto", "intermediateCatch", OVER)
    + event("risposto", "intermediateCatch", on_message("risposta"))
    + human("dopo")
    + human("altro")
    + end(),
    "inizio attesa; attesa scaduto; attesa risposto; scaduto dopo; risposto altro; dopo fine; altro fine",
    before=message("risposta", "=chiave"),
)
OF_THE_PATH = diagram(
    "prova",
    start()
    + human("uno")
    + end()
    + beside("via", OVER, human("dopo") + end("f2"), "scaduto dopo; dopo f2", begin="scaduto"),
    "inizio uno; uno fine",
)
IN_A_ROUND = diagram(
    "prova",
    start()
    + inside(
        "giri",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        "inputCollection='=[1]' inputElement='uno'/></bpmn:extensionElements>"
        "</bpmn:multiInstanceLoopCharacteristics>"
        + start("i2")
        + event("scaduto", "intermediateCatch", OVER)
        + human("dopo")
        + end("f2"),
        "i2 scaduto; scaduto dopo; dopo f2",
    )
    + end(),
    "inizio giri; giri fine",
)
EVERYWHERE = pytest.mark.parametrize(
    "drawn",
    [ON_A_STEP, REMINDED, ALONE, OF_TWO_EVENTS, OF_THE_PATH, IN_A_ROUND],
    ids=["bordo", "promemoria", "evento", "gateway a eventi", "sottoprocesso a evento", "giro"],
)


@pytest.fixture
def over(begin: Begin, clock: FixedClock) -> Callable[[bytes], Story]:
    """A path whose term has come, and whose outputs cannot be computed."""

    def over(drawn: bytes) -> Story:
        story = begin(bundle("prova", drawn), n=TOO_MANY, chiave="k")
        clock.move_to(clock.instant + timedelta(days=6))
        fire_due(story)
        return story

    return over


@EVERYWHERE
def test_a_term_that_cannot_be_followed_is_told_to_a_person_and_not_tried_again(
    over: Callable[[bytes], Story], drawn: bytes
) -> None:
    # when
    story = over(drawn)
    # then
    (incident,) = story.engine.open_incidents(story.id)
    assert (incident.element_id, "una funzione" in incident.message) == ("scaduto", True)
    assert "dopo" not in story.todo()
    assert story.engine.due_timers() == []
    assert story.engine.check(deep=True) == []


@EVERYWHERE
def test_once_the_data_are_right_the_term_is_over_and_not_begun_anew(
    over: Callable[[bytes], Story], drawn: bytes
) -> None:
    # given
    story = over(drawn)
    (incident,) = story.engine.open_incidents(story.id)
    story.engine.retry(incident.id, ANNA)
    (incident,) = story.engine.open_incidents(story.id)  # nothing has changed: it has stopped again
    assert story.engine.remedy(incident.id).values == {"n": TOO_MANY}
    # when
    story.engine.correct(incident.id, {"n": 3}, WHY, BRUNO)
    # then
    assert "dopo" in story.todo()
    assert (story.engine.open_incidents(story.id), story.engine.check(deep=True)) == ([], [])
    seen = story.engine.seen_by(story.task_id("dopo"))
    assert seen["giri"] == 9


@EVERYWHERE
def test_who_goes_on_without_says_why_and_what_follows_the_term_begins(
    over: Callable[[bytes], Story], drawn: bytes
) -> None:
    # given
    story = over(drawn)
    (incident,) = story.engine.open_incidents(story.id)
    assert story.engine.remedy(incident.id).skippable
    # when
    story.engine.skip(incident.id, WHY, BRUNO)
    # then
    assert "dopo" in story.todo()
    assert "giri" not in story.engine.seen_by(story.task_id("dopo"))
    row = next(row for row in story.engine.history(story.id) if row.event == "timer")
    assert (row.element_id, row.by, row.why) == ("scaduto", BRUNO.label, {"motivo": WHY, "saltato": True})


def test_what_waits_beside_a_stopped_term_takes_its_way_and_closes_it(over: Callable[[bytes], Story]) -> None:
    # given
    asked, done = over(OF_TWO_EVENTS), over(ON_A_STEP)
    # when
    asked.engine.correlate("risposta", "k", {}, ANNA)
    done.do("uno")
    # then
    assert asked.todo() == ["altro"]
    assert done.status == "done"
    assert asked.engine.open_incidents() == []


def test_a_term_that_stops_leaves_the_other_terms_to_fire(begin: Begin, clock: FixedClock) -> None:
    # given
    broken = begin(bundle("prova", ALONE), n=TOO_MANY)
    sound = begin(bundle("prova", ALONE), n=3)
    clock.move_to(clock.instant + timedelta(days=6))
    # when
    fire_due(sound)
    # then
    assert (broken.todo(), sound.todo()) == ([], ["dopo"])

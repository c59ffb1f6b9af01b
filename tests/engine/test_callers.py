"""What a called path throws, and gives back: it reaches whoever called, however far above, and each path ends as it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Bundle
from tests.engine.conftest import ANNA, BRUNO, Story
from tests.engine.drawing import (
    beside,
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
    message,
    on_error,
    on_escalation,
    on_message,
    start,
)
from tests.engine.test_rounds import rounds

Begin = Callable[..., Story]
BEFORE = error("no") + escalation("no") + message("notizia", "=chiave")
ERROR, ESCALATION = on_error("no"), on_escalation("no")


def call(identity: str, called: str, loop: str = "", **parts: str) -> str:
    return f"<bpmn:callActivity id='{identity}'>{extensions(call=called, **parts)}{loop}</bpmn:callActivity>"


def above(caught: str, *, called: str = "basso", loop: str = "", interrupting: bool = True) -> Bundle:
    """Calls a path, with what it throws caught on the border."""
    drawn = diagram(
        "alto",
        start()
        + call("chiama", called, loop, input="chiave: =chiave")
        + boundary("preso", "chiama", caught, interrupting=interrupting)
        + human("spiega")
        + human("dopo")
        + end()
        + end("fine_2"),
        "inizio chiama; chiama dopo; dopo fine; preso spiega; spiega fine_2",
        before=BEFORE,
    )
    return bundle("alto", drawn)


BETWEEN = bundle(
    "medio",
    diagram(
        "medio",
        start() + call("chiama_ancora", "basso") + human("dopo_medio") + end(),
        "inizio chiama_ancora; chiama_ancora dopo_medio; dopo_medio fine",
    ),
)


def below(thrown: str) -> Bundle:
    """Throws at its end, or goes on beside it; only when it goes badly."""
    drawn = diagram(
        "basso",
        start() + human("valuta") + gateway("come", default="fine") + event("alza", "end", thrown) + end(),
        "inizio valuta; valuta come; come fine; come alza [male = true]",
        before=BEFORE,
    )
    return bundle("basso", drawn)


def statuses(story: Story) -> list[str]:
    return sorted(each.status for each in story.engine.instances_of(story.id))


def test_an_error_goes_up_through_two_calls_to_who_catches_it(begin: Begin) -> None:
    # given
    story = begin(above(ERROR, called="medio"), BETWEEN, below(ERROR), chiave="k")
    # when
    story.do("valuta", male=True)
    # then: whatever is between has not come to its end
    assert (story.todo(), story.engine.open_incidents(story.id)) == (["spiega"], [])
    assert statuses(story) == ["cancelled", "cancelled", "open"]
    assert story.engine.check(deep=True) == []


def test_an_escalation_goes_up_through_two_calls_and_all_go_on(begin: Begin) -> None:
    # given
    story = begin(
        above(ESCALATION, called="medio", interrupting=False), BETWEEN, below(ESCALATION), chiave="k"
    )
    # when
    story.do("valuta", male=True)
    # then
    assert story.todo() == ["dopo_medio", "spiega"]
    assert statuses(story) == ["done", "open", "open"]
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize(
    ("thrown", "thrower"), [(ERROR, "cancelled"), (ESCALATION, "done")], ids=["errore", "escalation"]
)
def test_one_of_many_called_paths_takes_the_others_away(begin: Begin, thrown: str, thrower: str) -> None:
    # given
    many = above(thrown, loop=rounds(each="=persona"))
    story = begin(many, below(thrown), persone=["ada", "ugo", "eva"], chiave="k")
    story.do("valuta", male=False)
    # when
    story.do("valuta", male=True)
    # then
    assert story.todo() == ["spiega"]
    assert statuses(story) == ["cancelled", thrower, "done", "open"]
    assert story.engine.check(deep=True) == []


def test_an_error_of_what_runs_beside_a_called_path_reaches_the_caller(begin: Begin) -> None:
    # given
    beside_it = beside(
        "via",
        on_message("notizia"),
        human("chiudi") + event("rotto", "end", ERROR),
        "via_inizio chiudi; chiudi rotto",
        interrupting=False,
    )
    drawn = diagram(
        "basso", start() + human("valuta") + end() + beside_it, "inizio valuta; valuta fine", before=BEFORE
    )
    story = begin(above(ERROR), bundle("basso", drawn), chiave="k")
    story.engine.correlate("notizia", "k", {}, ANNA)
    # when
    story.do("chiudi")
    # then
    assert (story.todo(), statuses(story)) == (["spiega"], ["cancelled", "open"])


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_called_path_gives_back_when_what_an_event_began_in_it_is_over(
    begin: Begin, interrupting: bool
) -> None:
    # given
    handler = human("chiudi") + end("chiusa")
    beside_it = beside(
        "via",
        on_message("notizia"),
        handler,
        "via_inizio chiudi; chiudi chiusa",
        interrupting=interrupting,
    )
    drawn = diagram(
        "basso", start() + human("valuta") + end() + beside_it, "inizio valuta; valuta fine", before=BEFORE
    )
    story = begin(above(ERROR), bundle("basso", drawn), chiave="k")
    story.engine.correlate("notizia", "k", {}, ANNA)
    # when
    if not interrupting:
        story.do("valuta")
    # then
    assert story.todo() == ["chiudi"]
    story.do("chiudi")
    assert (story.todo(), statuses(story)) == (["dopo"], ["done", "open"])


def test_a_called_path_whose_variables_cannot_be_read_is_not_run_again(begin: Begin) -> None:
    # given
    calls = call("chiama", "basso", output="detto: =if male = true then function(x) x else male")
    drawn = diagram("alto", start() + calls + human("dopo") + end(), "inizio chiama; chiama dopo; dopo fine")
    story = begin(bundle("alto", drawn), below(ESCALATION))
    # when
    story.do("valuta", male=True)
    # then
    (incident,) = story.engine.open_incidents(story.id)
    assert story.engine.check(deep=True) == []
    story.engine.retry(incident.id, ANNA)
    (incident,) = story.engine.open_incidents(story.id)
    assert statuses(story) == ["done", "open"]
    assert story.engine.remedy(incident.id).corrects is None
    # and
    story.engine.skip(incident.id, "Il parere è agli atti", BRUNO)
    assert story.todo() == ["dopo"]

"""Going back among branches: only where one token alone comes here again, and nobody else's work is taken away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import CannotSendBack
from tests.engine.conftest import ANNA, Story
from tests.engine.drawing import (
    beside,
    boundary,
    bundle,
    diagram,
    end,
    event,
    gateway,
    human,
    inside,
    message,
    on_message,
    start,
)
from tests.engine.test_rounds import rounds

Begin = Callable[..., Story]
WHY = "manca la firma"
HEARD = message("notizia", "=chiave")


def back(story: Story, element: str) -> list[str]:
    """Where the step may go back to."""
    return sorted(each.element_id for each in story.engine.send_back_targets(story.task_id(element)))


def refuses(story: Story, element: str, to: str) -> None:
    with pytest.raises(CannotSendBack):
        story.engine.send_back(story.task_id(element), to, WHY, ANNA)


def forked(other: str, flows: str = "", joined: bool = True) -> bytes:
    """A step, a fork of «uno, due» and of `other`, which begins and ends with «altro»; their join and a last step."""
    ends = gateway("unisci", "parallel") if joined else end("unisci")
    last = "altro unisci; unisci ultimo; ultimo fine" if joined else "altro fine_2; ultimo fine"
    return diagram(
        "prova",
        start()
        + human("primo")
        + gateway("dividi", "parallel")
        + human("uno")
        + human("due")
        + other
        + (ends + human("ultimo") if joined else human("ultimo") + end("fine_2"))
        + end(),
        f"inizio primo; primo dividi; dividi uno; uno due; due {'unisci' if joined else 'ultimo'}; "
        f"dividi altro; {last}; {flows}",
        before=HEARD,
    )


def test_a_branch_of_a_fork_that_is_over_is_never_begun_alone(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", forked(human("altro"))))
    for each in ("primo", "uno", "due", "altro"):
        story.do(each)
    # then: its join would wait for the other for ever
    assert back(story, "ultimo") == ["primo"]
    refuses(story, "ultimo", "due")
    # when
    story.engine.send_back(story.task_id("ultimo"), "primo", WHY, ANNA)
    for each in ("primo", "altro", "uno", "due", "ultimo"):
        story.do(each)
    # then
    assert story.status == "done"


ANOTHER = {
    "ha finito e aspetta": human("altro"),
    "aspetta una notizia": event("altro", "intermediateCatch", on_message("notizia")),
    "è in un sottoprocesso": inside(
        "altro", start("i2") + human("dentro") + end("f2"), "i2 dentro; dentro f2"
    ),
}


@pytest.mark.parametrize("other", ANOTHER.values(), ids=ANOTHER.keys())
def test_nobody_goes_back_over_what_another_branch_has_done_or_waits_for(begin: Begin, other: str) -> None:
    # given
    story = begin(bundle("prova", forked(other)), chiave="k")
    for each in ("primo", "uno", *(["altro"] if "userTask id='altro'" in other else [])):
        story.do(each)
    # then
    assert back(story, "due") == []
    refuses(story, "due", "uno")


def test_what_was_done_on_a_way_that_does_not_lead_here_is_no_earlier_step(begin: Begin) -> None:
    # given two ways that never meet again; the other one is over
    story = begin(bundle("prova", forked(human("altro"), joined=False)))
    for each in ("primo", "altro", "uno"):
        story.do(each)
    # then
    assert back(story, "due") == ["primo", "uno"]
    refuses(story, "due", "altro")


def test_what_a_reminder_has_begun_goes_back_by_itself(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + boundary("ricorda", "uno", on_message("notizia"), interrupting=False)
        + human("sollecita")
        + human("verifica")
        + end()
        + end("fine_2"),
        "inizio uno; uno fine; ricorda sollecita; sollecita verifica; verifica fine_2",
        before=HEARD,
    )
    story = begin(bundle("prova", drawn), chiave="k")
    story.engine.correlate("notizia", "k", {}, ANNA)
    story.do("sollecita")
    assert back(story, "verifica") == []
    # when
    story.do("uno")
    # then
    assert back(story, "verifica") == ["sollecita"]
    story.engine.send_back(story.task_id("verifica"), "sollecita", WHY, ANNA)
    for each in ("sollecita", "verifica"):
        story.do(each)
    assert story.status == "done"


def test_what_an_event_has_begun_beside_the_path_is_not_taken_away(begin: Begin) -> None:
    # given
    handler = human("valuta") + end("valutato")
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + human("due")
        + end()
        + beside(
            "via", on_message("notizia"), handler, "via_inizio valuta; valuta valutato", interrupting=False
        ),
        "inizio uno; uno due; due fine",
        before=HEARD,
    )
    story = begin(bundle("prova", drawn), chiave="k")
    story.do("uno")
    story.engine.correlate("notizia", "k", {}, ANNA)
    # then
    refuses(story, "due", "uno")
    story.do("valuta")
    story.engine.send_back(story.task_id("due"), "uno", WHY, ANNA)
    assert story.todo() == ["uno"]


@pytest.mark.parametrize("before", [None, ["di prima"]])
def test_what_rounds_have_collected_goes_back_too(begin: Begin, before: list[str] | None) -> None:
    # given: the outputs of a repetition are written by no step
    drawn = diagram(
        "prova",
        start() + human("uno") + human("senti", loop=rounds(each="=persona")) + human("due") + end(),
        "inizio uno; uno senti; senti due; due fine",
    )
    known = {} if before is None else {"pareri": before}
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"], **known)
    for each in ("uno", "senti", "senti"):
        story.do(each)
    assert story.variables["pareri"] == ["ada", "ugo"]
    assert [row.delta for row in story.engine.history(story.id)][-1] == {"pareri": ["ada", "ugo"]}
    # when
    story.engine.send_back(story.task_id("due"), "uno", WHY, ANNA)
    # then
    assert story.variables.get("pareri") == before

"""Link events: a flow that is not drawn, inside one scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import check_diagram
from tests.engine.conftest import Story
from tests.engine.drawing import bundle, diagram, end, gateway, human, inside, link, start

Begin = Callable[..., Story]


def test_two_links_lead_to_one_place_and_back_in_a_cycle(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("domanda")
        + gateway("completa", default="manca")
        + link("manca", "Da integrare", "Throw")
        + human("valuta")
        + gateway("va_bene", default="ancora")
        + link("ancora", "Da integrare", "Throw")
        + end()
        + link("integrare", "Da integrare", "Catch")
        + human("integra")
        + gateway("poi"),
        "inizio domanda; domanda completa; completa manca; completa poi [tutto = true]; poi valuta; "
        "valuta va_bene; va_bene ancora; va_bene fine [basta = true]; integrare integra; integra poi",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("domanda")
    story.do("integra")
    for _ in range(3):
        story.do("valuta", basta=False)
        assert story.todo() == ["integra"]
        story.do("integra")
    story.do("valuta", basta=True)
    # then
    assert story.ended_in == "fine"
    assert story.crossed().count("integrare") == 4


def test_a_name_is_of_its_scope(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + link("via", "A", "Throw")
        + link("qui", "A", "Catch")
        + inside(
            "dentro",
            start("i2")
            + link("via_2", "A", "Throw")
            + link("qui_2", "A", "Catch")
            + human("uno")
            + end("f2"),
            "i2 via_2; qui_2 uno; uno f2",
        )
        + end(),
        "inizio via; qui dentro; dentro fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno")
    # then
    assert [each for each in story.crossed() if "via" in each or "qui" in each] == [
        "via",
        "qui",
        "via_2",
        "qui_2",
    ]
    assert story.status == "done"


LINKED = link("via", "A", "Throw") + link("qui", "A", "Catch")
FLOWS = "inizio via; qui fine"

FAULTS = {
    "no name": ("via", link("via", "", "Throw") + human("uno"), "inizio via; via uno; uno fine"),
    "nowhere to go": (
        "via",
        link("via", "B", "Throw") + LINKED.replace("'via'", "'altra'"),
        "inizio via; qui fine; inizio altra",
    ),
    "two places to go": ("anche", LINKED + link("anche", "A", "Catch") + end("f2"), f"{FLOWS}; anche f2"),
    "a place that nobody leads to": (
        "anche",
        LINKED + link("anche", "B", "Catch") + end("f2"),
        f"{FLOWS}; anche f2",
    ),
    "a flow out of the near end": ("via", LINKED + end("f2"), f"{FLOWS}; via f2"),
    "a flow into the far end": (
        "qui",
        LINKED + gateway("g", default="via"),
        "inizio g; g via; g qui [x]; qui fine",
    ),
    "a far end that leads nowhere": ("qui", LINKED, "inizio via"),
    "the other end in a subprocess": (
        "via",
        link("via", "A", "Throw")
        + inside("dentro", start("i2") + link("qui", "A", "Catch") + end("f2"), "i2 f2; qui f2"),
        "inizio via; dentro fine",
    ),
    "a cycle in which nobody waits": (
        "g",
        LINKED + human("uno") + gateway("g", default="via"),
        "inizio uno; uno g; g fine [x]; g via; qui g",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_end_at_fault_is_named(fault: str) -> None:
    element, body, flows = FAULTS[fault]
    problems = check_diagram("prova.bpmn", diagram("prova", start() + body + end(), flows))
    assert element in {problem.element for problem in problems}

"""Ad hoc subprocesses: a person chooses the next activity, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import FixedClock, FormInvalid, check_diagram
from tests.engine.conftest import ANNA, BRUNO, Story, fire_due
from tests.engine.drawing import boundary, bundle, diagram, end, extensions, human, inside, on_timer, start

Begin = Callable[..., Story]
CONDITION = "<bpmn:completionCondition>={0}</bpmn:completionCondition>"
GROUP = extensions(group="assistente_sociale", due="P7D")


def support(
    body: str, flows: str = "", *, ordering: str = "Sequential", own: str = GROUP, attributes: str = ""
) -> bytes:
    """A path whose only step is the ad hoc subprocess «sostegno»."""
    inner = inside(
        "sostegno",
        own + body,
        flows,
        kind="adHocSubProcess",
        attributes=f"name='Sostegno alla famiglia' ordering='{ordering}' {attributes}",
    )
    return diagram(
        "prova", start() + inner + human("dopo") + end(), "inizio sostegno; sostegno dopo; dopo fine"
    )


def choose(story: Story, what: str) -> None:
    story.do("sostegno-scelta", prossima=what)


VISIT = human("telefona", output="detto: =detto") + human("visita", output="visto: =visto") + human("verbale")


def test_a_person_chooses_again_and_again_until_it_is_enough(begin: Begin) -> None:
    # given: the record is written after each visit, and is no choice of its own
    story = begin(bundle("prova", support(VISIT, "visita verbale")))
    task = story.engine.task(story.task_id("sostegno-scelta"))
    assert (task.name, task.ruolo, task.due_at is not None) == (
        "Sostegno alla famiglia",
        "assistente_sociale",
        True,
    )
    # when
    choose(story, "visita")
    assert story.todo() == ["visita"]
    story.do("visita", visto="bene")
    assert story.todo() == ["verbale"]
    story.do("verbale")
    choose(story, "telefona")
    story.do("telefona", detto="sì")
    choose(story, "visita")
    story.do("visita", visto="meglio")
    story.do("verbale")
    choose(story, "concludi")
    # then
    assert story.todo() == ["dopo"]
    assert (story.variables["visto"], story.variables["detto"]) == ("meglio", "sì")
    assert story.engine.check() == []


def test_only_what_is_drawn_may_be_chosen(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", support(VISIT, "visita verbale")))
    asked = story.engine.program(story.engine.instance(story.id).hash).schema("sostegno-scelta")
    assert asked is not None
    assert [each["title"] for each in asked["properties"]["prossima"]["oneOf"]] == [
        "telefona",
        "visita",
        "Nient’altro: concludi",
    ]
    # then
    for wrong in ({"prossima": "verbale"}, {}, {"prossima": None}):
        with pytest.raises(FormInvalid):
            story.do("sostegno-scelta", **wrong)
    assert story.todo() == ["sostegno-scelta"]


def test_in_parallel_the_choice_stays_open_and_all_that_was_begun_is_finished(begin: Begin) -> None:
    # given
    body = human("telefona") + human("visita")
    story = begin(bundle("prova", support(body, ordering="Parallel")))
    # when
    choose(story, "telefona")
    choose(story, "visita")
    choose(story, "telefona")
    assert story.todo() == ["sostegno-scelta", "telefona", "telefona", "visita"]
    choose(story, "concludi")
    # then
    assert story.todo() == ["telefona", "telefona", "visita"]
    story.do("telefona")
    story.do("visita")
    story.do("telefona")
    assert story.todo() == ["dopo"]


@pytest.mark.parametrize("ordering", ["Sequential", "Parallel"])
def test_with_a_condition_it_is_over_when_that_holds(begin: Begin, ordering: str) -> None:
    # given
    body = human("telefona") + human("visita", output="visite: =visite + 1") + CONDITION.format("visite = 2")
    story = begin(bundle("prova", support(body, ordering=ordering)), visite=0)
    # when
    choose(story, "visita")
    story.do("visita")
    if ordering == "Parallel":
        choose(story, "telefona")
    choose(story, "visita")
    story.do("visita")
    # then: what was under way is taken away
    assert story.todo() == ["dopo"]
    assert story.engine.check() == []


def test_a_term_on_the_border_of_an_activity_leads_back_to_the_choice(
    begin: Begin, clock: FixedClock
) -> None:
    # given
    body = human("visita") + boundary("scaduta", "visita", on_timer("P5D")) + human("telefona")
    story = begin(bundle("prova", support(body)))
    choose(story, "visita")
    # when
    clock.move_to(clock.instant + timedelta(days=6))
    fire_due(story)
    # then
    assert story.todo() == ["sostegno-scelta"]


def test_the_choice_goes_back_to_an_earlier_step_of_its_subprocess(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", support(VISIT, "visita verbale")))
    choose(story, "visita")
    # when
    story.engine.send_back(story.task_id("visita"), "sostegno-scelta", "è in ospedale", BRUNO)
    # then
    assert story.todo() == ["sostegno-scelta"]
    choose(story, "telefona")
    assert story.todo() == ["telefona"]


def test_each_round_chooses_for_itself(begin: Begin) -> None:
    # given
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        "inputCollection='=persone' inputElement='persona'/></bpmn:extensionElements>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    story = begin(
        bundle("prova", support(loop + human("telefona") + human("visita"))), persone=["ada", "ugo"]
    )
    # when
    first, second = (task.id for task in story.engine.open_tasks(story.id))
    story.engine.complete(first, {"prossima": "visita"}, ANNA)
    story.engine.complete(second, {"prossima": "telefona"}, ANNA)
    # then
    seen = {
        task.element_id: story.engine.seen_by(task.id)["persona"]
        for task in story.engine.open_tasks(story.id)
    }
    assert seen == {"visita": "ada", "telefona": "ugo"}


def test_the_choice_moves_with_its_subprocess_to_a_new_release(begin: Begin) -> None:
    # given
    drawn = support(VISIT, "visita verbale")
    story = begin(bundle("prova", drawn))
    engine = story.engine
    # when
    engine.publish(bundle("prova", drawn.replace(b"sostegno", b"aiuto")), ANNA)
    migration = engine.migrate("prova", 1, 2, {"sostegno": "aiuto"}, BRUNO)
    while (instance := engine.next_to_migrate(migration)) is not None:
        engine.migrate_instance(migration, instance)
    # then
    assert (engine.instance(story.id).release, story.todo()) == (2, ["aiuto-scelta"])
    story.do("aiuto-scelta", prossima="telefona")
    assert story.todo() == ["telefona"]


def test_its_lane_has_the_choice() -> None:
    # given
    lanes = (
        "<bpmn:laneSet id='corsie'><bpmn:lane id='educatore' name='Educatore'><bpmn:flowNodeRef>sostegno"
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    drawn = support(human("visita"), own="").replace(
        b"<bpmn:startEvent", lanes.encode() + b"<bpmn:startEvent", 1
    )
    # then
    assert [str(problem) for problem in check_diagram("prova.bpmn", drawn)] == []
    assert {problem.element for problem in check_diagram("prova.bpmn", support(human("visita"), own=""))} == {
        "sostegno"
    }


FAULTS = {
    "a start inside": ("sostegno", support(human("visita") + start("i2"), "i2 visita")),
    "nothing to choose": ("sostegno", support("")),
    "an empty condition": ("sostegno", support(human("visita") + CONDITION.format("").replace("=", ""))),
    "an ordering that is none": ("sostegno", support(human("visita"), ordering="Casuale")),
    "a condition that would let the rest go on": (
        "sostegno",
        support(
            human("visita") + CONDITION.format("visto"),
            ordering="Parallel",
            attributes="cancelRemainingInstances='false'",
        ),
    ),
    "an activity that may run twice at once and overwrite itself": (
        "visita",
        support(human("visita", output="visto: =visto"), ordering="Parallel"),
    ),
    "two activities that overwrite each other": (
        "visita",
        support(
            human("telefona", output="esito: =1") + human("visita", output="esito: =2"), ordering="Parallel"
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_run_is_refused_and_named(fault: str) -> None:
    element, drawn = FAULTS[fault]
    assert element in {problem.element for problem in check_diagram("prova.bpmn", drawn)}


def test_what_a_reminder_begins_beside_an_activity_asks_for_no_second_choice(
    begin: Begin, clock: FixedClock
) -> None:
    # given
    reminded = (
        human("visita")
        + boundary("tardi", "visita", on_timer("P1D"), interrupting=False)
        + human("sollecita")
        + human("telefona")
    )
    story = begin(bundle("prova", support(reminded, "tardi sollecita")))
    choose(story, "visita")
    clock.move_to(clock.instant + timedelta(days=2))
    fire_due(story)
    # when
    story.do("sollecita")
    # then: one at a time, and what was chosen is still under way
    assert story.todo() == ["visita"]
    story.do("visita")
    assert story.todo() == ["sostegno-scelta"]
    choose(story, "concludi")
    assert (story.todo(), story.engine.check(deep=True)) == (["dopo"], [])

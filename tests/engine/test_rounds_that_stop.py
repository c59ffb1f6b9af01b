"""Rounds whose output, or whose completion condition, cannot be computed: their steps stay done, and a person is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from engine import Operations, system
from tests.engine.conftest import ANNA, BRUNO, Story, outside
from tests.engine.drawing import bundle, diagram, end, extensions, human, start
from tests.engine.test_rounds import do_for, rounds

Begin = Callable[..., Story]
WHY = "Il suo parere è agli atti"
NOT_OF_BOB = "=if persona = &quot;bob&quot; then function(a) a else persona"  # a function is no value to keep
UNTIL_ASKED = "if numberOfCompletedInstances = 1 and certo != true then function(a) a else false"
KINDS = pytest.mark.parametrize("kind", ["parallel", "sequential"])


@pytest.fixture
def operations(operations: Operations) -> Operations:
    operations.add(outside("ente.chiede"))
    return operations


def repeated(each: str) -> bytes:
    """A path whose first step is `each`, called «giri»."""
    return diagram("prova", start() + each + human("dopo") + end(), "inizio giri; giri dopo; dopo fine")


def asking(loop: str) -> str:
    return f"<bpmn:serviceTask id='giri'>{extensions(operation='ente.chiede')}{loop}</bpmn:serviceTask>"


def answer_all(story: Story) -> None:
    """Every call that is out is answered, and those that follow from that."""
    query = text("select id from engine_job where status in ('waiting', 'running') order by id limit 1")
    while (job := story.engine.session.scalar(query)) is not None:
        story.engine.finish_job(job, {}, system("worker"))


@KINDS
def test_a_call_that_was_answered_is_not_made_again_for_an_output_that_fails(begin: Begin, kind: str) -> None:
    # given
    story = begin(
        bundle("prova", repeated(asking(rounds(each=NOT_OF_BOB, kind=kind)))), persone=["bob", "ada"]
    )
    # when
    answer_all(story)
    # then
    (incident,) = story.engine.open_incidents(story.id)
    assert (incident.element_id, story.todo(), story.engine.check(deep=True)) == ("giri", [], [])
    story.engine.skip(incident.id, WHY, BRUNO)
    answer_all(story)
    assert (story.todo(), story.variables["pareri"]) == (["dopo"], [None, "ada"])
    assert story.engine.session.scalar(text("select count(*) from engine_job")) == 2


@KINDS
def test_a_called_path_that_has_ended_is_not_run_again_for_an_output_that_fails(
    begin: Begin, kind: str
) -> None:
    # given
    calls = f"<bpmn:callActivity id='giri'>{extensions(call='altro')}{rounds(each=NOT_OF_BOB, kind=kind)}</bpmn:callActivity>"
    other = diagram("altro", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    story = begin(bundle("prova", repeated(calls)), bundle("altro", other), persone=["bob", "ada"])
    # when
    while "valuta" in story.todo():
        story.do("valuta")
    # then
    (incident,) = story.engine.open_incidents(story.id)
    assert story.engine.check(deep=True) == []
    story.engine.skip(incident.id, WHY, BRUNO)
    while "valuta" in story.todo():
        story.do("valuta")
    assert (story.todo(), story.variables["pareri"]) == (["dopo"], [None, "ada"])
    assert len(story.engine.instances_of(story.id)) == 3


@KINDS
def test_who_has_answered_is_not_refused_for_an_output_that_fails(begin: Begin, kind: str) -> None:
    # given
    story = begin(
        bundle("prova", repeated(human("giri", loop=rounds(each=NOT_OF_BOB, kind=kind)))),
        persone=["ada", "bob", "eva"],
    )
    # when
    for person in ("ada", "bob"):
        do_for(story, person, "giri")
    # then: one after the other, the next begins when somebody has looked into it
    (incident,) = story.engine.open_incidents(story.id)
    assert story.todo() == ([] if kind == "sequential" else ["giri"])
    story.engine.skip(incident.id, WHY, BRUNO)
    do_for(story, "eva", "giri")
    assert (story.todo(), story.variables["pareri"]) == (["dopo"], ["ada", None, "eva"])
    row = next(row for row in story.engine.history(story.id) if row.event == "skipped")
    assert (row.element_id, row.by, row.why) == ("giri", BRUNO.label, {"motivo": WHY, "saltato": True})


def test_a_condition_that_fails_is_asked_again_with_the_data_put_right_and_counts_no_round_twice(
    begin: Begin,
) -> None:
    # given
    loop = rounds(each="=parere", until=UNTIL_ASKED)
    counts = f"<bpmn:scriptTask id='giri'>{extensions(script='=persona + segno', result='parere')}{loop}</bpmn:scriptTask>"
    story = begin(bundle("prova", repeated(counts)), persone=["bob", "ada", "eva"], certo=False, segno="!")
    (incident,) = story.engine.open_incidents(story.id)
    story.engine.retry(incident.id, ANNA)
    (incident,) = story.engine.open_incidents(story.id)
    # when: what the rounds have written is theirs, and not asked
    assert story.engine.remedy(incident.id).values == {"certo": False}
    story.engine.correct(incident.id, {"certo": True}, WHY, BRUNO)
    # then
    assert (story.todo(), story.variables["pareri"]) == (["dopo"], ["bob!", "ada!", "eva!"])
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize("person", [False, True])
def test_a_collection_that_is_none_is_passed_over_but_never_the_steps_of_people(
    begin: Begin, person: bool
) -> None:
    # given
    each = human("giri", loop=rounds()) if person else asking(rounds())
    story = begin(bundle("prova", repeated(each)), persone="nessuna lista")
    # when
    (incident,) = story.engine.open_incidents(story.id)
    remedy = story.engine.remedy(incident.id)
    # then
    assert (remedy.values, remedy.skippable) == ({"persone": "nessuna lista"}, not person)
    if not person:
        story.engine.skip(incident.id, WHY, BRUNO)
        assert (story.todo(), story.variables["pareri"]) == (["dopo"], [])

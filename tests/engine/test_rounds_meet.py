"""Rounds that meet terms, news, links, choices and what undoes them: each keeps to itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import FixedClock, Operations, system
from tests.engine.conftest import ANNA, Story, fire_due, outside
from tests.engine.drawing import (
    COMPENSATION,
    beside,
    boundary,
    bundle,
    compensating,
    diagram,
    end,
    event,
    extensions,
    gateway,
    human,
    inside,
    link,
    message,
    on_message,
    on_timer,
    start,
    undone,
)
from tests.engine.test_rounds import do_for, rounds, script

Begin = Callable[..., Story]
TERMINATE = "<bpmn:terminateEventDefinition/>"
WORKER = system("worker")


@pytest.fixture
def operations(operations: Operations) -> Operations:
    operations.add(outside("ente.chiede", errors=["negato"]))
    return operations


def jobs(story: Story) -> list[int]:
    found = story.engine.session.execute(
        text("select id from engine_job where status in ('waiting','running') order by id")
    )
    return list(found.scalars())


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_a_completion_condition_true_at_the_first_leaves_no_other_round(begin: Begin, kind: str) -> None:
    # given
    body = (
        rounds(kind=kind, each="=persona", until="true")
        + start("i2")
        + human("uno")
        + boundary("t", "uno", on_timer("P5D"), interrupting=False)
        + human("sol")
        + end("f2")
        + end("f3")
    )
    drawn = diagram(
        "prova",
        start() + inside("ascolto", body, "i2 uno; uno f2; t sol; sol f3") + human("dopo") + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"])
    # when / then
    story.do("uno")
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []
    story.do("dopo")
    assert story.status == "done"


def test_rounds_over_nobody_leave_no_term(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("senti", loop=rounds())
        + boundary("t", "senti", on_timer("P5D"), interrupting=False)
        + human("sol")
        + human("dopo")
        + end()
        + end("f2"),
        "inizio senti; senti dopo; dopo fine; t sol; sol f2",
    )
    story = begin(bundle("prova", drawn), persone=[])
    # when / then
    assert story.todo() == ["dopo"]
    clock.move_to(clock.instant + timedelta(days=9))
    assert fire_due(story) == 0
    assert story.engine.check(deep=True) == []
    story.do("dopo")
    assert story.status == "done"


def test_rounds_that_are_reminded_end_and_what_was_begun_stays(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("senti", loop=rounds())
        + boundary("t", "senti", on_timer("R3/P5D", "timeCycle"), interrupting=False)
        + human("sol")
        + human("dopo")
        + end()
        + end("f2"),
        "inizio senti; senti dopo; dopo fine; t sol; sol f2",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b"])
    # when / then
    for _ in range(5):
        clock.move_to(clock.instant + timedelta(days=6))
        fire_due(story)
    assert story.todo() == ["senti", "senti", "sol", "sol", "sol"]
    story.do("senti")
    story.do("senti")
    assert story.todo() == ["dopo", "sol", "sol", "sol"]
    for _ in range(3):
        story.do("sol")
    story.do("dopo")
    assert story.status == "done"


def test_a_term_takes_away_what_is_late_in_each_round(begin: Begin, clock: FixedClock) -> None:
    # given
    inner = inside("visita_tutta", start("i3") + human("uno") + end("f3"), "i3 uno; uno f3")
    body = (
        rounds(each="=persona")
        + start("i2")
        + inner
        + boundary("t", "visita_tutta", on_timer("P5D"))
        + human("tardi")
        + end("f2")
        + end("f4")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("ascolto", body, "i2 visita_tutta; visita_tutta f2; t tardi; tardi f4")
        + human("dopo")
        + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b", "c"])
    # when / then
    story.do("uno")
    clock.move_to(clock.instant + timedelta(days=6))
    assert fire_due(story) == 2
    assert story.todo() == ["tardi", "tardi"]
    story.do("tardi")
    story.do("tardi")
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_a_link_leads_back_within_its_own_round(begin: Begin) -> None:
    # given
    body = (
        rounds(each="=persona")
        + start("i2")
        + gateway("g")
        + human("uno")
        + gateway("x", default="salta")
        + link("salta", "A", "Throw")
        + link("arriva", "A", "Catch")
        + end("f2")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("ascolto", body, "i2 g; g uno; uno x; x f2 [basta = true]; x salta; arriva g")
        + human("dopo")
        + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b"])
    # when / then
    for _ in range(3):
        for task in story.engine.open_tasks(story.id):
            story.engine.complete(task.id, {"basta": False}, ANNA)
        assert story.todo() == ["uno", "uno"]
    for task in story.engine.open_tasks(story.id):
        story.engine.complete(task.id, {"basta": True}, ANNA)
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_rounds_in_rounds_end_early_each_for_itself(begin: Begin) -> None:
    # given
    inner_loop = rounds(over="figli", item="figlio", each="=figlio", until="numberOfCompletedInstances = 1")
    inner = inside(
        "figli_tutti",
        inner_loop.replace("pareri", "dei_figli") + start("i3") + human("uno") + end("f3"),
        "i3 uno; uno f3",
    )
    body = rounds(each="=dei_figli") + start("i2") + inner + end("f2")
    drawn = diagram(
        "prova",
        start() + inside("ascolto", body, "i2 figli_tutti; figli_tutti f2") + human("dopo") + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b"], figli=["x", "y"])
    # when / then
    assert story.todo() == ["uno"] * 4
    story.do("uno")
    assert story.todo() == ["uno"] * 2
    story.do("uno")
    assert story.todo() == ["dopo"]
    assert len(story.variables["pareri"]) == 2
    assert story.engine.check(deep=True) == []


def test_each_round_waits_for_its_own_news_or_its_own_term(begin: Begin, clock: FixedClock) -> None:
    # given
    body = (
        rounds(each="=esito")
        + start("i2")
        + gateway("g", "eventBased")
        + event("m", "intermediateCatch", on_message("nota"))
        + event("t", "intermediateCatch", on_timer("P5D"))
        + script("sa", "1", "esito")
        + script("sb", "2", "esito")
        + gateway("x")
        + end("f2")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("ascolto", body, "i2 g; g m; g t; m sa; t sb; sa x; sb x; x f2")
        + human("dopo")
        + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
        before=message("nota", "=persona"),
    )
    story = begin(bundle("prova", drawn), persone=["a", "b", "c"])
    # when / then
    assert story.engine.correlate("nota", "b", {}, ANNA).outcome == "correlated"
    clock.move_to(clock.instant + timedelta(days=6))
    assert fire_due(story) == 2
    assert story.todo() == ["dopo"]
    assert story.variables["pareri"] == [2, 1, 2]
    assert story.engine.check(deep=True) == []


def test_each_round_chooses_for_itself(begin: Begin) -> None:
    # given
    ad_hoc = inside(
        "sostegno",
        extensions(group="assistente_sociale") + human("visita"),
        "",
        kind="adHocSubProcess",
        attributes="name='S' ordering='Parallel'",
    )
    body = rounds(each="=persona") + start("i2") + ad_hoc + end("f2")
    drawn = diagram(
        "prova",
        start() + inside("ascolto", body, "i2 sostegno; sostegno f2") + human("dopo") + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b"])
    # when / then
    do_for(story, "b", "sostegno-scelta", prossima="visita")
    do_for(story, "b", "sostegno-scelta", prossima="concludi")
    do_for(story, "a", "sostegno-scelta", prossima="concludi")
    assert story.todo() == ["visita"]
    story.do("visita")
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_a_round_undoes_what_it_has_done_itself(begin: Begin) -> None:
    # given
    body = (
        rounds(each="=persona")
        + start("i2")
        + human("a")
        + undone("a", "rimedia")
        + compensating(human("rimedia"))
        + human("b")
        + gateway("x", default="f2")
        + event("disfa", "intermediateThrow", COMPENSATION)
        + end("f2")
        + end("f3")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("ascolto", body, "i2 a; a b; b x; x f2; x disfa [male]; disfa f3")
        + human("dopo")
        + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["p", "q"])
    # when / then
    for _ in range(2):
        story.do("a")
    do_for(story, "p", "b", male=True)
    do_for(story, "q", "b", male=False)
    assert story.todo() == ["rimedia"]
    assert story.engine.seen_by(story.task_id("rimedia"))["persona"] == "p"
    story.do("rimedia")
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_each_round_is_reminded_as_often_as_the_cycle_says(begin: Begin, clock: FixedClock) -> None:
    # given
    body = (
        rounds(each="=persona", kind="sequential")
        + start("i2")
        + human("a")
        + end("f2")
        + beside(
            "via",
            on_timer("R2/P2D", "timeCycle"),
            human("chiudi") + end("f3"),
            "via_inizio chiudi; chiudi f3",
            interrupting=False,
        )
    )
    drawn = diagram(
        "prova",
        start() + inside("dentro", body, "i2 a; a f2") + human("dopo") + end(),
        "inizio dentro; dentro dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["x", "y"])
    # when / then
    for _ in range(4):
        clock.move_to(clock.instant + timedelta(days=3))
        fire_due(story)
    assert story.todo() == ["a", "chiudi", "chiudi"]
    for each in ("a", "chiudi", "chiudi"):
        story.do(each)
    assert story.todo() == ["a"]
    for _ in range(4):
        clock.move_to(clock.instant + timedelta(days=3))
        fire_due(story)
    assert story.todo() == ["a", "chiudi", "chiudi"]
    assert story.engine.check(deep=True) == []

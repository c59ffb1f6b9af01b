"""Terminate end events: they end the scope that they stand in, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from engine import Operations, system
from tests.engine.conftest import ANNA, Story, outside
from tests.engine.drawing import (
    beside,
    bundle,
    diagram,
    end,
    event,
    gateway,
    human,
    inside,
    message,
    on_message,
    service,
    start,
)
from tests.engine.test_callers import call
from tests.engine.test_rounds import rounds

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


def test_terminate_ends_only_its_subprocess_and_all_in_it(begin: Begin, operations: Operations) -> None:
    # given
    deep = inside("fondo", start("i3") + human("lontano") + end("f3"), "i3 lontano; lontano f3")
    body = (
        start("i2")
        + gateway("d2", "parallel")
        + human("uno")
        + service("chiede", "ente.chiede")
        + deep
        + call("chiama", "altro")
        + event("basta", "end", TERMINATE)
        + end("f2")
        + end("f4")
        + end("f5")
    )
    drawn = diagram(
        "prova",
        start()
        + gateway("d", "parallel")
        + inside(
            "dentro",
            body,
            "i2 d2; d2 uno; d2 chiede; d2 fondo; d2 chiama; uno basta; chiede f2; fondo f4; chiama f5",
        )
        + human("fuori")
        + human("dopo")
        + end()
        + end("f6"),
        "inizio d; d dentro; d fuori; dentro dopo; dopo fine; fuori f6",
    )
    other = diagram("altro", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    story = begin(bundle("prova", drawn), bundle("altro", other))
    # when / then
    assert story.todo() == ["fuori", "lontano", "uno", "valuta"]
    story.do("uno")
    assert story.todo() == ["dopo", "fuori"]
    assert jobs(story) == []
    assert [i.status for i in story.engine.instances_of(story.id)] == ["open", "cancelled"]
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_terminate_in_a_round_ends_that_round(begin: Begin, kind: str) -> None:
    # given
    body = (
        rounds(kind=kind, each="=persona")
        + start("i2")
        + gateway("d2", "parallel")
        + human("uno")
        + human("due")
        + event("basta", "end", TERMINATE)
        + end("f2")
    )
    drawn = diagram(
        "prova",
        start() + inside("ascolto", body, "i2 d2; d2 uno; d2 due; uno basta; due f2") + human("dopo") + end(),
        "inizio ascolto; ascolto dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"])
    # when / then
    story.do("uno")
    assert story.todo() == ["due", "uno"]
    story.do("uno")
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_terminate_of_the_path_ends_what_runs_beside_it(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + event("basta", "end", TERMINATE)
        + beside(
            "via",
            on_message("nota"),
            human("chiudi") + end("f2"),
            "via_inizio chiudi; chiudi f2",
            interrupting=False,
        ),
        "inizio uno; uno basta",
        before=message("nota", "=k"),
    )
    story = begin(bundle("prova", drawn), k="k")
    # when / then
    story.engine.correlate("nota", "k", {}, ANNA)
    story.do("uno")
    assert (story.todo(), story.status, story.ended_in) == ([], "done", "basta")
    assert story.engine.check(deep=True) == []


@pytest.mark.parametrize("interrupting", [True, False])
def test_terminate_in_an_event_subprocess_ends_only_that(begin: Begin, interrupting: bool) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + end()
        + beside(
            "via",
            on_message("nota"),
            gateway("d2", "parallel")
            + human("a")
            + human("b")
            + event("basta", "end", TERMINATE)
            + end("f2"),
            "via_inizio d2; d2 a; d2 b; a basta; b f2",
            interrupting=interrupting,
        ),
        "inizio uno; uno fine",
        before=message("nota", "=k"),
    )
    story = begin(bundle("prova", drawn), k="k")
    # when / then
    story.engine.correlate("nota", "k", {}, ANNA)
    story.do("a")
    assert story.engine.check(deep=True) == []
    if interrupting:
        assert (story.todo(), story.status) == ([], "done")
    else:
        assert story.todo() == ["uno"]
        story.do("uno")
        assert story.status == "done"

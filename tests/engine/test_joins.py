"""Joins: they fire once, when all that may come has come, in whatever round and beside whatever branch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import ANNA, Story
from tests.engine.drawing import boundary, bundle, diagram, end, gateway, human, message, on_message, start

Begin = Callable[..., Story]


def in_a_cycle(kind: str) -> bytes:
    """A fork and its join in a cycle, beside a branch that stays open."""
    return diagram(
        "prova",
        start()
        + gateway("apri", "parallel")
        + human("lungo")
        + gateway("giro")
        + gateway("dividi", kind, default="unisci" if kind == "inclusive" else "")
        + human("x")
        + human("y")
        + gateway("unisci", kind)
        + human("z")
        + gateway("ancora", default="giro")
        + gateway("chiudi", "parallel")
        + end(),
        "inizio apri; apri lungo; apri giro; giro dividi; "
        + (
            "dividi x [tutti]; dividi y [tutti]; dividi unisci"
            if kind == "inclusive"
            else "dividi x; dividi y"
        )
        + "; x unisci; y unisci; unisci z; z ancora; ancora giro; ancora chiudi [basta = true]; lungo chiudi; "
        "chiudi fine",
    )


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_join_waits_for_both_branches_in_every_round(begin: Begin, kind: str) -> None:
    # given
    story = begin(bundle("prova", in_a_cycle(kind)), tutti=True)
    for first, second in (("x", "y"), ("y", "x"), ("x", "y"), ("y", "x")):
        # when
        story.do(first)
        # then
        assert story.todo() == sorted(["lungo", second])
        story.do(second)
        assert story.todo() == ["lungo", "z"]
        story.do("z", basta=False)
        assert story.todo() == ["lungo", "x", "y"]
    story.do("y")
    story.do("x")
    story.do("z", basta=True)
    story.do("lungo")
    assert (story.status, story.crossed().count("unisci"), story.crossed().count("chiudi")) == ("done", 5, 1)


INCLUSIVE = diagram(
    "prova",
    start()
    + gateway("dividi", "inclusive", default="w")
    + human("w")
    + human("x")
    + human("y")
    + gateway("rinuncia", default="unisci")
    + end("rinunciato")
    + gateway("unisci", "inclusive")
    + human("z")
    + end(),
    "inizio dividi; dividi w; w unisci; dividi x [a = true]; dividi y [b = true]; x unisci; y rinuncia; rinuncia unisci; "
    "rinuncia rinunciato [no = true]; unisci z; z fine",
)


@pytest.mark.parametrize(
    ("started", "todo"),
    [({"a": True}, ["x"]), ({"b": True}, ["y"]), ({"a": True, "b": True}, ["x", "y"]), ({}, ["w"])],
)
def test_an_inclusive_join_waits_for_the_branches_that_were_begun(
    begin: Begin, started: dict[str, bool], todo: list[str]
) -> None:
    # given
    story = begin(bundle("prova", INCLUSIVE), **started)
    assert story.todo() == todo
    # when
    for element in todo:
        assert "z" not in story.todo()
        story.do(element)
    # then
    assert story.todo() == ["z"]
    story.do("z")
    assert story.status == "done"


def test_an_inclusive_join_fires_when_what_it_waited_for_goes_another_way(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", INCLUSIVE), a=True, b=True)
    story.do("x")
    assert story.todo() == ["y"]
    # when
    story.do("y", no=True)
    # then
    assert story.todo() == ["z"]


def test_two_requests_at_once_do_not_take_each_others_branches(begin: Begin) -> None:
    # given: each message begins a fork and a join of its own beside the service
    drawn = diagram(
        "prova",
        start()
        + human("servizio")
        + boundary("richiesta", "servizio", on_message("richiesta"), interrupting=False)
        + gateway("dividi", "parallel")
        + human("x")
        + human("y")
        + gateway("unisci", "parallel")
        + human("z")
        + end("f2")
        + end(),
        "inizio servizio; servizio fine; richiesta dividi; dividi x; dividi y; x unisci; y unisci; unisci z; z f2",
        before=message("richiesta", "=chi"),
    )
    story = begin(bundle("prova", drawn), chi="rosa")
    for _ in range(2):
        story.engine.correlate("richiesta", "rosa", {}, ANNA)
    # when
    story.do("x")
    story.do("y")
    # then
    assert story.todo() == ["servizio", "x", "y", "z"]
    story.do("y")
    story.do("x")
    assert story.todo() == ["servizio", "z", "z"]
    story.do("z")
    story.do("servizio")
    story.do("z")
    assert story.status == "done"


def test_two_branches_write_parts_of_one_object_and_both_stay(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("x", output="nucleo.reddito: =euro")
        + human("y", output="nucleo.persone: =quanti")
        + gateway("unisci", "parallel")
        + human("z")
        + end(),
        "inizio dividi; dividi x; dividi y; x unisci; y unisci; unisci z; z fine",
    )
    story = begin(bundle("prova", drawn), nucleo={"via": "Prè"})
    # when
    story.do("y", quanti=3)
    story.do("x", euro=900)
    # then
    assert story.variables["nucleo"] == {"via": "Prè", "persone": 3, "reddito": 900}


def test_two_branches_add_to_one_sum_and_neither_is_lost(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("x", output="totale: =totale + euro")
        + human("y", output="totale: =totale + euro")
        + gateway("unisci", "parallel")
        + human("z")
        + end(),
        "inizio dividi; dividi x; dividi y; x unisci; y unisci; unisci z; z fine",
    )
    story = begin(bundle("prova", drawn), totale=10)
    # when
    story.do("y", euro=5)
    story.do("x", euro=7)
    # then
    assert story.variables["totale"] == 22


def test_a_called_path_gives_back_what_it_has_changed_and_not_what_it_was_lent(begin: Begin) -> None:
    # given: a message changes the ISEE while the called path works on a copy of it
    drawn = diagram(
        "prova",
        start()
        + "<bpmn:callActivity id='chiama' calledElement='altro'/>"
        + boundary("variato", "chiama", on_message("variato"), interrupting=False)
        + end("preso_atto")
        + human("dopo")
        + end(),
        "inizio chiama; variato preso_atto; chiama dopo; dopo fine",
        before=message("variato", "=chi"),
    )
    called = diagram("altro", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    story = begin(bundle("prova", drawn), bundle("altro", called), chi="12", isee=9_000, punti=1)
    story.engine.correlate("variato", "12", {"isee": 21_000}, ANNA)
    # when
    story.do("valuta", punti=4, parere="sì")
    # then
    assert story.todo() == ["dopo"]
    told = story.variables
    assert (told["isee"], told["punti"], told["parere"]) == (21_000, 4, "sì")

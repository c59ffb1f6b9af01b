"""Repetitions: each round sees its own item, keeps what it writes, and gives back only what is collected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import FixedClock, Operation, Operations, advise
from tests.engine.conftest import ANNA, Story, fire_due
from tests.engine.drawing import (
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
    service,
    start,
)

Begin = Callable[..., Story]


def rounds(
    over: str = "persone",
    item: str = "persona",
    each: str = "=parere",
    until: str = "",
    kind: str = "parallel",
) -> str:
    condition = f"<bpmn:completionCondition>={until}</bpmn:completionCondition>" if until else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics isSequential='{str(kind == 'sequential').lower()}'>"
        f"<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection='={over}' inputElement='{item}' "
        f"outputCollection='pareri' outputElement='{each}'/></bpmn:extensionElements>{condition}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def script(identity: str, expression: str, result: str) -> str:
    return (
        f"<bpmn:scriptTask id='{identity}'>{extensions(script=expression, result=result)}</bpmn:scriptTask>"
    )


def around(body: str, flows: str, loop: str, before: str = "", beside: str = "", more: str = "") -> bytes:
    """A path that repeats a subprocess «ascolto» for each person."""
    inner = inside("ascolto", loop + start("i2") + body + end("f2"), flows)
    return diagram(
        "prova",
        start() + inner + beside + human("dopo") + end(),
        f"inizio ascolto; ascolto dopo; dopo fine; {more}",
        before=before,
    )


def do_for(story: Story, person: str, element: str, **answers: object) -> None:
    """Do the step of the round of one person."""
    engine = story.engine
    mine = [
        task.id
        for task in engine.open_tasks(story.id)
        if task.element_id == element and engine.seen_by(task.id)["persona"] == person
    ]
    engine.complete(mine[0], answers, ANNA)


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_each_round_keeps_its_item_and_what_it_writes(begin: Begin, kind: str) -> None:
    # given: in each round a fork, whose branches and join see what the other steps of the round have written
    drawn = around(
        gateway("d2", "parallel")
        + human("senti", output="nota.testo: =testo")
        + human("pesa")
        + gateway("u2", "parallel")
        + script("riassumi", '=persona + " " + nota.testo + " " + string(peso) + " " + nota.di', "parere"),
        "i2 d2; d2 senti; d2 pesa; senti u2; pesa u2; u2 riassumi; riassumi f2",
        rounds(kind=kind),
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"], nota={"di": "assistente"})
    # when: the rounds mix, where they may
    order = ["ada", "ugo"]
    for person in order if kind == "parallel" else []:
        do_for(story, person, "senti", testo=f"dice {person}")
    for number, person in enumerate(order):
        if kind == "sequential":
            do_for(story, person, "senti", testo=f"dice {person}")
        do_for(story, person, "pesa", peso=number)
    # then
    assert story.todo() == ["dopo"]
    assert story.variables["pareri"] == ["ada dice ada 0 assistente", "ugo dice ugo 1 assistente"]
    assert story.variables["nota"] == {"di": "assistente"}
    assert not {"peso", "parere", "persona"} & set(story.variables)


def test_a_step_repeated_keeps_its_answers_to_its_round(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("senti", loop=rounds(each="=persona + parere")) + human("dopo") + end(),
        "inizio senti; senti dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"], parere="nessuno")
    # when
    do_for(story, "ugo", "senti", parere=" sì")
    do_for(story, "ada", "senti", parere=" no")
    # then
    assert story.variables["pareri"] == ["ada no", "ugo sì"]
    assert story.variables["parere"] == "nessuno"


def test_rounds_inside_rounds_see_both_items(begin: Begin) -> None:
    # given
    inner = human(
        "senti",
        loop=rounds("[1,2]", "volta", "=persona + string(volta) + parola").replace("'pareri'", "'detti'"),
    )
    story = begin(
        bundle("prova", around(inner, "i2 senti; senti f2", rounds(each="=detti"))), persone=["ada", "ugo"]
    )
    # when
    for person in ("ugo", "ada", "ugo", "ada"):
        do_for(story, person, "senti", parola="!")
    # then
    assert story.variables["pareri"] == [["ada1!", "ada2!"], ["ugo1!", "ugo2!"]]
    assert "detti" not in story.variables


def test_what_comes_to_a_round_stays_in_it(begin: Begin, clock: FixedClock, operations: Operations) -> None:
    # given: an operation, a message and a term in each round
    operations.add(
        Operation("prova.età", "età", {}, {}, lambda call, request: {"anni": len(request["nome"])}, True)
    )
    drawn = around(
        service("leggi", "prova.età", input="nome: =persona")
        + human("senti")
        + boundary("scrive", "senti", on_message("lettera"), interrupting=False)
        + end("letta")
        + event(
            "pausa", "intermediateCatch", on_timer("=duration(&quot;P&quot; + string(anni) + &quot;D&quot;)")
        ),
        "i2 leggi; leggi senti; senti pausa; pausa f2; scrive letta",
        rounds(each="=string(anni) + testo"),
        before=message("lettera", "=persona"),
    )
    story = begin(bundle("prova", drawn), persone=["ada", "beatrice"])
    # when
    story.engine.correlate("lettera", "beatrice", {"testo": "B"}, ANNA)
    story.engine.correlate("lettera", "ada", {"testo": "A"}, ANNA)
    do_for(story, "ada", "senti")
    do_for(story, "beatrice", "senti")
    clock.move_to(clock.instant + timedelta(days=4))
    assert fire_due(story) == 1
    clock.move_to(clock.instant + timedelta(days=5))
    assert fire_due(story) == 1
    # then
    assert story.variables["pareri"] == ["3A", "8B"]
    assert not {"testo", "anni"} & set(story.variables)


def test_a_called_path_sees_the_round_and_gives_back_to_it(begin: Begin) -> None:
    # given
    call = "<bpmn:callActivity id='chiama' calledElement='altro'/>"
    called = diagram("altro", start() + human("chiedi") + end(), "inizio chiedi; chiedi fine")
    story = begin(
        bundle("prova", around(call, "i2 chiama; chiama f2", rounds(each="=persona + risposta"))),
        bundle("altro", called),
        persone=["ada", "ugo"],
    )
    # when
    do_for(story, "ugo", "chiedi", risposta=" sì")
    do_for(story, "ada", "chiedi", risposta=" no")
    # then
    assert story.variables["pareri"] == ["ada no", "ugo sì"]


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_two_of_three_are_enough_and_the_others_need_not_answer(begin: Begin, kind: str) -> None:
    # given
    drawn = around(
        human("senti"),
        "i2 senti; senti f2",
        rounds(
            until="count(pareri[item = true]) = 2 or numberOfCompletedInstances = numberOfInstances",
            kind=kind,
        ),
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ivo", "ugo"])
    # when
    do_for(story, "ada", "senti", parere=True)
    assert story.todo() == (["senti", "senti"] if kind == "parallel" else ["senti"])
    do_for(story, "ivo", "senti", parere=True)
    # then
    assert story.todo() == ["dopo"]
    assert story.variables["pareri"] == [True, True, None]
    assert story.engine.check() == []


def test_the_checker_says_what_stays_in_the_rounds() -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + inside(
            "ascolto",
            rounds() + start("i2") + script("pensa", "=1", "parere") + end("f2"),
            "i2 pensa; pensa f2",
        )
        + script("usa", "=parere", "esito")
        + script("conta", "=count(pareri)", "quanti")
        + end(),
        "inizio ascolto; ascolto usa; usa conta; conta fine",
    )
    # then
    told = [problem for problem in advise(bundle("prova", drawn)) if "persone" not in problem.message]
    assert [problem.element for problem in told] == ["usa"]
    assert "Output collection" in told[0].message

"""Signals: heard by all who listen when they are thrown, each once, and by nobody who comes later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import Engine, FixedClock, Operations, Refused, signals, system
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, Story
from tests.engine.conftest import inside as inside_operation
from tests.engine.drawing import (
    beside,
    boundary,
    bundle,
    diagram,
    end,
    error,
    event,
    extensions,
    gateway,
    human,
    inside,
    message,
    on_error,
    on_message,
    on_signal,
    on_timer,
    service,
    signal,
    start,
)

Begin = Callable[..., Story]

FUND = signal("fondo_esaurito")
HEARD = on_signal("fondo_esaurito")

THROWS = bundle(
    "fondo",
    diagram(
        "fondo",
        start()
        + human("chiudi")
        + event("avvisa", "intermediateThrow", extensions(input="capitolo: =capitolo") + HEARD)
        + human("relaziona")
        + end(),
        "inizio chiudi; chiudi avvisa; avvisa relaziona; relaziona fine",
        before=FUND,
    ),
)
LISTENS = bundle(
    "prova",
    diagram(
        "prova",
        start()
        + human("eroga")
        + boundary("esaurito", "eroga", extensions(output="senza: =capitolo") + HEARD, interrupting=False)
        + human("avverti")
        + end()
        + end("avvertito"),
        "inizio eroga; eroga fine; esaurito avverti; avverti avvertito",
        before=FUND,
    ),
)


def another(begin: Begin, story: Story, slug: str, **data: Any) -> Story:
    return Story(story.engine, story.engine.start(slug, data, ANNA).id)


def test_all_who_listen_hear_it_once_and_get_only_what_it_says(begin: Begin) -> None:
    # given
    rosa = begin(LISTENS, THROWS, nome="rosa")
    ugo, fund = (
        another(begin, rosa, "prova", nome="ugo"),
        another(begin, rosa, "fondo", capitolo="1.2", nota="x"),
    )
    # when
    fund.do("chiudi")
    # then
    assert (rosa.todo(), ugo.todo(), fund.todo()) == (
        ["avverti", "eroga"],
        ["avverti", "eroga"],
        ["relaziona"],
    )
    assert rosa.variables["senza"] == "1.2"
    assert "nota" not in rosa.variables
    assert rosa.engine.check() == []
    # and: who comes later has not heard it, who still listens hears the next
    late = another(begin, rosa, "prova", nome="ivo")
    assert late.todo() == ["eroga"]
    assert set(rosa.engine.broadcast("fondo_esaurito", {"capitolo": "3"}, ANNA)) == {rosa.id, ugo.id, late.id}
    assert rosa.todo() == ["avverti", "avverti", "eroga"]


def test_who_has_gone_on_or_ended_does_not_hear_it(begin: Begin) -> None:
    # given
    rosa = begin(LISTENS, THROWS)
    ugo = another(begin, rosa, "prova")
    rosa.do("eroga")
    ugo.engine.cancel(ugo.id, "errore", ANNA)
    # then
    assert rosa.engine.broadcast("fondo_esaurito", {}, ANNA) == []
    rows = text("select count(*) from engine_subscription where instance_id = any(:ids)")
    assert rosa.engine.session.execute(rows, {"ids": [rosa.id, ugo.id]}).scalar_one() == 0


def test_a_message_of_the_same_name_is_another_thing(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + event("segnale", "intermediateCatch", on_signal("avviso"))
        + event("lettera", "intermediateCatch", on_message("avviso"))
        + human("uno")
        + human("due")
        + end()
        + end("fine_2"),
        "inizio dividi; dividi segnale; dividi lettera; segnale uno; lettera due; uno fine; due fine_2",
        before=signal("avviso") + message("avviso", "=chi"),
    )
    story = begin(bundle("prova", drawn), chi="")
    # when
    story.engine.correlate("avviso", "", {}, ANNA)
    # then
    assert story.todo() == ["due"]
    story.engine.broadcast("avviso", {}, ANNA)
    assert story.todo() == ["due", "uno"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_end_is_heard_by_the_scope_that_it_ends_in(begin: Begin, interrupting: bool) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + event("lancia", "end", HEARD)
        + beside(
            "via",
            HEARD,
            event("ancora", "intermediateThrow", HEARD) + human("chiudi") + end("chiusa"),
            "via_inizio ancora; ancora chiudi; chiudi chiusa",
            interrupting=interrupting,
        ),
        "inizio uno; uno lancia",
        before=FUND,
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno")
    # then: the handler does not hear what it throws itself
    assert story.todo() == ["chiudi"]
    story.do("chiudi")
    assert (story.status, story.ended_in) == ("done", "chiusa" if interrupting else "lancia")


def test_the_first_of_a_signal_and_a_term_takes_an_event_gateway(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("prima", "eventBased")
        + event("sentito", "intermediateCatch", HEARD)
        + event("scaduto", "intermediateCatch", on_timer("P5D"))
        + human("uno")
        + human("due")
        + end()
        + end("fine_2"),
        "inizio prima; prima sentito; prima scaduto; sentito uno; scaduto due; uno fine; due fine_2",
        before=FUND,
    )
    story = begin(bundle("prova", drawn))
    # when
    assert story.engine.broadcast("fondo_esaurito", {}, ANNA) == [story.id]
    # then
    assert story.todo() == ["uno"]
    assert story.engine.broadcast("fondo_esaurito", {}, ANNA) == []


def test_what_a_listener_cannot_read_stops_neither_it_nor_the_thrower(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + event(
            "sentito",
            "intermediateCatch",
            extensions(output="quanti: =count(for a in 1..9999, b in 1..9999 return a)") + HEARD,
        )
        + human("uno")
        + end(),
        "inizio sentito; sentito uno; uno fine",
        before=FUND,
    )
    story = begin(bundle("prova", drawn), THROWS)
    fund = another(begin, story, "fondo", capitolo="1.2")
    # when
    fund.do("chiudi")
    # then
    assert (story.todo(), fund.todo()) == (["uno"], ["relaziona"])
    assert story.variables["capitolo"] == "1.2"


OPENED = bundle(
    "apre",
    diagram(
        "apre",
        start() + event("sentito", "start", HEARD) + gateway("poi") + human("valuta") + end(),
        "inizio poi; sentito poi; poi valuta; valuta fine",
        before=FUND,
    ),
)


def test_a_signal_opens_the_paths_that_begin_with_it(begin: Begin) -> None:
    # given
    fund = begin(THROWS, OPENED, capitolo="1.2")
    # when
    fund.do("chiudi")
    # then
    query = text("select max(id) from engine_instance where slug = 'apre'")
    opened = Story(fund.engine, fund.engine.session.execute(query).scalar_one())
    assert opened.todo() == ["valuta"]
    assert (opened.variables["capitolo"], opened.crossed()[0]) == ("1.2", "sentito")


def test_paths_that_open_one_another_for_ever_stop_with_an_incident(begin: Begin) -> None:
    # given
    endless = diagram(
        "apre",
        start() + event("sentito", "start", HEARD) + gateway("poi") + event("lancia", "end", HEARD),
        "inizio poi; sentito poi; poi lancia",
        before=FUND,
    )
    story = begin(THROWS, bundle("apre", endless), capitolo="1.2")
    # when
    story.do("chiudi")
    # then
    found = story.engine.open_incidents()
    assert [(each.kind, each.element_id) for each in found] == [("budget", "lancia")]
    assert story.todo() == ["relaziona"]


def test_paths_that_answer_one_another_for_ever_stop_with_an_incident(begin: Begin) -> None:
    # given
    def answering(slug: str, hears: str, says: str) -> bytes:
        return diagram(
            slug,
            start()
            + gateway("giro")
            + event("aspetta", "intermediateCatch", on_signal(hears))
            + event("lancia", "intermediateThrow", on_signal(says))
            + gateway("ancora", default="giro")
            + end(),
            "inizio giro; giro aspetta; aspetta lancia; lancia ancora; ancora giro; ancora fine [basta = true]",
            before=signal(hears) + signal(says),
        )

    story = begin(
        bundle("prova", answering("prova", "a", "b")), bundle("altro", answering("altro", "b", "a"))
    )
    another(begin, story, "altro")
    # when
    story.engine.broadcast("a", {}, ANNA)
    # then
    assert [(each.kind, each.element_id) for each in story.engine.open_incidents()] == [("budget", "lancia")]


def test_a_signal_that_too_many_would_hear_moves_nobody(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(signals, "MOST_HEARD", 2)
    story = begin(LISTENS, THROWS)
    others = [another(begin, story, "prova") for _ in range(2)]
    fund = another(begin, story, "fondo", capitolo="1.2")
    # when
    fund.do("chiudi")
    # then
    assert [each.kind for each in fund.engine.open_incidents()] == ["budget"]
    assert [each.todo() for each in (story, *others)] == [["eroga"]] * 3
    # and: tried again, when fewer listen
    story.do("eroga")
    fund.engine.retry(fund.engine.open_incidents()[0].id, ANNA)
    assert [each.todo() for each in others] == [["avverti", "eroga"]] * 2


def test_a_round_hears_for_itself(begin: Begin) -> None:
    # given
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        "inputCollection='=persone' inputElement='persona' outputCollection='detti' "
        "outputElement='=persona + capitolo'/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    body = loop + start("i2") + event("sentito", "intermediateCatch", HEARD) + end("f2")
    drawn = diagram(
        "prova",
        start() + inside("dentro", body, "i2 sentito; sentito f2") + human("dopo") + end(),
        "inizio dentro; dentro dopo; dopo fine",
        before=FUND,
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"])
    # when
    story.engine.broadcast("fondo_esaurito", {"capitolo": "1"}, system("prova"))
    # then
    assert story.variables["detti"] == ["ada1", "ugo1"]


SHOUTS = bundle(
    "grida", diagram("grida", start() + event("lancia", "end", HEARD), "inizio lancia", before=FUND)
)


@pytest.mark.parametrize("refuses", [False, True])
def test_what_an_operation_sets_going_is_heard_by_the_path_that_called_it(
    stage: Session, clock: FixedClock, refuses: bool
) -> None:
    # given: an operation that opens a path which throws at once what its caller listens for
    operations = Operations()
    engine = Engine(stage, NOBODY, operations, clock=clock)

    def shout(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        Engine(call.session, call.ente_id, operations, clock=clock).start("grida", {}, ANNA)
        if refuses:
            raise Refused("no")
        return {"gridato": True}

    operations.add(inside_operation("prova.grida", shout, errors=["no"]))
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("prima")
        + service("grida", "prova.grida")
        + boundary("rifiutato", "grida", on_error("no"))
        + end()
        + end("fine_2")
        + human("ascolta")
        + boundary("sentito", "ascolta", HEARD, interrupting=False)
        + human("rispondi")
        + end("risposto")
        + end("fine_3"),
        "inizio dividi; dividi prima; prima grida; grida fine; rifiutato fine_2; dividi ascolta; ascolta fine_3; "
        "sentito rispondi; rispondi risposto",
        before=FUND + error("no"),
    )
    for made in (SHOUTS, bundle("prova", drawn)):
        engine.publish(made, ANNA)
    story = Story(engine, engine.start("prova", {}, ANNA).id)
    # when
    story.do("prima")
    # then: nothing that either did is lost, and what was undone was never heard
    assert story.todo() == (["ascolta"] if refuses else ["ascolta", "rispondi"])
    assert story.variables.get("gridato") is (None if refuses else True)
    assert engine.check() == []

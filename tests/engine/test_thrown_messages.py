"""Messages that a path sends: to who waits in another pratica, kept for who comes later, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import Engine, FixedClock, Operations, Refused, check
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, Story
from tests.engine.conftest import inside as inside_operation
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    event,
    extensions,
    gateway,
    human,
    message,
    on_error,
    on_message,
    service,
    start,
)

Begin = Callable[..., Story]

FREED = message("posto_libero", "=iscrizione")
ON_FREED = on_message("posto_libero")
SENDS = bundle(
    "struttura",
    diagram(
        "struttura",
        start()
        + human("dimetti")
        + event(
            "avvisa",
            "intermediateThrow",
            extensions(input="iscrizione: =prima.id; posto: =posto") + ON_FREED,
        )
        + human("relaziona")
        + end(),
        "inizio dimetti; dimetti avvisa; avvisa relaziona; relaziona fine",
        before=FREED,
    ),
)
AWAITS = bundle(
    "prova",
    diagram(
        "prova",
        start()
        + event("aspetta", "intermediateCatch", extensions(output="stanza: =posto") + ON_FREED)
        + human("accogli")
        + end(),
        "inizio aspetta; aspetta accogli; accogli fine",
        before=FREED,
    ),
)
HOUSE = {"prima": {"id": 7}, "posto": "3B", "nota": "riservata"}


def another(story: Story, slug: str, **data: Any) -> Story:
    return Story(story.engine, story.engine.start(slug, data, ANNA).id)


def kept(engine: Engine) -> list[tuple[str, str, str]]:
    rows = engine.session.execute(text("select name, key, status from engine_message order by id"))
    return [(row.name, row.key, row.status) for row in rows]


def test_it_reaches_who_waits_with_its_key_and_brings_only_what_it_says(begin: Begin) -> None:
    # given
    rosa = begin(AWAITS, SENDS, iscrizione=7)
    ugo, house = another(rosa, "prova", iscrizione=8), another(rosa, "struttura", **HOUSE)
    # when
    house.do("dimetti")
    # then
    assert (rosa.todo(), ugo.todo(), house.todo()) == (["accogli"], [], ["relaziona"])
    assert rosa.variables["stanza"] == "3B"
    assert "nota" not in rosa.variables
    assert kept(rosa.engine) == [("posto_libero", "7", "correlated")]
    assert rosa.engine.check() == []


def test_nobody_waits_yet_and_it_is_kept_for_the_first_who_comes(begin: Begin) -> None:
    # given
    house = begin(SENDS, AWAITS, **HOUSE)
    house.do("dimetti")
    assert kept(house.engine) == [("posto_libero", "7", "buffered")]
    # when
    rosa, late = another(house, "prova", iscrizione=7), another(house, "prova", iscrizione=7)
    # then
    assert (rosa.todo(), rosa.variables["stanza"], late.todo()) == (["accogli"], "3B", [])


def test_the_end_of_a_path_opens_the_one_that_begins_with_its_message(begin: Begin) -> None:
    # given: the headers say what the Modeler has no place for
    headers = extensions(input="posto: =posto", headers="messaggio: posto_libero; chiave: =prima.id")
    sends = diagram(
        "struttura",
        start() + human("dimetti") + event("lancia", "end", headers + "<bpmn:messageEventDefinition/>"),
        "inizio dimetti; dimetti lancia",
    )
    opened = diagram(
        "accoglienza",
        start() + event("arriva", "start", ON_FREED) + gateway("poi") + human("valuta") + end(),
        "inizio poi; arriva poi; poi valuta; valuta fine",
        before=FREED,
    )
    house = begin(bundle("struttura", sends), bundle("accoglienza", opened), **HOUSE)
    # when
    house.do("dimetti")
    # then
    assert (house.status, house.ended_in) == ("done", "lancia")
    found = text("select id from engine_instance where slug = 'accoglienza'")
    story = Story(house.engine, house.engine.session.execute(found).scalar_one())
    assert story.todo() == ["valuta"]
    assert (story.variables["iscrizione"], story.variables["posto"]) == ("7", "3B")


def test_each_round_of_a_cycle_sends_its_own(begin: Begin) -> None:
    # given
    sends = diagram(
        "struttura",
        start()
        + gateway("ancora")
        + human("dimetti")
        + event("avvisa", "intermediateThrow", extensions(input="iscrizione: =chi") + ON_FREED)
        + gateway("altri", default="ancora")
        + end(),
        "inizio ancora; ancora dimetti; dimetti avvisa; avvisa altri; altri ancora; altri fine [basta = true]",
        before=FREED,
    )
    house = begin(bundle("struttura", sends))
    # when
    for number in (7, 8, 7):
        house.do("dimetti", chi=number)
    # then
    assert kept(house.engine) == [("posto_libero", key, "buffered") for key in ("7", "8", "7")]


def test_without_a_key_it_waits_for_a_person_and_then_goes_once(begin: Begin) -> None:
    # given
    rosa = begin(AWAITS, SENDS, iscrizione=7)
    house = another(rosa, "struttura", posto="3B", prima={"id": None})
    # when
    house.do("dimetti")
    # then
    (incident,) = house.engine.open_incidents()
    assert (incident.kind, incident.element_id) == ("expression", "avvisa")
    assert "chiave" in incident.message
    assert (house.todo(), kept(house.engine)) == ([], [])
    # when
    house.engine.correct(incident.id, {"prima": {"id": "7"}}, "mancava", ANNA)
    # then
    assert (house.todo(), rosa.todo()) == (["relaziona"], ["accogli"])
    assert kept(house.engine) == [("posto_libero", "7", "correlated")]


def test_paths_that_answer_one_another_for_ever_stop_with_an_incident(begin: Begin) -> None:
    # given
    def answering(slug: str, hears: str, says: str) -> bytes:
        return diagram(
            slug,
            start()
            + gateway("giro")
            + event("aspetta", "intermediateCatch", on_message(hears))
            + event("lancia", "intermediateThrow", on_message(says))
            + gateway("ancora", default="giro")
            + end(),
            "inizio giro; giro aspetta; aspetta lancia; lancia ancora; ancora giro; ancora fine [basta = true]",
            before=message(hears, "=chi") + message(says, "=chi"),
        )

    story = begin(
        bundle("prova", answering("prova", "a", "b")), bundle("altro", answering("altro", "b", "a")), chi=1
    )
    another(story, "altro", chi=1)
    # when
    story.engine.correlate("a", "1", {}, ANNA)
    # then
    assert [(each.kind, each.element_id) for each in story.engine.open_incidents()] == [("budget", "lancia")]


UNREADABLE = bundle(
    "prova",
    diagram(
        "prova",
        start()
        + event(
            "aspetta",
            "intermediateCatch",
            extensions(output="quanti: =count(for a in 1..9999, b in 1..9999 return a)") + ON_FREED,
        )
        + human("accogli")
        + end(),
        "inizio aspetta; aspetta accogli; accogli fine",
        before=FREED,
    ),
)


@pytest.mark.parametrize("early", [False, True], ids=["aspettato", "arrivato prima"])
def test_what_its_reader_cannot_read_is_kept_whole_and_stops_nobody(begin: Begin, early: bool) -> None:
    # given
    house = begin(SENDS, UNREADABLE, **HOUSE)
    rosa = None if early else another(house, "prova", iscrizione=7)
    # when
    house.do("dimetti")
    rosa = rosa or another(house, "prova", iscrizione=7)
    # then
    assert (house.todo(), rosa.todo(), rosa.variables["posto"]) == (["relaziona"], ["accogli"], "3B")
    assert rosa.engine.open_incidents() == []


CALLS = diagram(
    "prova",
    start()
    + gateway("dividi", "parallel")
    + human("prima")
    + service("fa", "prova.fa")
    + boundary("rifiutato", "fa", on_error("no"))
    + end()
    + end("fine_2")
    + human("ascolta")
    + boundary("sentito", "ascolta", ON_FREED, interrupting=False)
    + human("rispondi")
    + end("risposto")
    + end("fine_3"),
    "inizio dividi; dividi prima; prima fa; fa fine; rifiutato fine_2; dividi ascolta; ascolta fine_3; "
    "sentito rispondi; rispondi risposto",
    before=FREED + error("no"),
)
AT_ONCE = bundle(
    "subito",
    diagram("subito", start() + event("lancia", "end", ON_FREED), "inizio lancia", before=FREED),
)


@pytest.mark.parametrize("refuses", [False, True], ids=["riesce", "rifiuta"])
@pytest.mark.parametrize("by_a_path", [False, True], ids=["da sé", "con un percorso"])
def test_what_an_operation_sends_reaches_the_path_that_called_it(
    stage: Session, clock: FixedClock, refuses: bool, by_a_path: bool
) -> None:
    # given: an operation that sends, within the step of the instance which waits for it
    operations = Operations()
    engine = Engine(stage, NOBODY, operations, clock=clock)
    told: list[str] = []

    def send(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        mine = Engine(call.session, call.ente_id, operations, clock=clock)
        if by_a_path:
            mine.start("subito", {"iscrizione": 7}, ANNA)
        else:
            told.append(mine.correlate("posto_libero", "7", {}, ANNA).outcome)
        if refuses:
            raise Refused("no")
        return {"fatto": True}

    operations.add(inside_operation("prova.fa", send, errors=["no"]))
    for made in (AT_ONCE, bundle("prova", CALLS)):
        engine.publish(made, ANNA)
    story = Story(engine, engine.start("prova", {"iscrizione": 7}, ANNA).id)
    # when
    story.do("prima")
    # then: nothing that either did is lost, and what was undone was never sent
    assert story.todo() == (["ascolta"] if refuses else ["ascolta", "rispondi"])
    assert story.variables.get("fatto") is (None if refuses else True)
    assert kept(engine) == ([] if refuses else [("posto_libero", "7", "correlated")])
    assert engine.check() == []
    assert told == ([] if by_a_path else ["later"])
    # and: the step that it began is there to be done
    for element in story.todo():
        story.do(element)
    assert story.status == "done"


@pytest.mark.parametrize(
    ("drawn", "before", "words"),
    [
        ("<bpmn:messageEventDefinition/>", "", "non ha nome"),
        (ON_FREED, message("posto_libero", ""), "chiave di correlazione"),
        (extensions(headers="messaggio: =nome") + ON_FREED, FREED, "testo fisso"),
        (extensions(operation="prova.fa") + ON_FREED, FREED, "non chiama un'operazione"),
        (extensions(headers="chiave: =1 +") + ON_FREED, FREED, "intestazione «chiave»"),
    ],
)
@pytest.mark.parametrize("place", ["end", "intermediateThrow"])
def test_what_is_incomplete_is_refused(place: str, drawn: str, before: str, words: str) -> None:
    # given
    flows = "inizio uno; uno lancia" + ("; lancia fine" if place == "intermediateThrow" else "")
    last = event("lancia", place, drawn) + (end() if place == "intermediateThrow" else "")
    # when
    found = check(
        bundle("prova", diagram("prova", start() + human("uno") + last, flows, before=before)), Operations()
    )
    # then
    assert {problem.element for problem in found} == {"lancia"}
    assert any(words in problem.message for problem in found)


def test_a_message_that_is_only_sent_is_not_one_to_wait_for(begin: Begin) -> None:
    # given
    story = {
        "titolo": "prova",
        "adesso": "2026-11-23T09:00:00+01:00",
        "passi": [{"messaggio": "posto_libero", "chiave": "7"}],
        "allora": {},
    }
    # when
    found = check(bundle("struttura", SENDS.diagram, scenari__uno_dot_json=story))
    # then
    assert [str(problem) for problem in found] == [
        "scenari/uno.json:passo 1: nessuno nel diagramma aspetta il messaggio «posto_libero»"
    ]

"""Compensation: what was done is undone, the last first, while who asks for it waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from engine import Operations, check_diagram, system
from tests.engine.conftest import ANNA, Story, outside
from tests.engine.drawing import (
    COMPENSATION,
    beside,
    boundary,
    bundle,
    compensating,
    diagram,
    end,
    event,
    gateway,
    human,
    inside,
    message,
    on_message,
    on_timer,
    service,
    start,
    undone,
)

Begin = Callable[..., Story]
UNDO = event("disfa", "intermediateThrow", COMPENSATION)
SMENTISCI = compensating(human("smentisci"))
HANDLERS = (
    undone("prenota", "disdici")
    + compensating(human("disdici", output="prenotato: =false"))
    + undone("avvisa", "smentisci")
    + SMENTISCI
)
BOOKED = human("prenota", output="prenotato: =true") + human("avvisa") + HANDLERS


def test_what_was_done_is_undone_the_last_first_and_then_the_path_goes_on(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + BOOKED + gateway("ripensa", default="poi") + UNDO + human("dopo") + gateway("poi") + end(),
        "inizio prenota; prenota avvisa; avvisa ripensa; ripensa poi; ripensa disfa [annulla = true]; "
        "disfa dopo; dopo poi; poi fine",
    )
    story, other = begin(bundle("prova", drawn)), begin(bundle("prova", drawn))
    # when
    for each in (story, other):
        each.do("prenota")
        each.do("avvisa", annulla=each is story)
    # then
    assert other.status == "done"
    assert story.todo() == ["smentisci"]
    assert story.engine.check() == []
    story.do("smentisci")
    assert story.todo() == ["disdici"]
    story.do("disdici")
    assert (story.todo(), story.variables["prenotato"]) == (["dopo"], False)
    story.do("dopo")
    assert story.ended_in == "fine"


def test_only_what_was_done_is_undone_as_often_as_it_was(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("giro")
        + BOOKED
        + gateway("ancora", default="disfa")
        + UNDO
        + event("niente", "intermediateThrow", COMPENSATION)
        + end()
        + gateway("scelta", default="avvisa")
        + gateway("torna")
        + human("decidi"),
        "inizio giro; giro prenota; prenota scelta; scelta torna [salta = true]; scelta avvisa; avvisa torna; "
        "torna decidi; decidi ancora; ancora giro [ancora = true]; ancora disfa; disfa niente; niente fine",
    )
    story = begin(bundle("prova", drawn), salta=True)
    # when
    for again in (True, False):
        story.do("prenota")
        story.do("decidi", ancora=again)
    # then: what was skipped is not undone, and the second event finds nothing left
    for _ in range(2):
        assert story.todo() == ["disdici"]
        story.do("disdici")
    assert story.status == "done"


def test_one_activity_alone_is_undone(begin: Begin) -> None:
    # given
    only = event("disfa", "end", "<bpmn:compensateEventDefinition activityRef='prenota'/>")
    drawn = diagram("prova", start() + BOOKED + only, "inizio prenota; prenota avvisa; avvisa disfa")
    story = begin(bundle("prova", drawn))
    # when
    story.do("prenota")
    story.do("avvisa")
    # then
    assert story.todo() == ["disdici"]
    story.do("disdici")
    assert (story.status, story.ended_in) == ("done", "disfa")


def test_a_death_undoes_what_the_path_around_has_done(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + BOOKED
        + human("eroga")
        + end()
        + beside(
            "via",
            on_message("decesso"),
            UNDO + human("chiudi") + end("chiusa"),
            "via_inizio disfa; disfa chiudi; chiudi chiusa",
        ),
        "inizio prenota; prenota avvisa; avvisa eroga; eroga fine",
        before=message("decesso", "=persona"),
    )
    story = begin(bundle("prova", drawn), persona="12")
    story.do("prenota")
    # when
    story.engine.correlate("decesso", "12", {}, ANNA)
    # then
    assert story.todo() == ["disdici"]
    story.do("disdici")
    assert story.todo() == ["chiudi"]
    story.do("chiudi")
    assert (story.status, story.ended_in) == ("done", "chiusa")


def test_a_handler_may_be_a_call_to_the_outside_and_wait_for_a_person_when_it_fails(
    begin: Begin, operations: Operations
) -> None:
    # given
    operations.add(outside("budget.release"))
    drawn = diagram(
        "prova",
        start()
        + human("prenota")
        + undone("prenota", "libera")
        + compensating(service("libera", "budget.release"))
        + event("disfa", "end", COMPENSATION),
        "inizio prenota; prenota disfa",
    )
    story = begin(bundle("prova", drawn))
    story.do("prenota")
    job = text("select id from engine_job where instance_id = :id and status = 'waiting'")

    def waiting() -> int:
        return int(story.engine.session.execute(job, {"id": story.id}).scalar_one())

    # when
    story.engine.fail_job(waiting(), "non risponde", system("worker"), None)
    assert story.status == "open"
    story.engine.retry(story.engine.open_incidents(story.id)[0].id, ANNA)
    story.engine.finish_job(waiting(), {}, system("worker"))
    # then
    assert (story.status, story.ended_in) == ("done", "disfa")


def test_each_round_undoes_its_own(begin: Begin) -> None:
    # given
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        "inputCollection='=persone' inputElement='persona'/></bpmn:extensionElements>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    body = loop + start("i2") + BOOKED + event("disfa", "end", COMPENSATION)
    drawn = diagram(
        "prova",
        start() + inside("dentro", body, "i2 prenota; prenota avvisa; avvisa disfa") + human("dopo") + end(),
        "inizio dentro; dentro dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["ada", "ugo"])
    # when
    for step in ("prenota", "avvisa", "prenota", "avvisa"):
        story.do(step)
    # then
    assert story.todo() == ["smentisci", "smentisci"]
    for step in ("smentisci", "disdici", "smentisci", "disdici"):
        story.do(step)
    assert story.todo() == ["dopo"]


NESTED = inside(
    "dentro",
    start("i2")
    + BOOKED
    + inside(
        "oltre",
        start("i3")
        + human("ordina")
        + undone("ordina", "revoca")
        + compensating(human("revoca"))
        + end("f3"),
        "i3 ordina; ordina f3",
    )
    + end("f2"),
    "i2 prenota; prenota avvisa; avvisa oltre; oltre f2",
)


@pytest.mark.parametrize(
    ("only", "undone_so"),
    [
        ("", ["annulla", "revoca", "smentisci", "disdici", "ritira"]),
        ("dentro", ["revoca", "smentisci", "disdici"]),
        ("oltre", ["revoca"]),
        ("avvisa", ["smentisci"]),
    ],
)
def test_what_a_subprocess_did_is_undone_in_its_place_when_it_is_over(
    begin: Begin, only: str, undone_so: list[str]
) -> None:
    # given
    refers = f"activityRef='{only}'" if only else ""
    drawn = diagram(
        "prova",
        start()
        + human("chiedi")
        + undone("chiedi", "ritira")
        + compensating(human("ritira"))
        + NESTED
        + human("paga")
        + undone("paga", "annulla")
        + compensating(human("annulla"))
        + event("disfa", "intermediateThrow", f"<bpmn:compensateEventDefinition {refers}/>")
        + human("dopo")
        + end(),
        "inizio chiedi; chiedi dentro; dentro paga; paga disfa; disfa dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    for step in ("chiedi", "prenota", "avvisa", "ordina", "paga"):
        story.do(step)
    # then
    for step in undone_so:
        assert story.todo() == [step]
        assert story.engine.check() == []
        story.do(step)
    assert story.todo() == ["dopo"]
    assert story.variables["prenotato"] is ("disdici" not in undone_so)


def test_what_an_event_has_cut_short_is_not_undone_from_outside(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + NESTED
        + boundary("basta", "dentro", on_message("basta"))
        + UNDO
        + human("dopo")
        + end()
        + gateway("poi"),
        "inizio dentro; dentro poi; basta poi; poi disfa; disfa dopo; dopo fine",
        before=message("basta", "=persona"),
    )
    story = begin(bundle("prova", drawn), persona="12")
    story.do("prenota")
    # when
    story.engine.correlate("basta", "12", {}, ANNA)
    # then
    assert story.todo() == ["dopo"]


def test_an_event_that_takes_the_scope_away_takes_what_undoes_it_along(begin: Begin) -> None:
    # given
    body = start("i2") + BOOKED + event("disfa", "end", COMPENSATION)
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 prenota; prenota avvisa; avvisa disfa")
        + boundary("basta", "dentro", on_message("basta"))
        + human("dopo")
        + end()
        + end("fine_2"),
        "inizio dentro; dentro fine; basta dopo; dopo fine_2",
        before=message("basta", "=persona"),
    )
    story = begin(bundle("prova", drawn), persona="12")
    story.do("prenota")
    story.do("avvisa")
    # when
    story.engine.correlate("basta", "12", {}, ANNA)
    # then
    assert story.todo() == ["dopo"]
    assert story.engine.check() == []


ROUNDS = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
    "inputCollection='=[1]'/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
DONE = human("uno") + undone("uno", "rimedia")
FLOWS = "inizio uno; uno disfa; disfa fine"
FIXES = compensating(human("rimedia"))
FAULTS = {
    "nothing to undo": ("disfa", human("uno") + UNDO, FLOWS),
    "nobody who asks": ("disfa_uno", DONE + FIXES, "inizio uno; uno fine"),
    "nobody who asks in a round": (
        "disfa_dentro_uno",
        inside(
            "dentro",
            ROUNDS + start("i2") + human("dentro_uno") + undone("dentro_uno", "rimedia") + FIXES + end("f2"),
            "i2 dentro_uno; dentro_uno f2",
        )
        + DONE.replace("rimedia", "anche")
        + compensating(human("anche"))
        + UNDO,
        "inizio dentro; dentro uno; uno disfa; disfa fine",
    ),
    "what is undone as a whole": (
        "disfa_dentro_uno",
        inside(
            "dentro",
            start("i2") + human("dentro_uno") + undone("dentro_uno", "anche") + end("f2"),
            "i2 dentro_uno; dentro_uno f2",
        ).replace("</bpmn:subProcess>", compensating(human("anche")) + "</bpmn:subProcess>")
        + undone("dentro", "rimedia")
        + FIXES
        + UNDO,
        "inizio dentro; dentro disfa; disfa fine",
    ),
    "a step that is not there to undo": (
        "disfa",
        DONE
        + FIXES
        + event("disfa", "intermediateThrow", "<bpmn:compensateEventDefinition activityRef='x'/>"),
        FLOWS,
    ),
    "a step that compensates nothing": ("anche", DONE + FIXES + UNDO + compensating(human("anche")), FLOWS),
    "a step that compensates and has a flow": ("rimedia", DONE + FIXES + UNDO, f"{FLOWS}; rimedia fine"),
    "a step that does not compensate": (
        "disfa_uno",
        DONE + human("rimedia") + UNDO,
        f"{FLOWS}; rimedia fine",
    ),
    "a subprocess that compensates": (
        "rimedia",
        DONE + compensating(inside("rimedia", start("i2") + end("f2"), "i2 f2")) + UNDO,
        FLOWS,
    ),
    "a term on what compensates": (
        "rimedia",
        DONE + FIXES + UNDO + boundary("tardi", "rimedia", on_timer("P1D")) + end("f2"),
        f"{FLOWS}; tardi f2",
    ),
    "rounds to undo": (
        "disfa_uno",
        human(
            "uno",
            loop=ROUNDS,
        )
        + undone("uno", "rimedia")
        + FIXES
        + UNDO,
        FLOWS,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_could_not_be_undone_is_refused_and_named(fault: str) -> None:
    element, body, flows = FAULTS[fault]
    problems = check_diagram("prova.bpmn", diagram("prova", start() + body + end(), flows))
    assert element in {problem.element for problem in problems}

"""Elements that meet: what the BPMN 2.0 specification says of them together, where each alone has its own tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import FixedClock, Operations, Refused, system
from tests.engine.conftest import ANNA, Story, fire_due, outside
from tests.engine.drawing import (
    COMPENSATION,
    beside,
    boundary,
    bundle,
    compensating,
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
    undone,
)
from tests.engine.test_callers import call

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


def test_two_equal_terms_after_an_event_gateway(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("g", "eventBased")
        + event("t1", "intermediateCatch", on_timer("P5D"))
        + event("t2", "intermediateCatch", on_timer("P5D"))
        + human("uno")
        + human("due")
        + end()
        + end("f2"),
        "inizio g; g t1; g t2; t1 uno; t2 due; uno fine; due f2",
    )
    story = begin(bundle("prova", drawn))
    # when / then
    clock.move_to(clock.instant + timedelta(days=6))
    assert fire_due(story) == 1
    assert story.todo() == ["uno"]
    assert story.engine.check(deep=True) == []


def test_a_refusal_takes_all_that_was_chosen_away(begin: Begin) -> None:
    # given
    inner = inside(
        "sostegno",
        extensions(group="assistente_sociale") + human("visita") + service("chiede", "ente.chiede"),
        "",
        kind="adHocSubProcess",
        attributes="name='S' ordering='Parallel'",
    )
    drawn = diagram(
        "prova",
        start()
        + inner
        + boundary("preso", "sostegno", on_error("negato"))
        + human("spiega")
        + human("dopo")
        + end()
        + end("f2"),
        "inizio sostegno; sostegno dopo; dopo fine; preso spiega; spiega f2",
        before=error("negato"),
    )
    story = begin(bundle("prova", drawn))
    # when / then
    story.do("sostegno-scelta", prossima="chiede")
    story.do("sostegno-scelta", prossima="chiede")
    story.do("sostegno-scelta", prossima="visita")
    a, b = jobs(story)
    story.engine.refuse_job(b, Refused("negato"), WORKER)
    assert story.todo() == ["spiega"]
    assert jobs(story) == []
    assert story.engine.check(deep=True) == []


def test_a_gateway_that_joins_and_splits(begin: Begin) -> None:
    # given
    for kind in ("parallel", "inclusive"):
        drawn = diagram(
            "prova",
            start()
            + gateway("d", "parallel")
            + human("a")
            + human("b")
            + gateway("m", kind, default="c" if kind == "inclusive" else "")
            + human("c")
            + human("e")
            + gateway("u", kind)
            + human("dopo")
            + end(),
            "inizio d; d a; d b; a m; b m; m c; m e"
            + (" [vero]" if kind == "inclusive" else "")
            + "; c u; e u; u dopo; dopo fine",
        )
        story = begin(bundle("prova", drawn), vero=True)
        story.do("a")
        assert story.todo() == ["b"]
        story.do("b")
        assert story.todo() == (["e"] if kind == "inclusive" else ["c", "e"])
        for each in story.todo():
            story.do(each)
        assert story.todo() == ["dopo"]
        assert story.engine.check(deep=True) == []


def test_what_was_done_again_after_going_back_is_undone_as_often(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("uno")
        + undone("uno", "rimedia")
        + compensating(human("rimedia"))
        + human("due")
        + event("disfa", "intermediateThrow", COMPENSATION)
        + human("tre")
        + end(),
        "inizio uno; uno due; due disfa; disfa tre; tre fine",
    )
    story = begin(bundle("prova", drawn))
    # when / then
    story.do("uno")
    story.engine.send_back(story.task_id("due"), "uno", "x", ANNA)
    assert story.todo() == ["uno"]
    story.do("uno")
    story.do("due")
    assert story.todo() == ["rimedia"]
    story.do("rimedia")
    assert story.todo() == ["rimedia"]
    story.do("rimedia")
    assert story.todo() == ["tre"]
    assert story.engine.check(deep=True) == []


def test_two_messages_open_two_pratiche_and_one_sent_twice_opens_one(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + event("arriva", "start", on_message("nota")) + gateway("g") + human("uno") + end(),
        "inizio g; arriva g; g uno; uno fine",
        before=message("nota", "=k"),
    )
    try:
        story = begin(bundle("prova", drawn), k="x")
    except Exception:
        raise
    engine = story.engine
    a = engine.correlate("nota", "k", {}, ANNA, message_id="1")
    b = engine.correlate("nota", "k", {}, ANNA, message_id="1")
    c = engine.correlate("nota", "k", {}, ANNA, message_id="2")
    assert (len(a.instances), b.outcome, len(c.instances)) == (1, "already", 1)


def test_a_term_that_takes_away_a_subprocess_that_calls(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", start("i2") + call("chiama", "altro") + end("f2"), "i2 chiama; chiama f2")
        + boundary("t", "dentro", on_timer("P5D"))
        + human("tardi")
        + human("dopo")
        + end()
        + end("f3"),
        "inizio dentro; dentro dopo; dopo fine; t tardi; tardi f3",
    )
    other = diagram("altro", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    story = begin(bundle("prova", drawn), bundle("altro", other))
    # when / then
    clock.move_to(clock.instant + timedelta(days=6))
    fire_due(story)
    assert story.todo() == ["tardi"]
    assert [i.status for i in story.engine.instances_of(story.id)] == ["open", "cancelled"]
    assert story.engine.check(deep=True) == []


def test_of_several_who_hear_a_signal_one_stops_alone(begin: Begin) -> None:
    # given
    listens = diagram(
        "ascolta",
        start() + event("sentito", "intermediateCatch", on_signal("g")) + human("poi", due="=quando") + end(),
        "inizio sentito; sentito poi; poi fine",
        before=signal("g"),
    )
    story = begin(bundle("ascolta", listens), quando="2026-12-01")
    # when / then
    bad = Story(story.engine, story.engine.start("ascolta", {"quando": "domani"}, ANNA).id)
    good = Story(story.engine, story.engine.start("ascolta", {"quando": "2026-12-01"}, ANNA).id)
    assert story.engine.broadcast("g", {}, ANNA) == [story.id, bad.id, good.id]
    assert (story.todo(), bad.todo(), good.todo()) == (["poi"], [], ["poi"])
    assert len(story.engine.open_incidents(bad.id)) == 1
    assert story.engine.check(deep=True) == []


def test_what_a_handler_throws_again_goes_to_the_border(begin: Begin) -> None:
    # given
    body = (
        start("i2")
        + human("uno")
        + event("rotto", "end", on_error("no"))
        + beside(
            "via",
            on_error("no"),
            human("rimedia") + event("ancora", "end", on_error("no")),
            "via_inizio rimedia; rimedia ancora",
        )
    )
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 uno; uno rotto")
        + boundary("preso", "dentro", on_error("no"))
        + human("spiega")
        + human("dopo")
        + end()
        + end("f2"),
        "inizio dentro; dentro dopo; dopo fine; preso spiega; spiega f2",
        before=error("no"),
    )
    story = begin(bundle("prova", drawn))
    # when / then
    story.do("uno")
    assert story.todo() == ["rimedia"]
    story.do("rimedia")
    assert story.todo() == ["spiega"]
    assert story.engine.check(deep=True) == []


def test_a_signal_thrown_within_a_scope_takes_it_over(begin: Begin) -> None:
    # given
    body = (
        start("i2")
        + gateway("d2", "parallel")
        + human("a")
        + human("b")
        + event("lancia", "intermediateThrow", on_signal("g"))
        + human("mai")
        + end("f2")
        + end("f4")
        + beside("via", on_signal("g"), human("chiudi") + end("f3"), "via_inizio chiudi; chiudi f3")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 d2; d2 a; d2 b; a lancia; lancia mai; mai f2; b f4")
        + human("dopo")
        + end(),
        "inizio dentro; dentro dopo; dopo fine",
        before=signal("g"),
    )
    story = begin(bundle("prova", drawn))
    # when / then
    story.do("a")
    assert story.todo() == ["chiudi"]
    assert story.engine.check(deep=True) == []
    story.do("chiudi")
    assert story.todo() == ["dopo"]


def test_when_it_is_enough_what_was_called_is_taken_away(begin: Begin) -> None:
    # given
    ad_hoc = inside(
        "sostegno",
        extensions(group="assistente_sociale")
        + human("visita")
        + call("chiama", "altro")
        + "<bpmn:completionCondition>=basta = true</bpmn:completionCondition>",
        "",
        kind="adHocSubProcess",
        attributes="name='S' ordering='Parallel'",
    )
    drawn = diagram(
        "prova", start() + ad_hoc + human("dopo") + end(), "inizio sostegno; sostegno dopo; dopo fine"
    )
    other = diagram("altro", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    story = begin(bundle("prova", drawn), bundle("altro", other), basta=False)
    # when / then
    story.do("sostegno-scelta", prossima="chiama")
    story.do("sostegno-scelta", prossima="visita")
    assert story.todo() == ["sostegno-scelta", "valuta", "visita"]
    story.do("visita", basta=True)
    assert story.todo() == ["dopo"]
    assert [i.status for i in story.engine.instances_of(story.id)] == ["open", "cancelled"]
    assert story.engine.check(deep=True) == []


def test_a_late_answer_to_a_call_that_was_taken_away_changes_nothing(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("g")
        + service("chiede", "ente.chiede")
        + boundary("t", "chiede", on_timer("P5D"))
        + human("dopo")
        + end(),
        "inizio g; g chiede; chiede dopo; dopo fine; t g",
    )
    story = begin(bundle("prova", drawn))
    # when / then
    (first,) = jobs(story)
    clock.move_to(clock.instant + timedelta(days=6))
    fire_due(story)
    (second,) = jobs(story)
    assert first != second
    story.engine.finish_job(first, {"x": 1}, WORKER)
    assert story.todo() == []
    story.engine.finish_job(second, {"x": 2}, WORKER)
    assert (story.todo(), story.variables["x"]) == (["dopo"], 2)
    assert story.engine.check(deep=True) == []


def test_due_terms_of_which_the_first_takes_the_others_away(begin: Begin, clock: FixedClock) -> None:
    # given
    body = (
        start("i2")
        + human("a")
        + boundary("t1", "a", on_timer("P5D"), interrupting=False)
        + human("sol")
        + end("f2")
        + end("f3")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 a; a f2; t1 sol; sol f3")
        + boundary("t", "dentro", on_timer("P4D"))
        + human("tardi")
        + human("dopo")
        + end()
        + end("f4"),
        "inizio dentro; dentro dopo; dopo fine; t tardi; tardi f4",
    )
    story = begin(bundle("prova", drawn))
    # when / then
    clock.move_to(clock.instant + timedelta(days=6))
    due = story.engine.due_timers()
    assert [story.engine.fire_timer(each, WORKER) for each in due] == [True, False]
    assert story.todo() == ["tardi"]
    assert story.engine.check(deep=True) == []


def test_an_inclusive_join_waits_for_a_subprocess_until_it_is_taken_away(begin: Begin) -> None:
    # given
    body = start("i2") + human("a") + human("b") + end("f2")
    drawn = diagram(
        "prova",
        start()
        + gateway("d", "inclusive", default="c")
        + inside("dentro", body, "i2 a; a b; b f2")
        + boundary("t", "dentro", on_message("nota"))
        + human("c")
        + human("e")
        + gateway("u", "inclusive")
        + human("dopo")
        + end()
        + end("f4"),
        "inizio d; d dentro [x]; d c; d e [x]; dentro u; c u; e u; t f4; u dopo; dopo fine",
        before=message("nota", "=k"),
    )
    story = begin(bundle("prova", drawn), x=True, k="k")
    # when / then
    story.do("e")
    assert story.todo() == ["a"]
    story.do("a")
    story.engine.correlate("nota", "k", {}, ANNA)
    assert story.todo() == ["dopo"]
    assert story.engine.check(deep=True) == []


def test_a_term_takes_away_who_waits_for_what_is_being_undone(begin: Begin, clock: FixedClock) -> None:
    # given
    body = (
        start("i2")
        + human("a")
        + undone("a", "rimedia")
        + compensating(human("rimedia"))
        + event("disfa", "intermediateThrow", COMPENSATION)
        + human("b")
        + end("f2")
    )
    drawn = diagram(
        "prova",
        start()
        + inside("dentro", body, "i2 a; a disfa; disfa b; b f2")
        + boundary("t", "dentro", on_timer("P5D"))
        + human("tardi")
        + human("dopo")
        + end()
        + end("f4"),
        "inizio dentro; dentro dopo; dopo fine; t tardi; tardi f4",
    )
    story = begin(bundle("prova", drawn))
    # when / then
    story.do("a")
    assert story.todo() == ["rimedia"]
    clock.move_to(clock.instant + timedelta(days=6))
    fire_due(story)
    assert story.todo() == ["tardi"]
    assert story.engine.check(deep=True) == []
    story.do("tardi")
    assert story.status == "done"


def test_a_scope_waits_for_what_has_stopped_beside_it(begin: Begin) -> None:
    # given
    body = (
        start("i2")
        + human("a")
        + end("f2")
        + beside(
            "via",
            on_message("nota"),
            service("chiede", "ente.chiede") + end("f3"),
            "via_inizio chiede; chiede f3",
            interrupting=False,
        )
    )
    drawn = diagram(
        "prova",
        start() + inside("dentro", body, "i2 a; a f2") + human("dopo") + end(),
        "inizio dentro; dentro dopo; dopo fine",
        before=message("nota", "=k"),
    )
    story = begin(bundle("prova", drawn), k="k")
    # when / then
    story.engine.correlate("nota", "k", {}, ANNA)
    (job,) = jobs(story)
    story.engine.claim_job(job)
    story.engine.fail_job(job, "x", WORKER, None)
    story.do("a")
    assert story.todo() == []
    assert story.engine.check(deep=True) == []
    (incident,) = story.engine.open_incidents(story.id)
    story.engine.skip(incident.id, "x", ANNA)
    assert story.todo() == ["dopo"]

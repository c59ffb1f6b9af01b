"""Timers, messages, errors, calls and rounds."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from engine import Calendar, CannotSendBack, FixedClock, Operations, Refused, system
from engine.calendar import ROME
from tests.engine.conftest import ANNA, BRUNO, Story, fire_due, outside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    extensions,
    gateway,
    human,
    message,
    on_error,
    on_message,
    on_timer,
    service,
    start,
)

Begin = Callable[..., Story]


def test_a_late_step_is_escalated_once_and_stays_to_be_done(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("visita", due="=dopo_giorni_lavorativi(now(), 3)")
        + boundary(
            "tardi",
            "visita",
            on_timer("=dopo_giorni_lavorativi(now(), 3)", "timeDate"),
            interrupting=False,
        )
        + human("sollecita", group="responsabile_ats")
        + end()
        + end("fine_2"),
        "inizio visita; visita fine; tardi sollecita; sollecita fine_2",
    )
    story = begin(bundle("prova", drawn))
    due = story.engine.task(story.task_id("visita")).due_at
    assert due is not None
    assert due.astimezone(ROME).isoformat() == "2026-11-26T23:59:59+01:00"
    clock.move_to(due)
    assert fire_due(story) == 1
    # when
    clock.move_to(due + timedelta(days=9))
    # then
    assert fire_due(story) == 0
    assert story.todo() == ["sollecita", "visita"]


def test_a_deadline_that_decides_takes_the_step_away(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("scelta")
        + boundary("scaduta", "scelta", on_timer("P5D"))
        + human("rotazione")
        + end()
        + end("fine_2"),
        "inizio scelta; scelta fine; scaduta rotazione; rotazione fine_2",
    )
    story = begin(bundle("prova", drawn))
    # when
    clock.move_to(clock.instant + timedelta(days=5))
    fire_due(story)
    # then
    assert story.todo() == ["rotazione"]
    assert story.engine.due_timers() == []


def test_a_step_done_in_time_leaves_no_timer_behind(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("scelta")
        + boundary("scaduta", "scelta", on_timer("P5D"))
        + human("dopo")
        + end()
        + end("fine_2"),
        "inizio scelta; scelta dopo; dopo fine; scaduta fine_2",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("scelta")
    clock.move_to(clock.instant + timedelta(days=50))
    # then
    assert story.engine.due_timers() == []


WAITING = diagram(
    "prova",
    start() + "<bpmn:receiveTask id='attesa' messageRef='m_accettato'/>" + human("avvio") + end(),
    "inizio attesa; attesa avvio; avvio fine",
    before=message("accettato", "=ordine"),
)


def test_a_message_finds_its_pratica_by_key_and_brings_its_content(begin: Begin) -> None:
    # given
    mine, other = begin(bundle("prova", WAITING), ordine="o1"), begin(bundle("prova", WAITING), ordine="o2")
    # when
    delivery = mine.engine.correlate("accettato", "o1", {"da": "coop"}, ANNA, message_id="m1")
    # then
    assert delivery.instances == (mine.id,)
    assert (mine.todo(), other.todo()) == (["avvio"], [])
    assert mine.variables["da"] == "coop"


def test_the_same_message_counts_once(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", WAITING), ordine="o1")
    story.engine.correlate("accettato", "o1", {}, ANNA, message_id="m1")
    # when
    again = story.engine.correlate("accettato", "o1", {}, ANNA, message_id="m1")
    # then
    assert again.outcome == "already"


def test_a_message_that_comes_early_waits_for_its_pratica(begin: Begin) -> None:
    # given
    other = begin(bundle("prova", WAITING), ordine="o1")
    assert other.engine.correlate("accettato", "o9", {"da": "coop"}, ANNA).outcome == "buffered"
    # when
    story = begin(bundle("prova", WAITING), ordine="o9")
    # then
    assert story.todo() == ["avvio"]


def test_a_request_to_change_may_come_many_times_while_the_service_goes_on(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("servizio")
        + boundary("modifica", "servizio", on_message("modifica"), interrupting=False)
        + human("rimodula")
        + end()
        + end("fine_2"),
        "inizio servizio; servizio fine; modifica rimodula; rimodula fine_2",
        before=message("modifica", "=ordine"),
    )
    story = begin(bundle("prova", drawn), ordine="o1")
    # when
    for _ in range(3):
        assert story.engine.correlate("modifica", "o1", {}, ANNA).outcome == "correlated"
    # then
    assert story.todo() == ["rimodula", "rimodula", "rimodula", "servizio"]
    for _ in range(3):
        story.do("rimodula")
    story.do("servizio")
    assert story.status == "done"


def test_a_death_interrupts_a_whole_subprocess(begin: Begin) -> None:
    # given
    inner = (
        "<bpmn:subProcess id='servizio'>"
        + start("dentro")
        + human("mese")
        + end("dentro_fine")
        + "<bpmn:sequenceFlow id='f1' sourceRef='dentro' targetRef='mese'/>"
        + "<bpmn:sequenceFlow id='f2' sourceRef='mese' targetRef='dentro_fine'/></bpmn:subProcess>"
    )
    drawn = diagram(
        "prova",
        start()
        + inner
        + boundary("decesso", "servizio", on_message("decesso"))
        + human("chiudi")
        + end()
        + end("fine_2"),
        "inizio servizio; servizio fine; decesso chiudi; chiudi fine_2",
        before=message("decesso", "=persona"),
    )
    story = begin(bundle("prova", drawn), persona="12")
    assert story.todo() == ["mese"]
    # when
    story.engine.correlate("decesso", "12", {}, ANNA)
    # then
    assert story.todo() == ["chiudi"]
    story.do("chiudi")
    assert story.ended_in == "fine_2"


def test_an_event_subprocess_runs_beside_the_path_each_time_its_message_comes(begin: Begin) -> None:
    # given
    beside = (
        "<bpmn:subProcess id='cambio' triggeredByEvent='true'>"
        "<bpmn:startEvent id='cambiata' isInterrupting='false'>"
        + on_message("residenza")
        + "</bpmn:startEvent>"
        + human("valuta")
        + end("valutato")
        + "<bpmn:sequenceFlow id='g1' sourceRef='cambiata' targetRef='valuta'/>"
        "<bpmn:sequenceFlow id='g2' sourceRef='valuta' targetRef='valutato'/></bpmn:subProcess>"
    )
    drawn = diagram(
        "prova",
        start() + human("uno") + end() + beside,
        "inizio uno; uno fine",
        before=message("residenza", "=persona"),
    )
    story = begin(bundle("prova", drawn), persona="12")
    assert story.todo() == ["uno"]
    # when
    story.engine.correlate("residenza", "12", {}, ANNA)
    story.do("valuta")
    story.engine.correlate("residenza", "12", {}, ANNA)
    # then
    assert story.todo() == ["uno", "valuta"]
    story.do("uno")
    assert story.status == "open"
    story.do("valuta")
    assert (story.status, story.ended_in) == ("done", "fine")


def test_the_first_of_two_events_decides(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("attesa", "eventBased")
        + f"<bpmn:intermediateCatchEvent id='osservazioni'>{on_message('osservazioni')}</bpmn:intermediateCatchEvent>"
        + f"<bpmn:intermediateCatchEvent id='dieci_giorni'>{on_timer('P10D')}</bpmn:intermediateCatchEvent>"
        + human("valuta")
        + human("diniego")
        + end(),
        "inizio attesa; attesa osservazioni; attesa dieci_giorni; osservazioni valuta; dieci_giorni diniego; valuta fine; diniego fine",
        before=message("osservazioni", "=preavviso"),
    )
    heard, silent = (begin(bundle("prova", drawn), preavviso=p) for p in ("p1", "p2"))
    # when
    heard.engine.correlate("osservazioni", "p1", {}, ANNA)
    clock.move_to(clock.instant + timedelta(days=11))
    fire_due(silent)
    # then
    assert (heard.todo(), silent.todo()) == (["valuta"], ["diniego"])


CALLER = diagram(
    "chiamante",
    start()
    + "<bpmn:callActivity id='chiama'>"
    + extensions(call="chiamato", input="motivo: =motivi", output="accolte: =esito")
    + "</bpmn:callActivity>"
    + boundary("decesso", "chiama", on_message("decesso"))
    + boundary("negato", "chiama", on_error("negato"))
    + human("dopo")
    + human("diniego")
    + end()
    + end("fine_2"),
    "inizio chiama; chiama dopo; dopo fine; decesso fine_2; negato diniego; diniego fine",
    before=message("decesso", "=persona") + error("negato"),
)


def called(last: str) -> bytes:
    return diagram(
        "chiamato",
        start() + human("valuta", output="esito: =esito") + last,
        "inizio valuta; valuta fine",
        before=error("negato"),
    )


def test_a_called_path_answers_its_caller(begin: Begin) -> None:
    # given
    story = begin(
        bundle("chiamante", CALLER),
        bundle("chiamato", called(end())),
        persona="12",
        motivi=["isee"],
        unita="ats",
    )
    assert story.todo() == ["valuta"]
    # when
    story.do("valuta", esito=True)
    # then
    assert story.todo() == ["dopo"]
    assert story.variables["accolte"] is True
    child = story.engine.instances_of(story.id)[1]
    assert (child.slug, child.status, child.variables["motivo"]) == ("chiamato", "done", ["isee"])


def test_an_interrupted_call_stops_what_it_called(begin: Begin) -> None:
    # given
    story = begin(bundle("chiamante", CALLER), bundle("chiamato", called(end())), persona="12", motivi=[])
    # when
    story.engine.correlate("decesso", "12", {}, ANNA)
    # then
    assert story.todo() == []
    assert [i.status for i in story.engine.instances_of(story.id)] == ["done", "cancelled"]


def test_an_error_of_the_called_path_is_caught_by_the_caller(begin: Begin) -> None:
    # given
    called_bundle = bundle("chiamato", called(end(inner=on_error("negato"))))
    story = begin(bundle("chiamante", CALLER), called_bundle, persona="12", motivi=[])
    # when
    story.do("valuta")
    # then
    assert story.todo() == ["diniego"]


def test_a_call_to_a_path_that_is_not_published_waits_for_a_person(begin: Begin) -> None:
    # given / when
    story = begin(bundle("chiamante", CALLER), persona="12", motivi=[])
    # then
    assert [i.kind for i in story.engine.open_incidents(story.id)] == ["release"]


MULTI = (
    "<bpmn:multiInstanceLoopCharacteristics isSequential='{sequential}'><bpmn:extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=persone' inputElement='persona' "
    "outputCollection='pareri' outputElement='=parere'/>"
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


@pytest.mark.parametrize("sequential", [False, True])
def test_a_step_for_each_person_collects_their_answers_in_order(begin: Begin, sequential: bool) -> None:
    # given
    loop = MULTI.format(sequential=str(sequential).lower())
    drawn = diagram(
        "prova",
        start() + human("senti", loop=loop, output="parere: =persona + opinione") + human("dopo") + end(),
        "inizio senti; senti dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), persone=["a", "b", "c"])
    # when
    assert len(story.todo()) == (1 if sequential else 3)
    for _ in range(3):
        story.do("senti", opinione="!")
    # then
    assert story.todo() == ["dopo"]
    assert story.variables["pareri"] == ["a!", "b!", "c!"]


def test_nobody_to_hear_means_going_on(begin: Begin) -> None:
    drawn = diagram(
        "prova",
        start() + human("senti", loop=MULTI.format(sequential="false")) + human("dopo") + end(),
        "inizio senti; senti dopo; dopo fine",
    )
    assert begin(bundle("prova", drawn), persone=[]).todo() == ["dopo"]


JOB = diagram(
    "prova",
    start()
    + service("leggi", "inps.isee.read", input="codice_fiscale: =cf", output="isee: =isee")
    + boundary("assente", "leggi", on_error("isee_assente"))
    + human("visita")
    + human("spiega")
    + end(),
    "inizio leggi; leggi visita; visita fine; assente spiega; spiega fine",
    before=error("isee_assente"),
)


@pytest.fixture
def with_inps(operations: Operations) -> Operations:
    operations.add(outside("inps.isee.read", errors=["isee_assente"]))
    return operations


def job_of(story: Story) -> int:
    found = story.engine.session.execute(
        text("select id from engine_job where instance_id = :id"), {"id": story.id}
    )
    return int(found.scalar_one())


def test_a_call_to_the_outside_becomes_a_job_and_its_answer_leads_on(
    begin: Begin, with_inps: Operations
) -> None:
    # given
    story = begin(bundle("prova", JOB), cf="RSSRSO44A41D969U")
    job = story.engine.claim_job(job_of(story))
    assert job is not None
    assert job.request == {"codice_fiscale": "RSSRSO44A41D969U"}
    # when
    story.engine.finish_job(job.id, {"isee": {"valore": 10_000}}, system("worker"))
    story.engine.finish_job(job.id, {"isee": {"valore": 99_999}}, system("worker"))
    # then
    assert story.todo() == ["visita"]
    assert story.variables["isee"] == {"valore": 10_000}


def test_a_refusal_of_the_outside_follows_the_diagram(begin: Begin, with_inps: Operations) -> None:
    # given
    story = begin(bundle("prova", JOB), cf="X")
    # when
    story.engine.refuse_job(job_of(story), Refused("isee_assente"), system("worker"))
    # then
    assert story.todo() == ["spiega"]


def test_when_attempts_are_over_a_person_retries_and_the_key_stays_the_same(
    begin: Begin, with_inps: Operations
) -> None:
    # given
    story = begin(bundle("prova", JOB), cf="X")
    first = story.engine.claim_job(job_of(story))
    assert first is not None
    story.engine.fail_job(first.id, "INPS non risponde", system("worker"), None)
    incident = story.engine.open_incidents(story.id)[0]
    # when
    story.engine.retry(incident.id, ANNA)
    # then
    jobs = story.engine.session.execute(
        text("select id, status from engine_job where instance_id = :id order by id"), {"id": story.id}
    ).all()
    assert [job.status for job in jobs] == ["failed", "waiting"]
    second = story.engine.claim_job(jobs[1].id)
    assert second is not None
    assert second.idempotency_key == first.idempotency_key


def test_a_call_that_has_stopped_holds_no_other_branch_up(begin: Begin, with_inps: Operations) -> None:
    # given
    beside = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + service("leggi", "inps.isee.read")
        + human("visita")
        + gateway("unisci", "parallel")
        + human("spiega")
        + end(),
        "inizio dividi; dividi leggi; dividi visita; leggi unisci; visita unisci; unisci spiega; spiega fine",
    )
    story = begin(bundle("prova", beside))
    story.engine.fail_job(job_of(story), "INPS non risponde", system("worker"), None)
    # when
    story.do("visita")
    # then
    assert story.todo() == []
    (incident,) = story.engine.open_incidents(story.id)
    story.engine.skip(incident.id, "Non serve più", ANNA)
    assert story.todo() == ["spiega"]


THREE = diagram(
    "prova",
    start() + human("uno", output="a: =a") + human("due", output="b: =b") + human("tre") + end(),
    "inizio uno; uno due; due tre; tre fine",
)


def test_work_goes_back_to_an_earlier_step_with_its_reason_and_its_data(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", THREE))
    story.do("uno", a=1)
    story.do("due", b=2)
    assert [t.element_id for t in story.engine.send_back_targets(story.task_id("tre"))] == ["due", "uno"]
    # when
    story.engine.send_back(story.task_id("tre"), "uno", "manca la firma", BRUNO)
    # then
    assert story.todo() == ["uno"]
    task = story.engine.task(story.task_id("uno"))
    assert task.note == "manca la firma"
    assert "a" not in story.variables
    assert "b" not in story.variables
    story.do("uno", a=3)
    story.do("due", b=4)
    story.do("tre")
    assert (story.status, story.variables["a"]) == ("done", 3)


def test_work_does_not_go_back_while_other_work_runs_beside_it(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("prima")
        + gateway("dividi", "parallel")
        + human("a")
        + human("b")
        + gateway("unisci", "parallel")
        + end(),
        "inizio prima; prima dividi; dividi a; dividi b; a unisci; b unisci; unisci fine",
    )
    story = begin(bundle("prova", drawn))
    story.do("prima")
    # when / then
    assert story.engine.send_back_targets(story.task_id("a")) == []
    with pytest.raises(CannotSendBack):
        story.engine.send_back(story.task_id("a"), "prima", "x", ANNA)


def test_a_cancelled_pratica_leaves_nothing_to_do(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", THREE))
    # when
    story.engine.cancel(story.id, "aperta per errore", ANNA)
    # then
    assert (story.todo(), story.status) == ([], "cancelled")


def test_a_cycle_timer_fires_as_often_as_it_says(begin: Begin, clock: FixedClock) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("servizio")
        + boundary("promemoria", "servizio", on_timer("R2/PT24H", "timeCycle"), interrupting=False)
        + human("ricorda")
        + end()
        + end("fine_2"),
        "inizio servizio; servizio fine; promemoria ricorda; ricorda fine_2",
    )
    story = begin(bundle("prova", drawn))
    # when
    for _ in range(5):
        clock.move_to(clock.instant + timedelta(hours=25))
        fire_due(story)
    # then
    assert story.todo() == ["ricorda", "ricorda", "servizio"]


@pytest.mark.parametrize(
    ("after", "days", "due"),
    [
        ("2026-04-03T09:00", 1, "2026-04-07"),  # Easter Monday is the 6th
        ("2027-03-26T23:59", 1, "2027-03-30"),  # and the 29th a year later
        ("2026-12-23T12:00", 2, "2026-12-28"),  # Christmas, and Saint Stephen's on a Saturday
        ("2026-12-30T12:00", 2, "2027-01-04"),  # across the year
        ("2026-12-31T23:59", 1, "2027-01-04"),
        ("2027-10-01T12:00", 1, "2027-10-05"),  # Saint Francis is a holiday again (L. 151/2025)
        ("2026-06-23T12:00", 1, "2026-06-25"),  # the patron saint's
        ("2026-04-24T12:00", 0, "2026-04-24"),
    ],
)
def test_a_working_day_is_one_on_which_the_ente_works(after: str, days: int, due: str) -> None:
    instant = datetime.fromisoformat(after).replace(tzinfo=ROME)
    found = Calendar((6, 24)).after_working_days(instant, days)
    assert found == datetime.fromisoformat(f"{due}T23:59:59").replace(tzinfo=ROME)


@pytest.mark.parametrize(("after", "days"), [("9999-12-30", 5), ("2026-01-01", -1), ("2026-01-01", 3_661)])
def test_a_deadline_that_no_calendar_has_is_refused(after: str, days: int) -> None:
    with pytest.raises(ValueError):
        Calendar().after_working_days(datetime.fromisoformat(after).replace(tzinfo=ROME), days)


def test_deadlines_skip_holidays_and_the_patron_saint() -> None:
    calendar = Calendar((6, 24))
    eve = datetime(2026, 12, 4, 12, tzinfo=ROME)
    assert calendar.after_working_days(eve, 2).date().isoformat() == "2026-12-09"  # the 8th is a holiday
    assert (
        calendar.after_working_days(datetime(2026, 6, 23, tzinfo=ROME), 1).date().isoformat() == "2026-06-25"
    )

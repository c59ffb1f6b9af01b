"""What a person does about a stopped step: correct the data, give the result by hand, skip it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from engine import (
    Broken,
    CannotMend,
    CorrectionRefused,
    FormInvalid,
    IncidentNotOpen,
    Operation,
    Operations,
    system,
)
from engine.calendar import ROME
from tests.engine.conftest import ANNA, BRUNO, Story, inside
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
    on_error,
    on_timer,
    service,
    start,
)

Begin = Callable[..., Story]
ASKED = {
    "type": "object",
    "required": ["codice_fiscale"],
    "properties": {"codice_fiscale": {"title": "Codice fiscale", "type": "string", "minLength": 5}},
}
ANSWERED = {
    "type": "object",
    "required": ["isee"],
    "properties": {"isee": {"title": "ISEE", "type": "number", "minimum": 0}},
}
WHY = "INPS non risponde da giovedì"


@pytest.fixture
def operations(operations: Operations) -> Operations:
    operations.add(Operation("inps.isee.read", "INPS", ASKED, ANSWERED, lambda c, r: {}, inside=False))
    return operations


@pytest.fixture
def stopped(begin: Begin) -> Story:
    """A reading of the ISEE that has failed for good; a person's step stays open beside it."""
    drawn = diagram(
        "prova",
        start()
        + human("colloquio")
        + service("leggi", "inps.isee.read", input="codice_fiscale: =codice_fiscale", output="isee: =isee")
        + boundary("dopo_un_mese", "leggi", on_timer("P30D"), interrupting=False)
        + human("sollecita")
        + human("valuta")
        + end()
        + end("fine_2"),
        "inizio colloquio; colloquio leggi; leggi valuta; valuta fine; dopo_un_mese sollecita; sollecita fine_2",
    )
    story = begin(bundle("prova", drawn), codice_fiscale="PRDRSO44A41D969J")
    story.do("colloquio")
    break_down(story)
    return story


def break_down(story: Story) -> None:
    """The call fails until a person is needed."""
    job_id = story.engine.session.execute(
        text("select max(id) from engine_job where status in ('waiting', 'running')")
    ).scalar_one()
    assert story.engine.claim_job(job_id) is not None
    story.engine.fail_job(job_id, "INPS non risponde", system("worker"), None)


def incident_of(story: Story) -> int:
    (incident,) = story.engine.open_incidents(story.id)
    return incident.id


def told(story: Story, event: str) -> Any:
    return next(row for row in story.engine.history(story.id) if row.event == event and row.why)


def test_the_result_given_by_hand_goes_through_the_diagram_as_the_body_s_own(stopped: Story) -> None:
    # when
    stopped.engine.answer_incident(incident_of(stopped), {"isee": 9_500}, WHY, BRUNO)
    # then
    assert (stopped.todo(), stopped.variables["isee"]) == (["valuta"], 9_500)
    row = told(stopped, "done")
    assert (row.element_id, row.by, row.answers) == ("leggi", BRUNO.label, {"isee": 9_500})
    assert row.why == {"motivo": WHY, "a_mano": True}
    assert stopped.engine.open_incidents(stopped.id) == []


def test_a_result_that_the_body_could_not_have_given_is_refused(stopped: Story) -> None:
    with pytest.raises(FormInvalid) as refused:
        stopped.engine.answer_incident(incident_of(stopped), {"isee": -1}, WHY, BRUNO)
    assert [error.path for error in refused.value.errors] == [("isee",)]
    assert stopped.engine.open_incidents(stopped.id)


def test_a_step_marked_as_done_lets_the_path_go_on_and_says_who_and_why(stopped: Story) -> None:
    # when
    stopped.engine.skip(incident_of(stopped), WHY, BRUNO)
    # then
    assert stopped.todo() == ["valuta"]
    assert "isee" not in stopped.variables
    assert told(stopped, "done").why == {"motivo": WHY, "saltato": True}
    stopped.do("valuta")
    assert stopped.status == "done"


def test_corrected_data_go_out_with_a_new_call_and_history_keeps_old_and_new(stopped: Story) -> None:
    # given
    remedy = stopped.engine.remedy(incident_of(stopped))
    assert remedy.values == {"codice_fiscale": "PRDRSO44A41D969J"}
    # when
    stopped.engine.correct(incident_of(stopped), {"codice_fiscale": "PRDRSO44A41D969K"}, WHY, BRUNO)
    # then
    request = stopped.engine.session.execute(
        text("select request from engine_job where status = 'waiting'")
    ).scalar_one()
    assert request == {"codice_fiscale": "PRDRSO44A41D969K"}
    row = told(stopped, "corrected")
    assert row.answers == {
        "prima": {"codice_fiscale": "PRDRSO44A41D969J"},
        "dopo": {"codice_fiscale": "PRDRSO44A41D969K"},
    }
    assert row.delta == {"codice_fiscale": "PRDRSO44A41D969K"}
    assert stopped.engine.open_incidents(stopped.id) == []


def test_a_correction_that_the_request_would_refuse_changes_nothing(stopped: Story) -> None:
    # when
    with pytest.raises(FormInvalid):
        stopped.engine.correct(incident_of(stopped), {"codice_fiscale": "PR"}, WHY, BRUNO)
    # then
    assert stopped.variables["codice_fiscale"] == "PRDRSO44A41D969J"
    assert stopped.engine.open_incidents(stopped.id)


def test_what_the_step_does_not_read_cannot_be_written_by_this_door(stopped: Story) -> None:
    stopped.engine.correct(
        incident_of(stopped), {"codice_fiscale": "PRDRSO44A41D969K", "isee": 0}, WHY, BRUNO
    )
    assert "isee" not in stopped.variables


def test_an_expression_that_failed_for_its_data_goes_on_once_they_are_corrected(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + human("due", due="=scadenza") + end(),
        "inizio uno; uno due; due fine",
    )
    story = begin(bundle("prova", drawn))
    story.do("uno", scadenza=[1, 2])
    assert story.todo() == []
    # when
    story.engine.correct(
        incident_of(story), {"scadenza": "2026-12-01"}, "La data era scritta a parole", BRUNO
    )
    # then
    assert story.todo() == ["due"]
    assert story.engine.task(story.task_id("due")).due_at is not None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("24/12/2026", "non è una data"),
        ("entro Natale", "non è una data"),
        ("2026-02-30", "non è una data"),
        ("10:00:00", "non è una data"),
        ('2026-12-24" + @"P1D', "non è una data"),
        ("99999-01-01", "anni 1 e 9999"),
        ("P999999999Y", "«=scadenza»"),
    ],
)
def test_a_term_that_cannot_be_read_stops_for_a_person_and_never_passes_for_no_term(
    begin: Begin, written: str, told: str
) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + human("due", due="=scadenza") + end(),
        "inizio uno; uno due; due fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", scadenza=written)
    # then
    assert story.todo() == []
    (incident,) = story.engine.open_incidents(story.id)
    assert told in incident.message
    # and once it is written as a date, there is a term
    story.engine.correct(incident.id, {"scadenza": "2026-12-24"}, WHY, BRUNO)
    due = story.engine.task(story.task_id("due")).due_at
    assert due is not None
    assert due.astimezone(ROME).date().isoformat() == "2026-12-24"


@pytest.mark.parametrize(
    ("place", "written", "told", "right"),
    [
        ("candidateGroups", None, "nessuno vedrebbe", "assistente_sociale"),
        ("candidateGroups", " ", "nessuno vedrebbe", "assistente_sociale"),
        ("candidateGroups", 7, "nessuno vedrebbe", None),
        ("assignee", "mario", "numero di un operatore", "2"),
        ("assignee", "9" * 30, "numero di un operatore", "2"),
    ],
)
def test_a_step_that_nobody_would_see_stops_for_a_person(
    begin: Begin, place: str, written: object, told: str, right: str | None
) -> None:
    # given
    group = "=chi" if place == "candidateGroups" else "assistente_sociale"
    step = human("due", group=group)
    if place == "assignee":
        step = step.replace("<zeebe:assignmentDefinition", "<zeebe:assignmentDefinition assignee='=chi'")
    drawn = diagram("prova", start() + human("uno") + step + end(), "inizio uno; uno due; due fine")
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", chi=written)
    # then
    assert story.todo() == []
    (incident,) = story.engine.open_incidents(story.id)
    assert told in incident.message
    # and: put right, it is there for somebody
    if right is not None:
        story.engine.correct(incident.id, {"chi": right}, WHY, BRUNO)
        task = story.engine.task(story.task_id("due"))
        assert (task.ruolo, task.assignee_id) == ("assistente_sociale", 2 if place == "assignee" else 1)


@pytest.mark.parametrize("written", [None, "", " "])
def test_no_term_is_no_term(begin: Begin, written: str | None) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + human("due", due="=scadenza") + end(),
        "inizio uno; uno due; due fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", scadenza=written)
    # then
    assert story.engine.task(story.task_id("due")).due_at is None


def test_data_that_would_still_not_do_are_refused_and_nothing_is_kept(
    begin: Begin, operations: Operations
) -> None:
    # given
    asked = {"type": "object", "required": ["eta"], "properties": {"eta": {"type": "number"}}}
    operations.add(inside("eta.read", lambda call, request: {}, request=asked))
    drawn = diagram(
        "prova",
        start() + service("leggi", "eta.read", input="eta: =dati.eta") + end(),
        "inizio leggi; leggi fine",
    )
    story = begin(bundle("prova", drawn), dati={"eta": None, "altri": [1, 2]})
    # when
    with pytest.raises(CorrectionRefused) as refused:
        story.engine.correct(incident_of(story), {"dati": {"eta": "ottanta"}}, WHY, BRUNO)
    # then
    assert "eta" in refused.value.message
    assert "ottanta" not in refused.value.message
    assert story.variables["dati"] == {"eta": None, "altri": [1, 2]}


def test_lists_beside_what_is_corrected_stay_as_they_are(begin: Begin, operations: Operations) -> None:
    # given
    asked = {"type": "object", "required": ["nome"], "properties": {"nome": {"type": "string"}}}
    operations.add(inside("nome.read", lambda call, request: {}, request=asked))
    drawn = diagram(
        "prova",
        start() + service("leggi", "nome.read", input="nome: =dati.nome") + human("dopo") + end(),
        "inizio leggi; leggi dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn), dati={"nome": None, "altri": [1, 2]})
    # when
    story.engine.correct(incident_of(story), {"dati": {"nome": "Rosa"}}, WHY, BRUNO)
    # then
    assert story.variables["dati"] == {"nome": "Rosa", "altri": [1, 2]}
    assert story.todo() == ["dopo"]


def test_no_result_by_hand_for_what_the_software_itself_writes(begin: Begin, operations: Operations) -> None:
    # given
    def broken(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        raise Broken("non si può")

    operations.add(inside("bisogno.register", broken))
    drawn = diagram(
        "prova", start() + service("registra", "bisogno.register") + end(), "inizio registra; registra fine"
    )
    story = begin(bundle("prova", drawn))
    # then
    assert story.engine.remedy(incident_of(story)).response is None
    with pytest.raises(CannotMend):
        story.engine.answer_incident(incident_of(story), {}, WHY, BRUNO)
    story.engine.skip(incident_of(story), WHY, BRUNO)
    assert story.status == "done"


def test_a_person_s_step_is_never_skipped_and_nothing_is_mended_twice(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + human("due", due="=scadenza") + end(),
        "inizio uno; uno due; due fine",
    )
    story = begin(bundle("prova", drawn))
    story.do("uno", scadenza=[1])
    incident = incident_of(story)
    # then
    assert not story.engine.remedy(incident).skippable
    with pytest.raises(CannotMend):
        story.engine.skip(incident, WHY, ANNA)
    story.engine.retry(incident, ANNA)
    with pytest.raises(IncidentNotOpen):
        story.engine.retry(incident, ANNA)


def test_an_error_that_nobody_catches_is_passed_over_by_a_person(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + event("rotto", "end", on_error("no")),
        "inizio uno; uno rotto",
        before=error("no"),
    )
    story = begin(bundle("prova", drawn))
    story.do("uno")
    story.engine.retry(incident_of(story), ANNA)
    # when
    assert story.engine.remedy(incident_of(story)).skippable
    story.engine.skip(incident_of(story), WHY, BRUNO)
    # then
    assert (story.status, story.ended_in) == ("done", "rotto")
    assert told(story, "done").why == {"motivo": WHY, "saltato": True}


def test_a_message_for_nobody_is_passed_over_by_a_person(begin: Begin) -> None:
    # given
    sends = extensions(headers="messaggio: notizia; chiave: =chiave") + "<bpmn:messageEventDefinition/>"
    drawn = diagram(
        "prova",
        start() + human("uno") + event("manda", "intermediateThrow", sends) + human("due") + end(),
        "inizio uno; uno manda; manda due; due fine",
    )
    story = begin(bundle("prova", drawn), chiave=None)
    story.do("uno")
    # when
    story.engine.skip(incident_of(story), WHY, BRUNO)
    # then
    assert (story.todo(), story.engine.check(deep=True)) == (["due"], [])


def test_a_choice_that_cannot_be_made_is_made_once_its_data_are_right(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + gateway("quale", default="due") + human("due") + human("tre") + end(),
        "inizio uno; uno quale; quale due; quale tre [count(for a in 1..n, b in 1..n return a) > 3]; "
        "due fine; tre fine",
    )
    story = begin(bundle("prova", drawn), n=9_999)
    story.do("uno")
    remedy = story.engine.remedy(incident_of(story))
    assert (remedy.values, remedy.skippable) == ({"n": 9_999}, False)
    # when
    story.engine.correct(incident_of(story), {"n": 2}, WHY, BRUNO)
    # then
    assert story.todo() == ["tre"]

"""The engine moves a pratica from step to step."""

import os
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import AnswerRefused, FormInvalid, NotAllowed, Operations, Refused, TaskNotOpen, store
from tests.engine.conftest import ANNA, BRUNO, Story, inside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    gateway,
    human,
    on_error,
    service,
    start,
)

Begin = Callable[..., Story]

ROUNDS = int(os.environ.get("ROUNDS", "2000"))

FORM = {
    "type": "object",
    "properties": {"gravita": {"type": "integer", "maximum": 5}},
    "required": ["gravita"],
}


def test_a_human_step_waits_and_then_leads_on(begin: Begin) -> None:
    # given
    story = begin(
        bundle(
            "prova",
            diagram("prova", start() + human("uno") + human("due") + end(), "inizio uno; uno due; due fine"),
        )
    )
    assert story.todo() == ["uno"]
    # when
    story.do("uno")
    # then
    assert story.todo() == ["due"]
    story.do("due")
    assert (story.status, story.ended_in) == ("done", "fine")


def test_a_condition_chooses_the_way_and_its_absence_takes_the_default(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + gateway("bivio", default="piano") + human("subito") + human("piano") + end(),
        "inizio uno; uno bivio; bivio subito [gravita > 3]; bivio piano; subito fine; piano fine",
    )
    # when
    grave, unknown = begin(bundle("prova", drawn)), begin(bundle("prova", drawn))
    grave.do("uno", gravita=4)
    unknown.do("uno")
    # then
    assert grave.todo() == ["subito"]
    assert unknown.todo() == ["piano"]


def test_answers_that_do_not_satisfy_the_form_change_nothing(begin: Begin) -> None:
    # given
    drawn = diagram("prova", start() + human("uno", form="uno") + end(), "inizio uno; uno fine")
    story = begin(bundle("prova", drawn, forms__uno_dot_schema_dot_json=FORM))
    # when
    with pytest.raises(FormInvalid) as refused:
        story.do("uno", gravita=9)
    # then
    assert [e.path for e in refused.value.errors] == [("gravita",)]
    assert story.todo() == ["uno"]


def test_output_mappings_keep_only_what_they_name_and_money_stays_exact(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno", output="quota.tariffa: =tariffa * 3") + end(),
        "inizio uno; uno fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", tariffa=Decimal("0.1"), segreto="non si porta avanti")
    # then
    assert story.variables["quota"] == {"tariffa": Decimal("0.3")}
    assert "segreto" not in story.variables


def test_a_second_completion_is_told_what_happened_meanwhile(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", diagram("prova", start() + human("uno") + end(), "inizio uno; uno fine")))
    task_id = story.task_id("uno")
    story.engine.complete(task_id, {}, ANNA)
    # when
    with pytest.raises(TaskNotOpen) as refused:
        story.engine.complete(task_id, {}, BRUNO)
    # then
    assert (refused.value.status, refused.value.closed_by) == ("done", 1)


def test_who_wrote_the_plan_may_not_approve_it(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("piano") + human("approva", headers="diverso_da: piano") + end(),
        "inizio piano; piano approva; approva fine",
    )
    story = begin(bundle("prova", drawn))
    story.do("piano", by=ANNA)
    # when / then
    with pytest.raises(NotAllowed):
        story.do("approva", by=ANNA)
    story.do("approva", by=BRUNO)
    assert story.status == "done"


def test_the_next_step_of_the_same_role_goes_to_who_did_the_last(begin: Begin) -> None:
    # given
    drawn = diagram("prova", start() + human("uno") + human("due") + end(), "inizio uno; uno due; due fine")
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", by=BRUNO)
    # then
    assert story.engine.task(story.task_id("due")).assignee_id == 2


def test_two_branches_meet_once_and_the_second_does_not_lose_the_first(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("a", output="elenco_a: =[1,2]")
        + human("b", output="elenco_b: =[3]")
        + gateway("unisci", "parallel")
        + human("dopo")
        + end(),
        "inizio dividi; dividi a; dividi b; a unisci; b unisci; unisci dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("b")
    assert story.todo() == ["a"]
    story.do("a")
    # then
    assert story.todo() == ["dopo"]
    assert (story.variables["elenco_a"], story.variables["elenco_b"]) == ([1, 2], [3])


def test_an_operation_of_ours_runs_in_the_step(begin: Begin, operations: Operations) -> None:
    # given
    operations.add(
        inside("bisogno.register", lambda call, request: {"bisogno_id": f"b-{request['persona_id']}"})
    )
    drawn = diagram(
        "prova",
        start()
        + service("registra", "bisogno.register", input="persona_id: =persona", output="bisogno: =bisogno_id")
        + human("dopo")
        + end(),
        "inizio registra; registra dopo; dopo fine",
    )
    # when
    story = begin(bundle("prova", drawn), persona="12")
    # then
    assert story.todo() == ["dopo"]
    assert story.variables["bisogno"] == "b-12"


def refusing(call: object, request: object) -> dict[str, object]:
    raise Refused("persona_ambigua", "Ci sono due persone con questo nome.", field="cognome")


def test_a_refusal_takes_the_way_that_the_diagram_draws(begin: Begin, operations: Operations) -> None:
    # given
    operations.add(inside("persona.find", refusing, errors=["persona_ambigua"]))
    drawn = diagram(
        "prova",
        start()
        + service("cerca", "persona.find")
        + boundary("ambigua", "cerca", on_error("persona_ambigua"))
        + human("scegli")
        + end()
        + end("fine_2"),
        "inizio cerca; cerca fine; ambigua scegli; scegli fine_2",
        before=error("persona_ambigua"),
    )
    # when
    story = begin(bundle("prova", drawn))
    # then
    assert story.todo() == ["scegli"]
    story.do("scegli")
    assert story.ended_in == "fine_2"


def test_a_refusal_that_nobody_catches_waits_for_a_person_and_can_be_tried_again(
    begin: Begin, operations: Operations
) -> None:
    # given
    answers = iter([Refused("troppo_tardi"), None])

    def once(call: object, request: object) -> dict[str, object]:
        refused = next(answers)
        if refused:
            raise refused
        return {}

    operations.add(inside("persona.find", once))
    drawn = diagram(
        "prova",
        start() + service("cerca", "persona.find") + human("dopo") + end(),
        "inizio cerca; cerca dopo; dopo fine",
    )
    story = begin(bundle("prova", drawn))
    incident = story.engine.open_incidents(story.id)[0]
    assert (story.todo(), incident.kind, incident.element_id) == ([], "refused", "cerca")
    # when
    story.engine.retry(incident.id, ANNA)
    # then
    assert story.todo() == ["dopo"]
    assert story.engine.open_incidents(story.id) == []


def test_what_a_human_step_writes_joins_its_answers(begin: Begin, operations: Operations) -> None:
    # given
    schema = {"type": "object", "properties": {"persona": {}, "motivo": {}}}
    operations.add(
        inside(
            "piano.register", lambda call, request: {"piano_id": "/".join(request.values())}, request=schema
        )
    )
    drawn = diagram(
        "prova",
        start() + human("piano", headers="scrive: piano.register", output="piano: =piano_id") + end(),
        "inizio piano; piano fine",
    )
    story = begin(bundle("prova", drawn), persona="12")
    # when
    story.do("piano", motivo="cade spesso", altro="x")
    # then
    assert story.variables["piano"] == "12/cade spesso"


def test_a_human_step_whose_operation_refuses_stays_open(begin: Begin, operations: Operations) -> None:
    # given
    operations.add(inside("piano.register", refusing))
    drawn = diagram(
        "prova",
        start() + human("piano", headers="scrive: piano.register") + end(),
        "inizio piano; piano fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    with pytest.raises(AnswerRefused) as refused:
        story.do("piano")
    # then
    assert (refused.value.code, refused.value.field) == ("persona_ambigua", "cognome")


def test_a_wrong_deadline_stops_its_token_with_an_incident_and_keeps_what_the_person_did(
    begin: Begin,
) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + human("uno") + human("due", due="=scadenza") + end(),
        "inizio uno; uno due; due fine",
    )
    story = begin(bundle("prova", drawn))
    # when
    story.do("uno", scadenza=[1, 2])
    # then
    assert story.crossed() == ["inizio", "uno"]
    assert story.todo() == []
    assert [i.element_id for i in story.engine.open_incidents(story.id)] == ["due"]


def test_a_loop_of_thousands_of_rounds_never_sticks_nor_grows(begin: Begin, stage: Session) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + gateway("giro") + human("uno") + gateway("ancora", default="giro") + end(),
        "inizio giro; giro uno; uno ancora; ancora giro; ancora fine [basta = true]",
    )
    story = begin(bundle("prova", drawn))
    story.do("uno")
    small = size(stage, story)
    # when
    for round_ in range(1, ROUNDS):
        story.do("uno")
        # then
        if round_ % 100 == 0:
            assert size(stage, story) == small, f"at round {round_}"
    assert story.todo() == ["uno"]
    story.do("uno", basta=True)
    assert story.status == "done"


def size(stage: Session, story: Story) -> int:
    """Bytes of what is kept of an instance."""
    return int(
        stage.execute(
            text("select octet_length(state) from engine_instance where id = :id"), {"id": story.id}
        ).scalar_one()
    )


def test_a_plan_kept_for_one_ente_shows_another_nothing(begin: Begin) -> None:
    # given a task locked until PostgreSQL keeps one plan for all
    story = begin(bundle("prova", diagram("prova", start() + human("uno") + end(), "inizio uno; uno fine")))
    engine, task_id = story.engine, story.task_id("uno")
    for _ in range(10):
        assert store.lock_task(engine.session, engine.ente_id, task_id)
    # when the same connection works for another ente
    engine.session.execute(text("select set_config('app.ente_id', '99', true)"))
    # then
    assert store.lock_task(engine.session, engine.ente_id, task_id) == []

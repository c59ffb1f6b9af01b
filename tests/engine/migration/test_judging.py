"""What becomes of an instance on another release, as it is or mapped, and what waits for a person."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, text

from engine import (
    MappingUnknown,
    NotAllowed,
    Outcome,
    ReleaseNotFound,
)
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, BRUNO
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    extensions,
    gateway,
    human,
    message,
    on_timer,
    service,
    start,
)
from tests.engine.migration.conftest import FORK, FORKED, GUARD, HUMANS, ONE_TWO, PLAIN, SLUG, SUB, Moving

RENAMED = human("primo") + human("due", headers="diverso_da: primo")


def test_a_mapping_gives_a_task_another_element_and_keeps_the_task(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    story = path.begin()
    task = story.task_id("uno")
    new = path.release(human("primo") + human("due"), "inizio primo; primo due; due fine")
    # when
    assert path.plan(old, new) == [(Outcome.VANISHES, "uno", "missing", 1)]
    assert path.plan(old, new, uno="primo") == [(Outcome.MAPPED, "uno", "", 1)]
    path.move(old, new, uno="primo")
    # then
    assert story.task_id("primo") == task
    story.do("primo")
    assert story.todo() == ["due"]


def test_four_eyes_see_through_another_name(path: Moving) -> None:
    # given
    old = path.release(human("uno") + human("due", headers="diverso_da: uno"), ONE_TWO)
    done, waiting = path.begin(), path.begin()
    done.do("uno", by=ANNA)
    new = path.release(RENAMED, "inizio primo; primo due; due fine")
    # when
    path.move(old, new, uno="primo")
    waiting.do("primo", by=ANNA)
    # then
    for story in (done, waiting):
        with pytest.raises(NotAllowed):
            story.do("due", by=ANNA)
        story.do("due", by=BRUNO)


def test_four_eyes_begun_before_hold_for_a_step_opened_after(path: Moving) -> None:
    # given
    old = path.release(
        human("uno") + human("mezzo") + human("due", headers="diverso_da: uno"),
        "inizio uno; uno mezzo; mezzo due; due fine",
    )
    story = path.begin()
    story.do("uno", by=ANNA)
    new = path.release(RENAMED + human("mezzo"), "inizio primo; primo mezzo; mezzo due; due fine")
    # when
    path.move(old, new, uno="primo")
    story.do("mezzo", by=BRUNO)
    # then
    with pytest.raises(NotAllowed):
        story.do("due", by=ANNA)


def test_history_and_going_back_see_through_another_name(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    story = path.begin()
    story.do("uno", esito="si")
    before = path.engine.instance(story.id).hash
    new = path.release(human("primo") + human("due"), "inizio primo; primo due; due fine")
    # when
    migration = path.move(old, new, uno="primo")
    # then
    done, moved = [row for row in path.engine.history(story.id) if row.event in ("done", "migrated")][-2:]
    assert (done.element_id, done.hash) == ("uno", before)
    assert (moved.by, moved.hash) == (BRUNO.label, None)
    assert moved.why == {"migrazione": migration, "da": 1, "a": 2, "mappa": {"uno": "primo"}, "hash": before}
    assert path.engine.marks(story.id)["primo"] == "fatto"
    assert [target.element_id for target in path.engine.send_back_targets(story.task_id("due"))] == ["primo"]
    path.engine.send_back(story.task_id("due"), "primo", "manca un dato", ANNA)
    assert story.todo() == ["primo"]
    assert "esito" not in story.variables


def test_a_step_mapped_to_another_kind_closes_its_task_and_begins_there(path: Moving) -> None:
    # given
    old = path.release(
        HUMANS + GUARD, "inizio uno; uno due; due fine; ferma f2", before=message("stop", "=unita")
    )
    story = path.begin()
    task = story.task_id("uno")
    new = path.release(service("firma", "atto.sign") + human("due"), "inizio firma; firma due; due fine")
    # when
    path.move(old, new, uno="firma")
    # then
    assert (path.engine.task(task).status, story.todo()) == ("cancelled", ["due"])
    assert path.engine.correlate("stop", "ats", {}, ANNA).outcome == "buffered"


def test_a_mapping_of_what_is_not_there_is_refused(path: Moving) -> None:
    old = path.release(HUMANS, ONE_TWO)
    with pytest.raises(MappingUnknown) as refused:
        path.engine.plan_migration(SLUG, old, old, {"uno": "altrove", "chi": "due"})
    assert refused.value.elements == ["chi", "altrove"]
    with pytest.raises(ReleaseNotFound):
        path.engine.plan_migration(SLUG, old, 9)


def test_a_call_under_way_is_waited_for_and_then_the_instance_moves(path: Moving) -> None:
    # given
    old = path.release(service("manda", "posta.send") + human("due"), "inizio manda; manda due; due fine")
    story = path.begin()
    new = path.release(service("manda", "posta.register") + human("due"), "inizio manda; manda due; due fine")
    assert path.plan(old, new) == [(Outcome.WAITS, "manda", "under_way", 1)]
    # when
    migration = path.move(old, new)
    assert path.progress(migration) == {"waiting": 1}
    job = path.engine.session.scalar(text("select max(id) from engine_job where ente_id = 0"))
    path.engine.finish_job(job, {}, ANNA)
    assert path.engine.rest_migration(migration) == 1
    path.work(migration)
    # then
    assert path.progress(migration) == {"moved": 1}
    assert (path.engine.instance(story.id).release, story.todo()) == (new, ["due"])


def test_a_call_that_stays_the_same_is_answered_in_the_new_release(path: Moving) -> None:
    # given
    sends = service("manda", "posta.send", output="esito: =risposta")
    old = path.release(sends + human("due"), "inizio manda; manda due; due fine")
    story = path.begin()
    new = path.release(sends.replace("esito", "ricevuta") + human("due"), "inizio manda; manda due; due fine")
    # when
    path.move(old, new)
    job = path.engine.session.scalar(text("select max(id) from engine_job where ente_id = 0"))
    path.engine.finish_job(job, {"risposta": "r1"}, ANNA)
    # then
    assert (story.todo(), story.variables["ricevuta"]) == (["due"], "r1")


def test_a_called_path_comes_back_to_the_new_release(path: Moving) -> None:
    # given
    path.engine.publish(
        bundle("figlio", diagram("figlio", start() + human("dentro") + end(), "inizio dentro; dentro fine")),
        ANNA,
    )
    call = f"<bpmn:callActivity id='chiama'>{extensions(call='figlio')}</bpmn:callActivity>"
    old = path.release(call, "inizio chiama; chiama fine")
    story = path.begin()
    new = path.release(call + human("dopo"), "inizio chiama; chiama dopo; dopo fine")
    # when
    path.move(old, new)
    story.do("dentro")
    # then
    assert story.todo() == ["dopo"]


CHOICE = gateway("bivio", default="a") + human("a") + human("b")

PERSON = {
    "branches that became a choice": (
        FORK,
        FORKED,
        CHOICE,
        "inizio bivio; bivio a; bivio b [scelta = 1]; a fine; b fine",
        "together",
    ),
    "a step that is now within a subprocess": (
        human("uno"),
        PLAIN,
        SUB.format(start("i2") + human("uno") + human("due") + end("f2")),
        "inizio dentro; dentro fine",
        "scope",
    ),
    "a step that now has a branch beside it": (human("a"), "inizio a; a fine", FORK, FORKED, "together"),
}


@pytest.mark.parametrize("case", PERSON)
def test_tokens_that_could_not_stand_there_together_need_a_person(path: Moving, case: str) -> None:
    # given
    body, flows, other, other_flows, why = PERSON[case]
    old = path.release(body, flows)
    story = path.begin()
    todo = story.todo()
    new = path.release(other, other_flows)
    # when
    migration = path.move(old, new)
    # then
    assert [(group[0], group[2]) for group in path.plan(old, new)] == [(Outcome.PERSON, why)]
    assert (path.progress(migration), path.engine.instance(story.id).release) == ({"kept": 1}, old)
    assert story.todo() == todo


def test_a_release_in_which_the_instance_would_stop_at_once_does_not_get_it(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    story = path.begin()
    new = path.release(
        human("uno") + boundary("scade", "uno", on_timer("=scadenza", "timeDate")) + end("f2"),
        "inizio uno; uno fine; scade f2",
    )
    # when
    migration = path.move(old, new)
    # then
    assert (path.progress(migration), path.engine.instance(story.id).release) == ({"kept": 1}, old)
    assert path.engine.open_incidents(story.id) == []
    story.do("uno")
    assert story.ended_in == "fine"


def test_what_has_stopped_can_be_moved_to_the_release_that_mends_it(path: Moving) -> None:
    # given
    old = path.release(
        human("uno") + gateway("bivio", default="due") + human("tre") + human("due", due="=quando"),
        "inizio uno; uno bivio; bivio tre [x = 1]; bivio due; due fine; tre fine",
    )
    story = path.begin(quando=3)
    story.do("uno")
    incident = path.engine.open_incidents(story.id)[0]
    new = path.release(
        human("uno") + gateway("bivio", default="ora") + human("tre") + human("ora"),
        "inizio uno; uno bivio; bivio tre [x = 1]; bivio ora; ora fine; tre fine",
    )
    # when
    path.move(old, new, due="ora")
    # then
    assert [i.element_id for i in path.engine.open_incidents(story.id)] == ["ora"]
    path.engine.retry(incident.id, ANNA)
    assert story.todo() == ["ora"]


def test_thousands_are_judged_by_where_they_stand(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    path.begin()
    path.begin().do("uno")
    copies = text("""
        insert into engine_instance (ente_id, slug, release, hash, started_by, started_at, state)
        select ente_id, slug, release, hash, started_by, started_at, state
        from engine_instance, generate_series(1, 2000) where ente_id = :ente and status = 'open'
    """)
    path.engine.session.execute(copies, {"ente": NOBODY})
    new = path.release(human("uno"), PLAIN)
    statements: list[str] = []
    database = path.engine.session.get_bind()
    event.listen(database, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    # when
    plan = path.engine.plan_migration(SLUG, old, new)
    # then
    assert {(g.outcome, g.element, g.count) for g in plan.groups} == {
        (Outcome.MOVES, "", 2001),
        (Outcome.VANISHES, "due", 2001),
    }
    assert len(statements) <= 5


def test_edits_are_told_apart(path: Moving) -> None:
    # given
    drawn = human("uno", form="uno", output="esito: =si") + gateway("bivio", default="fine") + human("due")
    flows = "inizio uno; uno bivio; bivio fine; bivio due [x = 1]; due fine"
    form: dict[str, Any] = {"type": "object", "properties": {"si": {"type": "boolean"}}}
    old = path.release(drawn, flows, forms__uno_dot_schema_dot_json=form, README_dot_md=b"uno")
    drawn = drawn.replace("name='due'", "name='Poi'").replace("=si", "=no")
    form = {"type": "object", "properties": {"no": {"type": "boolean"}}}
    new = path.release(
        drawn, flows.replace("x = 1", "x = 2"), forms__uno_dot_schema_dot_json=form, README_dot_md=b"due"
    )
    # when
    edits = path.engine.plan_migration(SLUG, old, new).edits
    # then
    assert {(edit.kind, edit.file, edit.element, edit.what) for edit in edits} == {
        ("data", "prova.bpmn", "uno", "outputs"),
        ("cosmetic", "prova.bpmn", "due", "name"),
        ("routing", "prova.bpmn", "bivio__due", "condition"),
        ("data", "forms/uno.schema.json", "-", "content"),
        ("cosmetic", "README.md", "-", "content"),
    }

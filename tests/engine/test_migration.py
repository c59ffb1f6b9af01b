"""Instances that move to another release go on there as if they had begun on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from engine import (
    Actor,
    Bundle,
    Engine,
    FixedClock,
    MappingUnknown,
    NotAllowed,
    Operations,
    Outcome,
    ReleaseNotFound,
)
from engine.calendar import Calendar
from engine.invariants import LATE_TIMER
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, BRUNO, MONDAY, Story, inside, outside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    extensions,
    gateway,
    human,
    message,
    on_message,
    on_timer,
    service,
    start,
)
from tests.engine.walks import LOOP, Walked, a_process, walk

SLUG = "prova"


@pytest.fixture
def operations() -> Operations:
    return Operations(
        [outside("posta.send"), outside("posta.register"), inside("atto.sign", lambda call, request: {})]
    )


@pytest.fixture(params=["salvata a ogni passo", "tenuta in memoria"])
def engine(
    request: pytest.FixtureRequest, stage: Session, clock: FixedClock, operations: Operations
) -> Engine:
    live = {} if request.param == "tenuta in memoria" else None
    return Engine(stage, NOBODY, operations, calendar=Calendar((6, 24)), clock=clock, live=live)


class Moving:
    """Releases of one path, and instances moved between them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def release(self, body: str, flows: str, before: str = "", **files: Any) -> int:
        drawn = diagram(SLUG, start() + body + end(), flows, before=before)
        return self.publish(bundle(SLUG, drawn, **files))

    def publish(self, made: Bundle) -> int:
        return self.engine.publish(made, ANNA)

    def begin(self, **data: Any) -> Story:
        return Story(self.engine, self.engine.start(SLUG, {"unita": "ats", **data}, ANNA).id)

    def plan(self, old: int, new: int, **mapping: str) -> list[tuple[Outcome, str, str, int]]:
        groups = self.engine.plan_migration(SLUG, old, new, mapping).groups
        return [(group.outcome, group.element, group.why, group.count) for group in groups]

    def move(self, old: int, new: int, by: Actor = BRUNO, **mapping: str) -> int:
        """Move what can be moved, and find nothing broken afterwards."""
        migration = self.engine.migrate(SLUG, old, new, mapping, by)
        self.work(migration)
        return migration

    def work(self, migration: int) -> None:
        while (instance := self.engine.next_to_migrate(migration)) is not None:
            self.engine.migrate_instance(migration, instance)
        assert [found for found in self.engine.check() if found.kind != LATE_TIMER] == []

    def undo(self, migration: int) -> None:
        self.engine.undo_migration(migration, BRUNO)
        self.work(migration)

    def progress(self, migration: int) -> dict[str, int]:
        return self.engine.migration_progress(migration)


@pytest.fixture
def path(engine: Engine) -> Iterator[Moving]:
    return Moving(engine)


ONE_TWO = "inizio uno; uno due; due fine"
HUMANS = human("uno") + human("due")


# ---- moving


def test_an_instance_moves_as_it_is_and_goes_the_new_way(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    story = path.begin()
    task = story.task_id("uno")
    new = path.release(HUMANS + human("mezzo"), "inizio uno; uno mezzo; mezzo due; due fine")
    # when
    assert path.plan(old, new) == [(Outcome.MOVES, "", "", 1)]
    path.move(old, new)
    # then
    assert (story.task_id("uno"), path.engine.instance(story.id).release) == (task, new)
    for step in ("uno", "mezzo", "due"):
        story.do(step)
    assert (story.status, story.ended_in) == ("done", "fine")


def test_an_instance_stays_on_its_release_until_it_is_moved(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    story = path.begin()
    new = path.release(human("uno"), "inizio uno; uno fine")
    # when
    assert path.plan(old, new)[0][0] is Outcome.MOVES
    story.do("uno")
    # then
    assert story.todo() == ["due"]


def test_the_open_task_follows_the_new_release(path: Moving, clock: FixedClock) -> None:
    # given
    old = path.release(human("uno", due="P2D"), "inizio uno; uno fine")
    story = path.begin()
    path.engine.assign(story.task_id("uno"), 7, ANNA)
    form = {"type": "object", "properties": {"esito": {"type": "string"}}, "required": ["esito"]}
    changed = human("uno", due="P5D", group="responsabile_ats", form="uno").replace(
        "name='uno'", "name='Uno!'"
    )
    new = path.release(changed, "inizio uno; uno fine", forms__uno_dot_schema_dot_json=form)
    clock.move_to(MONDAY + timedelta(days=1))
    # when
    path.move(old, new)
    # then
    task = path.engine.open_tasks(story.id)[0]
    assert (task.name, task.form_id, task.ruolo, task.assignee_id) == (
        "Uno!",
        "uno",
        "responsabile_ats",
        None,
    )
    assert task.due_at == MONDAY + timedelta(days=5), "from the day it was opened"
    assert [
        f.keyword for f in path.engine.program(path.engine.instance(story.id).hash).form("uno").errors({})
    ]


def test_who_has_a_task_keeps_it_when_its_role_stays(path: Moving) -> None:
    # given
    old = path.release(human("uno", due="P2D"), "inizio uno; uno fine")
    story = path.begin()
    path.engine.assign(story.task_id("uno"), 7, ANNA)
    due = path.engine.open_tasks(story.id)[0].due_at
    # when
    path.move(
        old,
        path.release(human("uno", due="P2D").replace("name='uno'", "name='Uno!'"), "inizio uno; uno fine"),
    )
    # then
    task = path.engine.open_tasks(story.id)[0]
    assert (task.name, task.assignee_id, task.due_at) == ("Uno!", 7, due)


def test_a_term_that_did_not_change_keeps_its_day_and_one_that_did_counts_from_when_it_began(
    path: Moving, clock: FixedClock
) -> None:
    # given
    drawn = human("uno") + boundary("sollecita", "uno", on_timer("P10D"), interrupting=False) + end("f2")
    drawn += boundary("scade", "uno", on_timer("P20D")) + end("f3")
    flows = "inizio uno; uno fine; sollecita f2; scade f3"
    old = path.release(drawn, flows)
    path.begin()
    new = path.release(drawn.replace("P20D", "P30D"), flows)
    clock.move_to(MONDAY + timedelta(days=5))
    # when
    path.move(old, new)
    # then
    assert timers(path) == {"sollecita": MONDAY + timedelta(days=10), "scade": MONDAY + timedelta(days=30)}


def timers(path: Moving) -> dict[str, Any]:
    rows = path.engine.session.execute(
        text("select element_id, due_at from engine_timer where ente_id = :ente"), {"ente": NOBODY}
    )
    return {row.element_id: row.due_at for row in rows}


def test_a_term_that_is_over_already_in_the_new_release_fires_when_the_worker_looks(
    path: Moving, clock: FixedClock
) -> None:
    # given
    drawn = human("uno") + boundary("scade", "uno", on_timer("P20D")) + end("f2")
    old = path.release(drawn, "inizio uno; uno fine; scade f2")
    story = path.begin()
    clock.move_to(MONDAY + timedelta(days=5))
    # when
    path.move(old, path.release(drawn.replace("P20D", "P2D"), "inizio uno; uno fine; scade f2"))
    # then
    for timer in path.engine.due_timers():
        assert path.engine.fire_timer(timer, ANNA)
    assert story.ended_in == "f2"


GUARD = boundary("ferma", "uno", on_message("stop")) + end("f2")
PLAIN, GUARDED = "inizio uno; uno fine", "inizio uno; uno fine; ferma f2"


@pytest.mark.parametrize("key", ["=persona", "=unita"])
def test_an_event_of_the_new_release_is_awaited(path: Moving, key: str) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    story = path.begin(persona="p1")
    # when
    path.move(old, path.release(human("uno") + GUARD, GUARDED, before=message("stop", key)))
    # then
    assert path.engine.correlate("stop", {"=persona": "p1", "=unita": "ats"}[key], {}, ANNA).instances
    assert (story.ended_in, story.todo()) == ("f2", [])


def test_a_message_with_another_key_is_awaited_under_that(path: Moving) -> None:
    # given
    old = path.release(human("uno") + GUARD, GUARDED, before=message("stop", "=unita"))
    story = path.begin(persona="p1")
    # when
    path.move(old, path.release(human("uno") + GUARD, GUARDED, before=message("stop", "=persona")))
    # then
    assert path.engine.correlate("stop", "ats", {}, ANNA).outcome == "buffered"
    assert path.engine.correlate("stop", "p1", {}, ANNA).outcome == "correlated"
    assert story.ended_in == "f2"


def test_an_event_that_is_no_more_is_not_awaited(path: Moving) -> None:
    # given
    old = path.release(human("uno") + GUARD, GUARDED, before=message("stop", "=unita"))
    story = path.begin()
    # when
    path.move(old, path.release(human("uno"), PLAIN))
    # then
    assert path.engine.correlate("stop", "ats", {}, ANNA).outcome == "buffered"
    story.do("uno")
    assert story.ended_in == "fine"


def test_new_parameters_take_their_value_and_the_others_keep_theirs(path: Moving) -> None:
    # given
    def manifest(**values: int) -> dict[str, Any]:
        return {
            "slug": SLUG,
            "nome": "Prova",
            "codice": "X01",
            "parametri": {key: {"titolo": key, "valore": value} for key, value in values.items()},
        }

    old = path.release(human("uno"), PLAIN, bundle_dot_json=manifest(giorni=10))
    story = path.begin()
    # when
    path.move(old, path.release(human("uno"), PLAIN, bundle_dot_json=manifest(giorni=30, visite=2)))
    # then
    assert story.variables["parametri"] == {"giorni": 10, "visite": 2}


SUB = (
    "<bpmn:subProcess id='dentro'>{0}"
    "<bpmn:sequenceFlow id='x' sourceRef='i2' targetRef='uno'/>"
    "<bpmn:sequenceFlow id='y' sourceRef='uno' targetRef='due'/>"
    "<bpmn:sequenceFlow id='z' sourceRef='due' targetRef='f2'/></bpmn:subProcess>"
)


def test_tokens_inside_subprocesses_and_rounds_move(path: Moving) -> None:
    # given
    sub = SUB.format(
        start("i2") + human("uno", loop=LOOP.format("false", "detti")) + human("due") + end("f2")
    )
    old = path.release(sub, "inizio dentro; dentro fine")
    story = path.begin()
    story.do("uno", scelta=1)
    # when
    later = sub + boundary("scade", "dentro", on_timer("P9D")) + human("dopo") + end("f3")
    path.move(old, path.release(later, "inizio dentro; dentro dopo; dopo fine; scade f3"))
    # then
    assert timers(path) == {"scade": MONDAY + timedelta(days=9)}
    story.do("uno", scelta=2)
    story.do("uno", scelta=3)
    story.do("due")
    story.do("dopo")
    assert (story.ended_in, story.variables["detti"]) == ("fine", [2, 4, 6])


FORK = gateway("dividi", "parallel") + human("a") + human("b") + gateway("unisci", "parallel")
FORKED = "inizio dividi; dividi a; dividi b; a unisci; b unisci; unisci fine"


def test_a_branch_that_has_come_to_its_join_waits_there_in_the_new_release_too(path: Moving) -> None:
    # given
    old = path.release(FORK, FORKED)
    story = path.begin()
    story.do("a")
    # when
    path.move(
        old, path.release(FORK + human("dopo"), FORKED.replace("unisci fine", "unisci dopo; dopo fine"))
    )
    # then
    assert story.todo() == ["b"]
    story.do("b")
    assert story.todo() == ["dopo"]


def test_a_reminder_that_has_fired_does_not_begin_again(path: Moving, clock: FixedClock) -> None:
    # given
    drawn = human("uno") + boundary("ricorda", "uno", on_timer("P1D"), interrupting=False)
    drawn += human("sollecita") + end("f2")
    flows = "inizio uno; uno fine; ricorda sollecita; sollecita f2"
    old = path.release(drawn, flows)
    story = path.begin()
    clock.move_to(MONDAY + timedelta(days=2))
    path.engine.fire_timer(path.engine.due_timers()[0], ANNA)
    assert story.todo() == ["sollecita", "uno"]
    # when: the reminder is drawn no more, but its work was begun
    new = path.release(drawn.replace("name='uno'", "name='Uno!'"), flows)
    path.move(old, new)
    # then
    assert timers(path) == {}
    story.do("uno")
    assert (story.status, story.todo()) == ("open", ["sollecita"])
    story.do("sollecita")
    assert story.status == "done"


# ---- with a mapping


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


# ---- what cannot be moved now


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


# ---- taking back


def rows(path: Moving, story: Story) -> list[Any]:
    """All that is kept of an instance but its history and version."""
    values = {"ente": NOBODY, "id": story.id}
    found = []
    for columns, table, by in (
        ("release, hash, convert_from(state, 'UTF8')::jsonb - 'renamed'", "engine_instance", "id"),
        (
            "token, element_id, name, form_id, ruolo, unita_id, due_at, assignee_id, excluded_id, status",
            "engine_task",
            "instance_id",
        ),
        ("token, element_id, due_at", "engine_timer", "instance_id"),
        ("token, element_id, message, key", "engine_subscription", "instance_id"),
        ("token, element_id, resolved_at", "engine_incident", "instance_id"),
    ):
        statement = f"select {columns} from {table} where ente_id = :ente and {by} = :id order by 1, 2, 3"  # noqa: S608
        found.append([tuple(row) for row in path.engine.session.execute(text(statement), values)])
    return found


EVERY_WAIT = (
    human("uno", due="P2D")
    + boundary("ricorda", "uno", on_timer("R/P1D", "timeCycle"), interrupting=False)
    + end("f3")
    + GUARD
)
EVERY_FLOW = "inizio uno; uno fine; ferma f2; ricorda f3"


@pytest.mark.parametrize(
    ("other", "flows", "mapping"),
    [
        (human("uno", group="altri", due="P9D"), PLAIN, {}),
        (human("primo"), "inizio primo; primo fine", {"uno": "primo"}),
        (EVERY_WAIT.replace("P1D", "P3D"), EVERY_FLOW, {}),
        (
            "<bpmn:receiveTask id='attesa' messageRef='m_stop'/>",
            "inizio attesa; attesa fine",
            {"uno": "attesa"},
        ),
    ],
    ids=["another role", "another name", "another term", "another kind"],
)
def test_what_was_moved_can_be_put_back(
    path: Moving, other: str, flows: str, mapping: dict[str, str]
) -> None:
    # given
    old = path.release(EVERY_WAIT, EVERY_FLOW, before=message("stop", "=unita"))
    story = path.begin()
    before = rows(path, story)
    new = path.release(other, flows, before=message("stop", "=unita"))
    migration = path.move(old, new, **mapping)
    assert path.engine.instance(story.id).release == new
    # when
    path.undo(migration)
    # then
    assert path.progress(migration) == {"undone": 1}
    assert rows(path, story) == before
    assert [row.why.get("annullata") for row in path.engine.history(story.id) if row.event == "migrated"] == [
        None,
        True,
    ]
    story.do("uno")
    assert (story.status, story.ended_in) == ("done", "fine")


def test_who_took_the_task_meanwhile_keeps_it(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    story = path.begin()
    migration = path.move(old, path.release(HUMANS, ONE_TWO))
    path.engine.assign(story.task_id("uno"), 7, ANNA)
    # when
    path.undo(migration)
    # then
    assert path.engine.open_tasks(story.id)[0].assignee_id == 7


def test_what_went_on_is_not_put_back(path: Moving) -> None:
    # given
    old = path.release(HUMANS, ONE_TWO)
    gone_on, still = path.begin(), path.begin()
    new = path.release(HUMANS + human("mezzo"), "inizio uno; uno mezzo; mezzo due; due fine")
    migration = path.move(old, new)
    gone_on.do("uno")
    # when
    path.undo(migration)
    # then
    assert path.progress(migration) == {"moved": 1, "undone": 1}
    assert (gone_on.todo(), path.engine.instance(gone_on.id).release) == (["mezzo"], new)
    assert path.engine.instance(still.id).release == old


def test_a_move_that_set_something_going_is_not_put_back(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    path.begin()
    migration = path.move(
        old, path.release(service("manda", "posta.send"), "inizio manda; manda fine"), uno="manda"
    )
    # when
    path.undo(migration)
    # then
    assert path.progress(migration) == {"moved": 1}


def test_taking_back_stops_what_was_not_moved_yet(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    path.begin()
    migration = path.engine.migrate(SLUG, old, path.release(HUMANS, ONE_TWO), {}, ANNA)
    # when
    path.undo(migration)
    # then
    assert path.progress(migration) == {"kept": 1}


# ---- many


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


def test_a_batch_that_was_cut_short_is_taken_up_where_it_was(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    stories = [path.begin() for _ in range(3)]
    new = path.release(HUMANS, ONE_TWO)
    migration = path.engine.migrate(SLUG, old, new, {}, ANNA)
    first = path.engine.next_to_migrate(migration)
    assert first is not None
    path.engine.migrate_instance(migration, first)
    # when
    path.engine.migrate_instance(migration, first)  # as a second worker would
    assert path.progress(migration) == {"moved": 1, "pending": 2}
    path.work(migration)
    # then
    assert path.progress(migration) == {"moved": 3}
    moved = [row for story in stories for row in path.engine.history(story.id) if row.event == "migrated"]
    assert len(moved) == 3


def test_an_instance_that_ended_or_left_meanwhile_is_let_be(path: Moving) -> None:
    # given
    old = path.release(human("uno"), PLAIN)
    ended, elsewhere = path.begin(), path.begin()
    new = path.release(HUMANS, ONE_TWO)
    migration = path.engine.migrate(SLUG, old, new, {}, ANNA)
    other = path.engine.migrate(SLUG, old, new, {}, ANNA)
    ended.do("uno")
    # when
    path.work(other)
    path.work(migration)
    # then
    assert path.progress(migration) == {"kept": 2}
    assert (path.engine.instance(elsewhere.id).release, ended.status) == (new, "done")


# ---- what changed


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


# ---- at random


def redrawn(made: Bundle) -> Bundle:
    """The same process with its steps called otherwise."""
    name = f"{made.slug}.bpmn"
    return Bundle(made.slug, {**made.files, name: made.files[name].replace(b" name='", b" name='Ora ")})


def walked(session: Session, seed: int, *, moved: bool) -> Walked:
    clock = FixedClock(MONDAY)
    savepoint = session.begin_nested()
    releases = [1, 2]

    def move(engine: Engine, instance: int) -> None:
        if moved and engine.instance(instance).status == "open":
            path = Moving(engine)
            if engine.current(SLUG)[0] == 1:
                path.publish(redrawn(a_process(seed)))
            path.move(*releases)
            assert engine.instance(instance).release == releases[1]
            releases.reverse()

    try:
        engine = Engine(session, NOBODY, Operations(), calendar=Calendar(), clock=clock)
        return walk(engine, clock, seed, 25, at_rest=move)
    finally:
        savepoint.rollback()


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 100_000))
def test_a_random_walk_goes_the_same_way_moved_at_each_rest(stage: Session, seed: int) -> None:
    assert walked(stage, seed, moved=True) == walked(stage, seed, moved=False)

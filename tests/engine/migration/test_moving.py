"""Instances that move to another release go on there as if they had begun on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import (
    Bundle,
    Engine,
    FixedClock,
    Operations,
    Outcome,
)
from engine.calendar import Calendar
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, MONDAY
from tests.engine.drawing import (
    boundary,
    end,
    human,
    message,
    on_timer,
    start,
)
from tests.engine.migration.conftest import FORK, FORKED, GUARD, HUMANS, ONE_TWO, PLAIN, SLUG, SUB, Moving
from tests.engine.walks import LOOP, Walked, a_process, walk


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


GUARDED = "inizio uno; uno fine; ferma f2"


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

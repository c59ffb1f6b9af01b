"""Many instances moved and put back, one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, Story
from tests.engine.drawing import (
    boundary,
    end,
    human,
    message,
    on_timer,
    service,
)
from tests.engine.migration.conftest import GUARD, HUMANS, ONE_TWO, PLAIN, SLUG, Moving


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

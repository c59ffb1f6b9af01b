"""What must never be is found, reported once, put right when a person asks: each by breaking the rows on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import CannotMend, Engine, FixedClock, Operations, invariants
from tests.engine.conftest import ANNA, Story, outside
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

Begin = Callable[..., Story]


@pytest.fixture
def operations(operations: Operations) -> Operations:
    operations.add(outside("inps.isee.read"))
    return operations


@pytest.fixture
def an_engine(session: Session, ente: int, clock: FixedClock, operations: Operations) -> Engine:
    """Saved at every step only: what is broken here are the rows."""
    return Engine(session, ente, operations, clock=clock)


@pytest.fixture
def story(begin: Begin) -> Story:
    """Four branches: a person's step with a timer, a call outside, a message, a called path."""
    drawn = diagram(
        "prova",
        start()
        + human("prima")
        + gateway("apri", "parallel")
        + human("visita")
        + boundary("tardi", "visita", on_timer("P3D"), interrupting=False)
        + human("sollecita")
        + service("leggi", "inps.isee.read")
        + f"<bpmn:intermediateCatchEvent id='variato'>{on_message('isee_variato')}</bpmn:intermediateCatchEvent>"
        + f"<bpmn:callActivity id='chiama'>{extensions(call='altro')}</bpmn:callActivity>"
        + gateway("chiudi", "parallel")
        + end()
        + end("fine_2"),
        "inizio prima; prima apri; apri visita; apri leggi; apri variato; apri chiama;"
        "visita chiudi; leggi chiudi; variato chiudi; chiama chiudi; chiudi fine; tardi sollecita; sollecita fine_2",
        before=message("isee_variato", '="12"'),
    )
    other = diagram("altro", start() + human("dentro") + end(), "inizio dentro; dentro fine")
    story = begin(bundle("prova", drawn), bundle("altro", other))
    story.do("prima")
    return story


def breaks(story: Story, owner: Database, statement: str) -> None:
    """Something that the software itself cannot do."""
    story.engine.session.commit()
    with owner.begin() as connection:
        connection.execute(text(statement), {"id": story.id})


def check(story: Story, deep: bool = True) -> tuple[list[str], int]:
    """What is found, and how many incidents are new."""
    engine = story.engine
    found = engine.check(deep)
    new = engine.report(found, invariants.DEEP if deep else invariants.LIGHT)
    return sorted({finding.kind for finding in found}), new


def open_checks(story: Story) -> list[str]:
    return sorted(i.kind for i in story.engine.open_incidents() if i.kind.startswith(invariants.PREFIX))


def retry_all(story: Story) -> None:
    for incident in story.engine.open_incidents():
        story.engine.retry(incident.id, ANNA)


def test_a_sound_instance_is_left_alone(story: Story) -> None:
    assert check(story) == ([], 0)


GONE = {
    "task": "delete from engine_task where status = 'open' and element_id = 'visita'",
    "timer": "delete from engine_timer",
    "message": "delete from engine_subscription",
    "job": "delete from engine_job",
}


@pytest.mark.parametrize("what", list(GONE))
def test_a_wait_whose_row_is_gone_is_found_once_and_begun_again(
    story: Story, owner_engine: Database, what: str
) -> None:
    # given
    breaks(story, owner_engine, GONE[what])
    assert check(story, deep=False) == ([], 0)  # other branches still wait: the tables alone do not tell
    # when
    assert check(story) == ([invariants.LOST_WAIT], 1)
    # then
    assert check(story) == ([invariants.LOST_WAIT], 0)
    retry_all(story)
    assert check(story) == ([], 0)
    assert open_checks(story) == []


def test_a_called_path_that_is_gone_is_reported_and_never_begun_twice(
    story: Story, owner_engine: Database
) -> None:
    breaks(
        story,
        owner_engine,
        "update engine_instance set status = 'cancelled' where parent_id = :id",
    )
    found, _ = check(story)
    assert found == [invariants.LEFTOVER, invariants.LOST_WAIT]
    lost = next(i for i in story.engine.open_incidents() if i.kind == invariants.LOST_WAIT)
    with pytest.raises(CannotMend):
        story.engine.retry(lost.id, ANNA)


def test_an_instance_that_waits_for_nothing_is_found_by_the_light_pass_and_set_going(
    story: Story, owner_engine: Database
) -> None:
    # given
    for statement in GONE.values():
        breaks(story, owner_engine, statement)
    breaks(story, owner_engine, "delete from engine_task where slug = 'altro'")
    breaks(
        story,
        owner_engine,
        "update engine_instance set parent_id = null, root_id = null where slug = 'altro'",
    )
    # then
    assert check(story, deep=False) == ([invariants.IDLE], 2)
    assert check(story, deep=False) == ([invariants.IDLE], 0)


def test_an_instance_alone_with_its_lost_step_goes_on(begin: Begin, owner_engine: Database) -> None:
    # given
    story = begin(
        bundle("prova", diagram("prova", start() + human("visita") + end(), "inizio visita; visita fine"))
    )
    breaks(story, owner_engine, "delete from engine_task")
    assert check(story, deep=False) == ([invariants.IDLE], 1)
    # when
    retry_all(story)
    # then
    assert story.todo() == ["visita"]
    assert (check(story), open_checks(story)) == (([], 0), [])


def test_a_timer_long_past_is_found_fired_and_its_incident_closes_by_itself(
    story: Story, clock: FixedClock
) -> None:
    # given
    clock.move_to(clock.instant + timedelta(days=3, minutes=14))
    assert check(story, deep=False) == ([], 0)
    clock.move_to(clock.instant + timedelta(minutes=2))
    assert check(story, deep=False) == ([invariants.LATE_TIMER], 1)
    # when a worker comes back
    for timer in story.engine.due_timers():
        story.engine.fire_timer(timer, ANNA)
    # then
    assert check(story, deep=False) == ([], 0)
    assert open_checks(story) == []


def test_a_person_fires_a_late_timer(story: Story, clock: FixedClock) -> None:
    clock.move_to(clock.instant + timedelta(days=4))
    check(story, deep=False)
    retry_all(story)
    assert "sollecita" in story.todo()
    assert open_checks(story) == []


def test_what_outlives_its_instance_is_found_and_closed(story: Story, owner_engine: Database) -> None:
    # given
    breaks(story, owner_engine, "update engine_instance set status = 'done', ended_at = now() where id = :id")
    assert check(story, deep=False) == ([invariants.LEFTOVER], 5)
    # when
    for incident in story.engine.open_incidents():
        if not incident.message.endswith("un percorso chiamato"):
            story.engine.retry(incident.id, ANNA)
    # then
    assert story.todo() == ["dentro"]
    assert check(story, deep=False) == ([invariants.LEFTOVER], 0)
    assert open_checks(story) == [invariants.LEFTOVER]


def test_a_step_open_for_nobody_is_found_and_closed(story: Story, owner_engine: Database) -> None:
    # given
    breaks(
        story,
        owner_engine,
        "insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, ruolo, created_at)"
        " values (1, :id, :id, gen_random_uuid(), 'prova', 'visita', 'Visita', 'assistente_sociale', now())",
    )
    # when
    assert check(story) == ([invariants.ORPHAN], 1)
    retry_all(story)
    # then
    assert check(story) == ([], 0)
    assert story.todo() == ["dentro", "visita"]


def test_a_state_that_does_not_load_is_named_and_a_retry_does_not_hide_it(
    story: Story, owner_engine: Database
) -> None:
    breaks(story, owner_engine, "update engine_instance set state = '{\"tasks\": 3}' where id = :id")
    assert check(story) == ([invariants.UNREADABLE], 1)
    (incident,) = story.engine.open_incidents()
    assert incident.message == "lo stato non si legge (TypeError)"
    with pytest.raises(CannotMend):
        story.engine.retry(incident.id, ANNA)


@pytest.mark.parametrize(
    "damage",
    [
        "delete from engine_history where element_id = 'prima'",
        "update engine_instance set version = 1 where id = :id",
        "update engine_instance set status = 'done', ended_in = 'fine', ended_at = now() where id = :id",
    ],
)
def test_a_gap_in_history_is_told_once_and_stays_seen(
    story: Story, owner_engine: Database, damage: str
) -> None:
    # given
    breaks(story, owner_engine, damage)
    found, _ = check(story)
    assert invariants.HISTORY in found
    # when
    for incident in story.engine.open_incidents():
        if incident.kind == invariants.HISTORY:
            story.engine.retry(incident.id, ANNA)
    # then
    check(story)
    assert invariants.HISTORY not in open_checks(story)

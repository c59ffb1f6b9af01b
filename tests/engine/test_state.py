"""Saved, pruned and loaded at each step, an instance does what it does when it is kept in memory."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import Engine, FixedClock, Operations, check, operator
from engine.calendar import Calendar
from engine.scenario import NOBODY
from tests.engine.conftest import MONDAY
from tests.engine.drawing import bundle, diagram, end, gateway, human, start
from tests.engine.walks import Walked, a_process, walk

MOVES = 40
ANNA = operator(1)


def an_engine(session: Session, clock: FixedClock, *, live: bool) -> Engine:
    kept: dict[int, Any] | None = {} if live else None
    return Engine(session, NOBODY, Operations(), calendar=Calendar(), clock=clock, live=kept)


def walked(session: Session, seed: int, *, live: bool) -> Walked:
    """A walk, undone afterwards."""
    clock = FixedClock(MONDAY)
    savepoint = session.begin_nested()
    try:
        return walk(an_engine(session, clock, live=live), clock, seed, MOVES)
    finally:
        savepoint.rollback()


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 100_000))
def test_a_random_walk_goes_the_same_way_saved_and_kept_in_memory(stage: Session, seed: int) -> None:
    # given
    assert [str(problem) for problem in check(a_process(seed))] == []
    # when
    saved, kept = walked(stage, seed, live=False), walked(stage, seed, live=True)
    # then
    assert saved == kept
    tasks, _, incidents, status = saved
    assert incidents == []
    assert status == "done" or tasks[-1], "open, and nobody has anything to do"


ROUND = diagram(
    "prova",
    start()
    + gateway("giro")
    + gateway("dividi", "parallel")
    + human("uno", output="quota.tariffa: =tariffa")
    + human("due")
    + gateway("unisci", "parallel")
    + gateway("ancora", default="giro")
    + end(),
    "inizio giro; giro dividi; dividi uno; dividi due; uno unisci; due unisci; unisci ancora; ancora giro; "
    "ancora fine [basta = true]",
)


def test_a_state_is_as_large_after_five_hundred_rounds_as_after_ten(stage: Session) -> None:
    # given
    engine = an_engine(stage, FixedClock(MONDAY), live=False)
    engine.publish(bundle("prova", ROUND), ANNA)
    instance = engine.start("prova", {"unita": "ats"}, ANNA).id
    size = text("select length(state) from engine_instance where ente_id = :ente and id = :id")
    sizes = []
    # when
    for round_ in range(500):
        for task in engine.open_tasks(instance):
            engine.complete(task.id, {"tariffa": 1} if task.element_id == "uno" else {}, ANNA)
        sizes.append(int(stage.execute(size, {"ente": NOBODY, "id": instance}).scalar_one()))
        assert len(engine.open_tasks(instance)) == 2, f"stuck in round {round_}"
    # then
    assert max(sizes[10:]) == min(sizes[10:])
    assert max(sizes) < 3_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_process_is_always_the_same_for_its_seed(seed: int) -> None:
    assert a_process(seed).hash == a_process(seed).hash

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
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    gateway,
    human,
    message,
    on_message,
    on_timer,
    start,
)
from tests.engine.walks import LOOP, Walked, a_process, walk

MOVES = 40
ANNA = operator(1)


def an_engine(session: Session, clock: FixedClock, *, live: bool) -> Engine:
    kept: dict[int, Any] | None = {} if live else None
    return Engine(session, NOBODY, Operations(), calendar=Calendar(), clock=clock, live=kept)


def walked(session: Session, seed: int, *, live: bool) -> Walked:
    """A walk, undone afterwards; what is kept in memory is kept whole."""
    clock = FixedClock(MONDAY)
    savepoint = session.begin_nested()
    try:
        with pytest.MonkeyPatch.context() as patch:
            if live:
                patch.setattr("engine.state.prune", lambda workflow: None)
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


FORK = (
    gateway("dividi", "parallel")
    + human("uno", output="quota.tariffa: =tariffa")
    + human("due")
    + gateway("unisci", "parallel")
)
FORKED = "dividi uno; dividi due; uno unisci; due unisci"
ROUNDS = {
    "a fork": (FORK, f"giro dividi; {FORKED}; unisci ancora"),
    "a deadline": (
        human("uno")
        + boundary("ricorda", "uno", on_timer("P1D"), interrupting=False)
        + human("sollecita")
        + end("f2")
        + boundary("ferma", "uno", on_message("x"))
        + gateway("dopo"),
        "giro uno; uno dopo; ferma dopo; dopo ancora; ricorda sollecita; sollecita f2",
    ),
    "rounds": (human("uno", loop=LOOP.format("false", "raccolte")), "giro uno; uno ancora"),
    "a subprocess": (
        "<bpmn:subProcess id='dentro'>"
        + start("i2")
        + human("uno")
        + end("f2")
        + "<bpmn:sequenceFlow id='x' sourceRef='i2' targetRef='uno'/>"
        + "<bpmn:sequenceFlow id='y' sourceRef='uno' targetRef='f2'/></bpmn:subProcess>",
        "giro dentro; dentro ancora",
    ),
}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside an open branch"])
@pytest.mark.parametrize("shape", ROUNDS)
def test_a_state_is_as_large_after_many_rounds_as_after_ten(stage: Session, shape: str, beside: bool) -> None:
    # given
    body, flows = ROUNDS[shape]
    drawn = diagram(
        "prova",
        start()
        + gateway("apri", "parallel")
        + human("lungo", group="altri")
        + end("finito")
        + gateway("giro")
        + body
        + gateway("ancora", default="giro")
        + end(),
        f"inizio apri; apri lungo; lungo finito; apri giro; {flows}; ancora giro; ancora fine [basta = true]",
        before=message("x", "=unita"),
    )
    engine = an_engine(stage, FixedClock(MONDAY), live=False)
    engine.publish(bundle("prova", drawn), ANNA)
    instance = engine.start("prova", {"unita": "ats"}, ANNA).id
    size = text("select length(state) from engine_instance where ente_id = :ente and id = :id")
    sizes = []
    if not beside:
        engine.complete(next(t.id for t in engine.open_tasks(instance) if t.ruolo == "altri"), {}, ANNA)
    # when
    for round_ in range(120):
        todo = [task for task in engine.open_tasks(instance) if task.ruolo != "altri"]
        assert todo, f"stuck in round {round_}"
        for task in todo:
            engine.complete(task.id, {"tariffa": 1} if task.element_id == "uno" else {}, ANNA)
        sizes.append(int(stage.execute(size, {"ente": NOBODY, "id": instance}).scalar_one()))
    # then
    assert max(sizes[10:]) == min(sizes[10:])
    assert max(sizes) < 4_000


def test_a_step_is_as_light_after_five_hundred_rounds(stage: Session) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + gateway("giro") + FORK + gateway("ancora", default="giro") + end(),
        f"inizio giro; giro dividi; {FORKED}; unisci ancora; ancora giro; ancora fine [basta = true]",
    )
    engine = an_engine(stage, FixedClock(MONDAY), live=False)
    engine.publish(bundle("prova", drawn), ANNA)
    instance = engine.start("prova", {"unita": "ats"}, ANNA).id
    size = text("select length(state) from engine_instance where ente_id = :ente and id = :id")
    sizes = set()
    # when
    for round_ in range(500):
        for task in engine.open_tasks(instance):
            engine.complete(task.id, {"tariffa": 1} if task.element_id == "uno" else {}, ANNA)
        if round_ >= 10:
            sizes.add(stage.execute(size, {"ente": NOBODY, "id": instance}).scalar_one())
    # then
    assert len(sizes) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_process_is_always_the_same_for_its_seed(seed: int) -> None:
    assert a_process(seed).hash == a_process(seed).hash

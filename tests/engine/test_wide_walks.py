"""Whatever is refused, stops, is thrown, taken over, undone or gone back to, nobody is left with nothing to wait for."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine import Engine, FixedClock, Operations
from engine.calendar import Calendar
from engine.scenario import NOBODY
from tests.engine.conftest import MONDAY, outside
from tests.engine.wide_walks import ASKS, Walk

MOVES = 40


@pytest.mark.parametrize("seed", range(6))
def test_walks_saved_at_each_step_are_those_kept_in_memory(seed: int, stage: Session) -> None:
    walked = []
    for live in (None, {}):
        with stage.begin_nested() as apart:
            clock = FixedClock(MONDAY)
            operations = Operations([outside(ASKS, errors=["negato"])])
            engine = Engine(stage, NOBODY, operations, calendar=Calendar((6, 24)), clock=clock, live=live)
            walked.append(Walk(engine, clock, seed).walked(MOVES))
            apart.rollback()
    assert walked[0] == walked[1]

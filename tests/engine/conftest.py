"""An engine on a real database, played twice: saved and loaded at each step, and kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import Actor, Bundle, Engine, FixedClock, Operation, Operations, operator, system
from engine.calendar import ROME, Calendar
from engine.scenario import NOBODY
from tests.stage import shared_engine, stage

__all__ = ["shared_engine", "stage"]

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ROME)
ANNA = operator(1)
BRUNO = operator(2)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def operations() -> Operations:
    return Operations()


@pytest.fixture(params=["salvata a ogni passo", "tenuta in memoria"])
def an_engine(
    request: pytest.FixtureRequest, stage: Session, clock: FixedClock, operations: Operations
) -> Engine:
    live = {} if request.param == "tenuta in memoria" else None
    return Engine(stage, NOBODY, operations, calendar=Calendar((6, 24)), clock=clock, live=live)


class Story:
    """A started instance, told by element ids."""

    def __init__(self, engine: Engine, instance_id: int) -> None:
        self.engine = engine
        self.id = instance_id

    def todo(self) -> list[str]:
        return sorted(task.element_id for task in self.engine.open_tasks(self.id))

    def do(self, element: str, by: Actor = ANNA, **answers: Any) -> None:
        task = next(t for t in self.engine.open_tasks(self.id) if t.element_id == element)
        self.engine.complete(task.id, answers, by)

    def task_id(self, element: str) -> int:
        return next(t.id for t in self.engine.open_tasks(self.id) if t.element_id == element)

    @property
    def variables(self) -> dict[str, Any]:
        return self.engine.instance(self.id).variables

    @property
    def status(self) -> str:
        return self.engine.instance(self.id).status

    @property
    def ended_in(self) -> str | None:
        return self.engine.instance(self.id).ended_in

    def crossed(self) -> list[str]:
        return [row.element_id for row in self.engine.history(self.id) if row.event == "done"]


@pytest.fixture
def begin(an_engine: Engine) -> Callable[..., Story]:
    """Publish bundles and start the first: `begin(bundle, other_bundle, variable=value)`."""

    def begin(*bundles: Bundle, **data: Any) -> Story:
        for bundle in bundles:
            an_engine.publish(bundle, ANNA)
        return Story(an_engine, an_engine.start(bundles[0].slug, data, ANNA).id)

    return begin


def fire_due(story: Story) -> int:
    """Fire every timer that is due; how many there were."""
    fired = 0
    while due := story.engine.due_timers():
        for timer in due:
            fired += story.engine.fire_timer(timer, system("timer"))
    return fired


def inside(name: str, call: Callable[..., dict[str, Any]], **schema: Any) -> Operation:
    return Operation(name, name, schema.get("request", {}), {}, call, True, tuple(schema.get("errors", ())))


def outside(name: str, **schema: Any) -> Operation:
    return Operation(
        name,
        name,
        schema.get("request", {}),
        {},
        lambda call, request: {},
        False,
        tuple(schema.get("errors", ())),
    )

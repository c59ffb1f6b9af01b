"""Releases of one path, and instances moved between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import (
    Actor,
    Bundle,
    Engine,
    FixedClock,
    Operations,
    Outcome,
)
from engine.calendar import Calendar
from engine.invariants import LATE_TIMER
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, BRUNO, Story, inside, outside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    gateway,
    human,
    on_message,
    start,
)

SLUG = "prova"
ONE_TWO = "inizio uno; uno due; due fine"
HUMANS = human("uno") + human("due")
GUARD = boundary("ferma", "uno", on_message("stop")) + end("f2")
PLAIN = "inizio uno; uno fine"
SUB = (
    "<bpmn:subProcess id='dentro'>{0}"
    "<bpmn:sequenceFlow id='x' sourceRef='i2' targetRef='uno'/>"
    "<bpmn:sequenceFlow id='y' sourceRef='uno' targetRef='due'/>"
    "<bpmn:sequenceFlow id='z' sourceRef='due' targetRef='f2'/></bpmn:subProcess>"
)
FORK = gateway("dividi", "parallel") + human("a") + human("b") + gateway("unisci", "parallel")
FORKED = "inizio dividi; dividi a; dividi b; a unisci; b unisci; unisci fine"


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

"""Every story, with its instance moved to another release wherever it waits: it ends as if it had stayed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine import Bundle, Engine, Operations, Outcome, Scenario, from_folder, release, scenarios, system
from engine.scenario import NOBODY
from tests.processes.test_scenarios import FOLDERS, STORIES

BY = system("prova")


def redrawn(bundle: Bundle) -> Bundle:
    """The same path with every step called otherwise and drawn elsewhere."""
    name = f"{bundle.slug}.bpmn"
    drawn = bundle.files[name].decode()
    drawn = re.sub(r'(<bpmn:\w+Task [^>]*name=")', r"\1Ora: ", drawn)
    drawn = re.sub(r'(<dc:Bounds x=")', r"\g<1>1", drawn)
    return replace(bundle, files={**bundle.files, name: drawn.encode(), "README.md": b"altro"})


@pytest.mark.parametrize("scenario", STORIES)
def test_a_story_holds_moved_wherever_it_waits(
    scenario: Scenario, stage: Session, installed: Operations
) -> None:
    move = Mover(scenario.bundle, stage, installed)
    scenario.play(stage, installed, at_rest=move)
    assert move.moved > 0


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_story_holds_moved_and_kept_in_memory(folder: Path, stage: Session, installed: Operations) -> None:
    scenario = scenarios(from_folder(folder))[0]
    move = Mover(scenario.bundle, stage, installed)
    scenario.play(stage, installed, straight=True, at_rest=move)
    assert move.moved > 0


class Mover:
    """Moves an instance each time it rests: to the release it is on, and to one that only looks otherwise."""

    def __init__(self, bundle: Bundle, stage: Session, installed: Operations) -> None:
        self.slug = bundle.slug
        self.publish = lambda now: release.publish(stage, NOBODY, redrawn(bundle), installed, BY.label, now)
        self.here, self.other, self.moved = 1, 0, 0

    def __call__(self, engine: Engine, instance_id: int) -> None:
        if engine.instance(instance_id).status != "open":
            return
        if not self.other:
            self.other = self.publish(engine.now())
            edits = engine.plan_migration(self.slug, self.here, self.other).edits
            assert {edit.kind for edit in edits} == {"cosmetic"}
        there = self.here if self.moved % 3 == 2 else self.other
        plan = engine.plan_migration(self.slug, self.here, there)
        assert plan.count() == plan.count(Outcome.MOVES) == 1
        migration = engine.migrate(self.slug, self.here, there, {}, BY)
        engine.migrate_instance(migration, instance_id)
        assert engine.instance(instance_id).release == there
        assert engine.migration_progress(migration) == {"moved": 1}
        if there != self.here:
            self.here, self.other = self.other, self.here
        self.moved += 1

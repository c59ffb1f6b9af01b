"""Every story that analysts tell beside a diagram, played straight and saved at every step."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine import Bundle, Operations, Scenario, check, from_folder, scenarios

PROCESSES = Path(__file__).parents[2] / "processes"
FOLDERS = sorted(path.parent for path in PROCESSES.glob("*/bundle.json"))
STORIES = [
    pytest.param(scenario, id=f"{scenario.bundle.slug}/{scenario.name}")
    for folder in FOLDERS
    for scenario in scenarios(from_folder(folder))
]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def a_bundle(request: pytest.FixtureRequest) -> Bundle:
    return from_folder(request.param)


def test_every_path_can_be_published(a_bundle: Bundle, installed: Operations) -> None:
    assert [str(problem) for problem in check(a_bundle, installed)] == []


def test_every_path_tells_at_least_one_story(a_bundle: Bundle) -> None:
    assert scenarios(a_bundle)


@pytest.mark.parametrize("straight", [True, False], ids=["di fila", "salvata a ogni passo"])
@pytest.mark.parametrize("scenario", STORIES)
def test_a_story_holds(scenario: Scenario, stage: Session, installed: Operations, straight: bool) -> None:
    scenario.play(stage, installed, straight=straight)

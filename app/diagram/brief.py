"""The path in a few lines: how much is done, what is being done, what comes after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.diagram.outline import Outline, Step, flat


@dataclass(frozen=True)
class After:
    """What follows a step: the one step called `name`, or a question, with the step that each answer leads to."""

    name: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Brief:
    """`done`: activities done, of `activities`. `now`: each step being done, with what follows it."""

    done: int
    activities: int
    now: tuple[tuple[Step, After | None], ...]


def brief(outline: Outline) -> Brief:
    """The outline told in short. A group of steps that is being done is told by the steps inside it."""
    every = [step for top in (*outline.steps, *outline.anytime) for step in flat(top)]
    known = {step.id: step for step in every}
    following = dict(_following(outline.steps)) | dict(_following(outline.anytime))
    done = sum(1 for step in every if step.number is not None and step.state == "fatto")
    now = tuple(
        (step, _after(step, known, following))
        for top in (*outline.steps, *outline.anytime)
        for step in _at_work(top)
    )
    return Brief(done, outline.activities, now)


def _at_work(step: Step) -> Iterator[Step]:
    inside = [found for inner in step.inside for found in _at_work(inner)]
    if inside:
        yield from inside
    elif step.state == "ora":
        yield step


def _following(steps: tuple[Step, ...]) -> Iterator[tuple[str, Step]]:
    for step, other in pairwise(steps):
        yield step.id, other
    for step in steps:
        yield from _following(step.inside)


def _after(step: Step, known: dict[str, Step], following: dict[str, Step]) -> After | None:
    if len(step.ways) > 1:
        return After("", _answers(step))
    target = known.get(step.ways[0].target) if step.ways else following.get(step.id)
    if target is None:
        return None
    return After(target.name, _answers(target) if target.number is None and len(target.ways) > 1 else ())


def _answers(step: Step) -> tuple[tuple[str, str], ...]:
    return tuple((way.label, way.target_name) for way in step.ways)

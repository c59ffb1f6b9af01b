"""What would happen to the open instances of a release if they were moved to another: a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import release
from engine.errors import MappingUnknown
from engine.migration import positions
from engine.migration.edits import Edit, edits
from engine.migration.verdict import Judge, Outcome

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True)
class Group:
    """Instances whose tokens stand at the same elements: `count` of them, and what becomes of each.

    `element` decides, for the reason that `why` says in a word (see engine/migration/verdict.py).
    """

    outcome: Outcome
    elements: tuple[str, ...]
    count: int
    element: str
    why: str


@dataclass(frozen=True)
class Plan:
    """A dry run: what the releases differ in, and what becomes of the instances, largest group first."""

    slug: str
    from_release: int
    to_release: int
    edits: tuple[Edit, ...]
    groups: tuple[Group, ...]

    def count(self, *outcomes: Outcome) -> int:
        """How many instances have one of these outcomes; all of them without any."""
        return sum(group.count for group in self.groups if not outcomes or group.outcome in outcomes)


def judge_of(
    engine: Engine, slug: str, from_release: int, to_release: int, mapping: Mapping[str, str]
) -> Judge:
    """Raises ReleaseNotFound, MappingUnknown."""
    old = release.numbered(engine.session, engine.ente_id, slug, from_release)
    new = release.numbered(engine.session, engine.ente_id, slug, to_release)
    judge = Judge(old, new, mapping)
    unknown = judge.unknown()
    if unknown:
        raise MappingUnknown(slug, unknown)
    return judge


def plan(engine: Engine, slug: str, from_release: int, to_release: int, mapping: Mapping[str, str]) -> Plan:
    """Judge every way in which open instances stand, without loading any. Raises ReleaseNotFound, MappingUnknown."""
    judge = judge_of(engine, slug, from_release, to_release, mapping)
    found = []
    for standing, count in positions.groups(engine.session, engine.ente_id, judge.old):
        verdict = judge.judge(standing)
        elements = tuple(positions.elements_of(standing))
        found.append(Group(verdict.outcome, elements, count, verdict.element, verdict.why))
    return Plan(slug, from_release, to_release, tuple(edits(judge.old, judge.new)), tuple(_merged(found)))


def _merged(groups: list[Group]) -> list[Group]:
    """One group for each set of elements and outcome: rounds and subprocesses may split them further."""
    counts: dict[tuple[Outcome, tuple[str, ...], str, str], int] = {}
    for group in groups:
        key = (group.outcome, group.elements, group.element, group.why)
        counts[key] = counts.get(key, 0) + group.count
    merged = [
        Group(outcome, elements, n, element, why) for (outcome, elements, element, why), n in counts.items()
    ]
    return sorted(merged, key=lambda group: (-group.count, group.elements))

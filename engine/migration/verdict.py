"""Whether what stands at some elements of a release can stand at those of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.checker.tokens import Markings, markings
from engine.dialect import Element
from engine.migration.edits import reroutes
from engine.migration.positions import Position, Standing, specs_of
from engine.program import Program
from engine.running import HUMAN

SERVICES = ("serviceTask", "sendTask")
CATCHING = ("intermediateCatchEvent", "receiveTask")


class Outcome(StrEnum):
    """What becomes of an instance, from the best to the worst."""

    MOVES = "moves"
    MAPPED = "mapped"
    WAITS = "waits"
    VANISHES = "vanishes"
    PERSON = "person"

    @property
    def movable(self) -> bool:
        return self in (Outcome.MOVES, Outcome.MAPPED)


_WORSE = list(Outcome)


@dataclass(frozen=True)
class Verdict:
    """The outcome, the element that decides it ("" when none does) and why, in a word:

    "missing" (no such element any more), "kind" (it has become something else), "scope" (it is in another
    subprocess), "under_way" (a call to the outside or rounds that have begun), "join" (branches that have come to a
    join that no longer waits for them), "together" (the new drawing never has tokens at these elements together),
    "undo" (what was done there, or what is to undo it, has no place any more among what compensation goes through).
    `replanted` are the elements whose token begins anew at the mapped one, because the two are of different kinds.
    """

    outcome: Outcome
    element: str = ""
    why: str = ""
    replanted: frozenset[str] = frozenset()


def _with_undrawn(mapping: Mapping[str, str], old: Program, new: Program) -> dict[str, str]:
    """A mapping, with what is not drawn of the ad hoc subprocesses in it (engine/adhoc.py): the choice above all."""
    found = dict(mapping)
    for element in old.diagram.elements.values():
        holder = element.ad_hoc or ""
        other = new.diagram.elements.get(mapping.get(holder, ""))
        if other is not None and other.ad_hoc == other.id:
            target = other.id + element.id.removeprefix(holder)
            if target in new.diagram.elements:
                found.setdefault(element.id, target)
    return found


class Judge:
    """Decides for a pair of releases and a mapping (element id → element id)."""

    def __init__(self, old: Program, new: Program, mapping: Mapping[str, str]) -> None:
        self.old, self.new, self.mapping = old, new, _with_undrawn(mapping, old, new)
        self._reroutes = bool(mapping) or reroutes(old, new)

    def unknown(self) -> list[str]:
        """Ids in the mapping that the one or the other release does not have."""
        return [
            *(one for one in self.mapping if one not in self.old.diagram.elements),
            *(other for other in self.mapping.values() if other not in self.new.diagram.elements),
        ]

    def judge(self, standing: Standing) -> Verdict:
        """The worst of what is found for each token, and for all together."""
        positions = standing.positions
        found = [verdict for position in positions if (verdict := self._one(position)) is not None]
        found += self._undoing(standing)
        found += self._together(positions) if all(v.outcome.movable for v in found) else ()
        worst = max(found, key=lambda v: _WORSE.index(v.outcome), default=Verdict(Outcome.MOVES))
        return Verdict(
            worst.outcome, worst.element, worst.why, frozenset().union(*(v.replanted for v in found))
        )

    def _one(self, position: Position) -> Verdict | None:
        element = position.element
        if element.kind == "boundaryEvent":
            return None  # goes with its activity
        target = self.new.diagram.elements.get(self.mapping.get(element.id, element.id))
        if target is None:
            return Verdict(_without(position), element.id, "missing")
        if target.parent != self.mapping.get(element.parent, element.parent):
            return Verdict(Outcome.PERSON, element.id, "scope")
        if self._under_way(position, target):
            return Verdict(Outcome.WAITS, element.id, "under_way")
        moved = Outcome.MAPPED if element.id in self.mapping else Outcome.MOVES
        if not _alike(element, target):
            replanted = element.id in self.mapping and not _holds_others(position) and _plantable(target)
            if not replanted:
                return Verdict(_without(position), element.id, "kind")
            return Verdict(moved, element.id, "kind", frozenset({element.id}))
        if position.source is not None and not self._comes_from(position, target):
            return Verdict(Outcome.PERSON, element.id, "join")
        return Verdict(moved, element.id if moved is Outcome.MAPPED else "")

    def _undoing(self, standing: Standing) -> Iterator[Verdict]:
        """What was done must find there what undoes it, if anything there asks for that; and so must what is owed."""
        for handler in sorted(standing.owed):
            if (
                not self._same_place(handler)
                or not self.new.diagram.elements[self._name(handler)].compensates
            ):
                yield Verdict(Outcome.PERSON, handler, "undo")
        elements = self.new.diagram.elements.values()
        if any(e.throws and e.event is not None and e.event.kind == "compensate" for e in elements):
            for activity in sorted(standing.done & self.old.undone_by.keys()):
                if self._name(activity) not in self.new.undone_by or not self._same_place(activity):
                    yield Verdict(Outcome.PERSON, activity, "undo")

    def _name(self, element_id: str) -> str:
        return self.mapping.get(element_id, element_id)

    def _same_place(self, element_id: str) -> bool:
        """Whether the new release has an element, in the subprocess that it was in."""
        before = self.old.diagram.elements.get(element_id)
        now = self.new.diagram.elements.get(self._name(element_id))
        return before is not None and now is not None and now.parent == self._name(before.parent)

    def _under_way(self, position: Position, target: Element) -> bool:
        """A call that the outside may be answering, or rounds that have begun, cannot become something else."""
        element = position.element
        if position.wait == "job":
            return element.operation != target.operation or element.id != target.id
        if position.wait == "call":
            return element.called != target.called or not _alike(element, target)
        begun = position.round or (element.loop is not None and position.wait is None)
        return begun and (
            target.loop is None
            or element.loop is None
            or element.loop.sequential != target.loop.sequential
            or not _alike(element, target)
        )

    def _comes_from(self, position: Position, target: Element) -> bool:
        source = self.mapping.get(position.source or "", position.source)
        spec = specs_of(self.new, self.mapping.get(position.scope or "", position.scope)).get(target.id)
        return spec is not None and source in {entry.name for entry in spec.inputs}

    def _together(self, positions: Sequence[Position]) -> Iterator[Verdict]:
        """Tokens moved one by one must be where the new drawing can have them together."""
        if not self._reroutes:
            return
        by_scope: dict[str, set[str]] = {}
        for position in positions:
            element = position.element
            if element.kind != "boundaryEvent":
                identity = self.mapping.get(element.id, element.id)
                target = self.new.diagram.elements[identity]
                if not target.event_subprocess and not target.compensates:  # no flow brings a token there
                    by_scope.setdefault(target.parent, set()).add(identity)
        for scope, standing in by_scope.items():
            if not _can_be(_markings(self.new, scope), standing):
                yield Verdict(Outcome.PERSON, min(standing), "together")


def _can_be(known: Markings, standing: set[str]) -> bool:
    """Whether some marking of the scope, with what runs beside it, has its tokens there."""
    if standing <= known.beside or known.unfinished:
        return True
    return any(main <= standing and standing - main <= known.beside for main in known.main)


_known: dict[tuple[str, str], Markings] = {}


def _markings(program: Program, scope: str) -> Markings:
    key = (program.hash, scope)
    if key not in _known:
        _known[key] = markings(program.diagram, scope)
    return _known[key]


def _without(position: Position) -> Outcome:
    """What a token means for its instance when there is no place for it in the new release."""
    if position.wait == "task":
        return Outcome.VANISHES
    return Outcome.PERSON if position.wait == "incident" else Outcome.WAITS


def _holds_others(position: Position) -> bool:
    """Whether other tokens or programs hang on this one: it cannot be taken away and planted elsewhere."""
    element = position.element
    return (
        position.round
        or element.loop is not None
        or position.source is not None
        or element.kind == "subProcess"
    )


def _plantable(target: Element) -> bool:
    return target.kind in (
        *HUMAN,
        *SERVICES,
        *CATCHING,
        "callActivity",
        "businessRuleTask",
        "scriptTask",
        "task",
    )


def _alike(one: Element, other: Element) -> bool:
    """Whether a token at the one can stand at the other as it is."""
    if (one.loop is None) != (other.loop is None):
        return False
    if one.kind in HUMAN:
        return other.kind in HUMAN
    if one.kind in SERVICES:
        return other.kind in SERVICES
    if one.kind in CATCHING:
        return other.kind in CATCHING and _event_kind(one) == _event_kind(other)
    return one.kind == other.kind and one.event_subprocess == other.event_subprocess


def _event_kind(element: Element) -> str | None:
    return element.event.kind if element.event else None

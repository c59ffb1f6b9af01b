"""What tokens can do: every marking that a scope can come to, looked at before anything runs.

Found so: a join that waits for a branch which may never come (the instance would stay open with nothing to
do), an element that two branches of a fork reach one after the other (it would run twice), and two branches
that write the same variable. Non-interrupting events run beside and are looked at by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from engine.checker import races
from engine.checker.context import Context, Found
from engine.dialect import Diagram, Element

MAX_MARKINGS = 20_000
"""Beyond this a scope is not looked at further: what was found until then stands."""

MOST_TOGETHER = 6
"""An inclusive gateway with more ways out is tried with one, two and all of them."""

Marking = frozenset[str]
"""The flows on which a token waits to enter the next element."""

STUCK = (
    "qui si aspettano rami che potrebbero non arrivare mai: "
    "riunisci con un gateway dello stesso tipo di quello che divide"
)
TWICE = (
    "due rami paralleli ci arrivano uno dopo l'altro e si farebbe due volte: "
    "riuniscili prima con un gateway parallelo"
)


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """Refusals about tokens, for a diagram whose flows are in order."""
    scopes = {element.parent for element in diagram.elements.values()}
    for scope in sorted(scopes):
        explored = _Scope(diagram, scope)
        explored.explore()
        yield from ((identity, STUCK) for identity in sorted(explored.stuck))
        holder = diagram.elements.get(scope)
        if holder is not None and holder.ad_hoc:
            # the same activity may be chosen again while it is under way
            explored.together.update((each, each) for each in explored.again())
        else:
            yield from ((identity, TWICE) for identity in sorted(explored.meeting()))
        yield from races.check(diagram, context, explored.together)


@dataclass(frozen=True)
class Markings:
    """Where the tokens of a scope can be at once: `main` are sets of elements at which its own tokens stand,
    `beside` all elements that a non-interrupting event may bring tokens to; `alone` those at which a token can
    stand with no other that came the same way. `unfinished`: there are too many to tell."""

    main: frozenset[frozenset[str]]
    beside: frozenset[str]
    alone: frozenset[str]
    unfinished: bool


def markings(diagram: Diagram, scope: str) -> Markings:
    """Every way in which tokens can stand in a process or subprocess."""
    explored = _Scope(diagram, scope)
    explored.explore()
    return Markings(
        frozenset(explored.main), frozenset(explored.beside), frozenset(explored.alone), explored.unfinished
    )


class _Scope:
    """The elements of a process or subprocess; what exploring finds is in `stuck`, `twice`, `together`."""

    def __init__(self, diagram: Diagram, scope: str) -> None:
        self.elements = {e.id: e for e in diagram.elements.values() if e.parent == scope}
        self.target = {f.id: f.target for f in diagram.flows.values() if f.source in self.elements}
        self.out: dict[str, list[str]] = defaultdict(list)
        self.into: dict[str, list[str]] = defaultdict(list)
        for flow in self.target:
            self.out[diagram.flows[flow].source].append(flow)
            self.into[self.target[flow]].append(flow)
        self.boundaries: dict[str, list[Element]] = defaultdict(list)
        for element in self.elements.values():
            if element.attached_to and element.handler is None:
                self.boundaries[element.attached_to].append(element)
        self.stuck: set[str] = set()
        self.twice: set[str] = set()
        self.together: set[tuple[str, str]] = set()
        self.main: set[frozenset[str]] = set()
        self.beside: set[str] = set()
        self.alone: set[str] = set()
        self.unfinished = False
        self._upstream: dict[tuple[str, str], frozenset[str]] = {}

    def explore(self) -> None:
        """Go through every marking from the scope's start, then from each event that runs beside."""
        for element in self.elements.values():
            if element.kind == "startEvent":
                self._from(frozenset(self.out[element.id]), beside=False)
            elif element.kind == "boundaryEvent" and not element.interrupting:
                self._from(frozenset(self.out[element.id]), beside=True)

    def again(self) -> set[str]:
        """The elements of which two may be active at once, in an ad hoc subprocess whose choice stays open."""
        parallel = any(
            element.kind == "parallelGateway" and element.ad_hoc for element in self.elements.values()
        )
        return {element.id for element in self.elements.values() if parallel and not element.ad_hoc}

    def meeting(self) -> set[str]:
        """Of the elements that run twice, those where branches meet: the ones after them are not to blame."""
        return {identity for identity in self.twice if len(self.into[identity]) > 1} or self.twice

    def _from(self, first: Marking, *, beside: bool) -> None:
        seen = {first}
        waiting = [first]
        while waiting and len(seen) < MAX_MARKINGS:
            marking = waiting.pop()
            active = sorted({self.target[flow] for flow in marking})
            self.together.update(combinations(active, 2))
            self.beside.update(active if beside else ())
            self.alone.update(active if len(active) == 1 else ())
            if not beside:
                self.main.add(frozenset(active))
            moved = False
            for identity in active:
                for following in self._fire(self.elements[identity], marking):
                    moved = True
                    if following not in seen:
                        seen.add(following)
                        waiting.append(following)
            if not moved and not beside:
                self.stuck.update(active)
        self.unfinished |= bool(waiting)

    def _fire(self, element: Element, marking: Marking) -> Iterator[Marking]:
        """The markings after a token has gone through an element, one per way it may go."""
        present = [flow for flow in self.into[element.id] if flow in marking]
        if element.kind == "parallelGateway":
            if len(present) == len(self.into[element.id]):
                yield self._put(element, marking.difference(present), self.out[element.id])
            return
        if element.kind == "inclusiveGateway":
            if not self._may_still_come(element, marking):
                for chosen in self._subsets(self.out[element.id]):
                    yield self._put(element, marking.difference(present), chosen)
            return
        for flow in present:
            rest = marking - {flow}
            for produced in self._ways(element):
                yield frozenset() if produced is None else self._put(element, rest, produced)

    def _ways(self, element: Element) -> Iterator[list[str] | None]:
        """The flows that may get a token; None when the whole scope ends."""
        out = self.out[element.id]
        if element.kind == "endEvent":
            ends_all = element.event is not None and element.event.kind in ("terminate", "error")
            yield None if ends_all else []
        elif element.kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([flow] for flow in out)
        else:
            yield out
        for event in self.boundaries[element.id]:
            if event.interrupting:
                yield self.out[event.id]

    def _put(self, element: Element, rest: Marking, produced: list[str]) -> Marking:
        if any(flow in rest for flow in produced):
            self.twice.add(element.id)
        return rest.union(produced)

    def _may_still_come(self, join: Element, marking: Marking) -> bool:
        """Whether an inclusive join waits: BPMN 2.0.2, table 13.3. A token that can come to where there is one
        already does not count, or two joins in a cycle would wait for each other."""
        into = self.into[join.id]
        for token in marking.difference(into):
            ahead = {flow for flow in into if token in self._before(join.id, flow)}
            if ahead and not ahead & marking:
                return True
        return False

    def _before(self, join: str, flow: str) -> frozenset[str]:
        """The flows from which a token can come to `flow` without passing the join."""
        if (join, flow) not in self._upstream:
            sources: dict[str, set[str]] = defaultdict(set)
            for identity in self.elements:
                if identity != join:
                    for after in (*self.out[identity], *self._beyond(identity)):
                        sources[after].update(self.into[identity])
            found: set[str] = set()
            stack = [flow]
            while stack:
                for before in sources[stack.pop()]:
                    if before not in found:
                        found.add(before)
                        stack.append(before)
            self._upstream[join, flow] = frozenset(found)
        return self._upstream[join, flow]

    def _beyond(self, identity: str) -> list[str]:
        return [flow for event in self.boundaries[identity] for flow in self.out[event.id]]

    def _subsets(self, out: list[str]) -> Iterator[list[str]]:
        sizes = range(1, len(out) + 1) if len(out) <= MOST_TOGETHER else (1, 2, len(out))
        for size in sizes:
            yield from map(list, combinations(out, size))

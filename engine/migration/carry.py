"""A stored state carried from one release to another: the same tokens, on the specifications of the new one.

Tokens keep their ids, and with them their tasks, jobs, called paths and incidents. What SpiffWorkflow had foreseen
for them is forgotten and foreseen again; the splits that hold boundary events are given the events of the new
release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from SpiffWorkflow.util.task import TaskState

from engine import json
from engine import state as states
from engine.catching import TIMES
from engine.compensation import DONE, OWED
from engine.joins import SOURCE
from engine.migration.positions import specs_of
from engine.program import Program
from engine.scripts import Scripts
from engine.spiff import LIVE, begin, live_tasks

SPLIT = ".BoundaryEventSplit"
_SUFFIXES = (SPLIT, ".BoundaryEventJoin", " [child]")
_FINISHED = int(TaskState.FINISHED_MASK)
_FORESEEN = int(TaskState.PREDICTED_MASK | TaskState.FUTURE)


@dataclass
class _Token:
    """An entry of a stored tree (see engine/state.py), linked to its neighbours."""

    id: str
    parent: _Token | None
    spec: str
    state: int
    rest: list[Any]
    children: list[_Token] = field(default_factory=list)

    @property
    def lives(self) -> bool:
        return bool(self.state & LIVE)

    def walk(self) -> Iterator[_Token]:
        yield self
        for child in self.children:
            yield from child.walk()

    def cut(self) -> None:
        """Take it away with all below it."""
        if self.parent is not None:
            self.parent.children.remove(self)

    def take_out(self, into: _Token) -> None:
        """Take it away and hang what is below it elsewhere."""
        self.cut()
        for child in self.children:
            child.parent = into
            into.children.append(child)


class Carrier:
    """Carries states from `old` to `new`; ids of elements change as `mapping` says."""

    def __init__(self, old: Program, new: Program, mapping: Mapping[str, str]) -> None:
        self.old, self.new, self.mapping = old, new, mapping

    def carry(self, blob: bytes, scripts: Scripts, replanted: frozenset[str]) -> states.State:
        """The state on the new release. `replanted`: elements whose tokens begin anew at the mapped ones."""
        stored = json.loads(blob)
        planted: list[tuple[str | None, str]] = []
        stored["tasks"] = self._tree(stored["tasks"], None, replanted, planted)
        for sub in stored["subprocesses"]:
            scope = sub[2]
            sub[2] = self.mapping.get(scope, scope)
            sub[3] = self._tree(sub[3], scope, replanted, planted)
        stored["renamed"] = self._renamed(stored.get("renamed", {}))
        stored["waits"] = {self.key(token): kind for token, kind in stored["waits"].items()}
        state = states.load(json.dumps(stored), self.new.spec, self.new.subprocesses, scripts)
        for task in live_tasks(state.workflow):
            task.task_spec._predict(task, mask=LIVE | TaskState.FUTURE | TaskState.PREDICTED_MASK)
        for scope, element in planted:
            _plant(state, scope, element)
        return state

    def _renamed(self, before: Mapping[str, str]) -> dict[str, str]:
        carried = {name: self.mapping.get(now, now) for name, now in before.items()}
        return carried | {name: now for name, now in self.mapping.items() if name != now}

    def key(self, token: str) -> str:
        """What a wait is kept under: those of event gateways and event subprocesses are «token/specification»."""
        owner, slash, spec = token.partition("/")
        return f"{owner}/{self.name(spec)}" if slash else token

    def name(self, spec: str) -> str:
        """The name that a specification of the old release has in the new one."""
        suffix = next((end for end in _SUFFIXES if spec.endswith(end)), "")
        base = spec.removesuffix(suffix)
        return self.mapping.get(base, base) + suffix

    # ---- one tree

    def _tree(
        self,
        stored: dict[str, Any],
        scope: str | None,
        replanted: frozenset[str],
        planted: list[tuple[str | None, str]],
    ) -> dict[str, Any]:
        old = specs_of(self.old, scope)
        new = specs_of(self.new, None if scope is None else self.name(scope))
        root = _read(stored)
        for token in list(root.walk()):
            if token.spec in replanted and token.lives:
                planted.append((scope and self.name(scope), self.name(token.spec)))
                _uproot(token)
        for token in list(root.walk()):
            if token.spec.endswith(SPLIT) and token is not root:
                self._guard(token, old, new)
        for token in list(root.walk()):
            if token.lives and not token.spec.endswith(SPLIT):
                self._newly_guarded(token, old, new)
        for token in root.walk():
            token.spec = self.name(token.spec)
            token.rest[1] = self._internal(token.rest[1])
        return {**stored, **_written(root, stored)}

    def _internal(self, data: dict[str, Any] | None) -> dict[str, Any] | None:
        """What a token keeps for itself names elements too: where it came from, and which timers have fired."""
        found = dict(data or {})
        if SOURCE in found:
            found[SOURCE] = self.name(found[SOURCE])
        for key in (DONE, OWED):
            if key in found:
                found[key] = [self.name(name) for name in found[key]]
        if TIMES in found:
            found[TIMES] = {self.name(name): count for name, count in found[TIMES].items()}
        return found or None

    def _guard(self, split: _Token, old: Any, new: Any) -> None:
        """Give a split of boundary events those of the new release, or take it away when there are none."""
        spec = new.get(self.name(split.spec))
        if spec is None:
            _dissolve(split)
            return
        before = {self.name(name) for name in old[split.spec]._outputs}
        main = split.spec.removesuffix(SPLIT)
        for token in list(split.children):
            if token.spec == main or self.name(token.spec) in spec._outputs:
                continue
            if token.lives:
                token.cut()
            else:
                assert split.parent is not None
                token.take_out(split.parent)
        if any(token.spec == main and token.lives for token in split.children):
            for event in spec._outputs:
                if event not in before:
                    self._wait_for(event, split)

    def _newly_guarded(self, token: _Token, old: Any, new: Any) -> None:
        """Put a split before an activity that has boundary events only in the new release."""
        split = new.get(self.name(token.spec) + SPLIT)
        if split is None or token.spec + SPLIT in old or token.parent is None:
            return
        parent = token.parent
        made = _Token(
            str(uuid4()), parent, token.spec + SPLIT, int(TaskState.COMPLETED), [False, None, token.rest[2]]
        )
        parent.children[parent.children.index(token)] = made
        made.children, token.parent = [token], made
        for event in split._outputs:
            if event != self.name(token.spec):
                self._wait_for(event, made)

    def _wait_for(self, event: str, split: _Token) -> None:
        rest = [False, None, split.rest[2]]
        split.children.append(_Token(str(uuid4()), split, event, int(TaskState.WAITING), rest))


def _read(stored: dict[str, Any]) -> _Token:
    """The tree of a stored workflow without what was only foreseen."""
    tokens: dict[str, _Token] = {}
    for identity, parent, spec, state, *rest in stored["t"]:
        above = tokens.get(parent) if parent else None
        if state & _FORESEEN or (parent and above is None):
            continue
        tokens[identity] = token = _Token(identity, above, spec, state, rest)
        if above is not None:
            above.children.append(token)
    return tokens[stored["root"]]


def _written(root: _Token, stored: dict[str, Any]) -> dict[str, Any]:
    kept = [[t.id, t.parent.id if t.parent else None, t.spec, t.state, *t.rest] for t in root.walk()]
    known = {entry[0] for entry in kept}
    return {"t": kept, "last": stored["last"] if stored["last"] in known else root.id}


def _uproot(token: _Token) -> None:
    """Take away a token that begins anew elsewhere, with the events that guard it."""
    split = token.parent
    token.cut()
    if split is not None and split.spec == token.spec + SPLIT:
        _dissolve(split)


def _dissolve(split: _Token) -> None:
    """Take a split away: its events no longer wait, its joins have nothing to join, its branches go on alone."""
    assert split.parent is not None
    join = split.spec.removesuffix(SPLIT) + ".BoundaryEventJoin"
    for token in list(split.walk()):
        if token.spec == join:
            token.cut()
    for token in list(split.children):
        if token.lives and token.spec != split.spec.removesuffix(SPLIT):
            token.cut()
        elif not token.lives:
            token.take_out(split)
    split.take_out(split.parent)


def _plant(state: states.State, scope: str | None, element: str) -> None:
    """Put a new token before an element."""
    workflow = state.workflow
    if scope is not None:
        workflow = next(sub for sub in workflow.subprocesses.values() if sub.spec.name == scope)
    guarded = element + SPLIT
    begin(workflow.task_tree, guarded if guarded in workflow.spec.task_specs else element)

"""A backtracking matcher for patterns with back-references, which RE2 cannot run.

The tree becomes instructions; the machine keeps its own stack of choices, so a long text costs steps of the
budget and never Python's recursion. Backtracking is exponential at worst: the budget is what ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.feel.budget import Meter
from engine.feel.regex.sets import class_ranges, holds
from engine.feel.regex.tree import Back, CharClass, Choice, Edge, Group, Node, PatternError, Repeat, Sequence

MAX_PROGRAM = 20_000
Slots = tuple[int, ...]


@dataclass
class Program:
    """Instructions: (operation, argument, second argument). `slots` counts the positions they remember."""

    ignore_case: bool
    slots: int
    code: list[tuple[str, Any, Any]] = field(default_factory=list)

    def emit(self, operation: str, first: Any = None, second: Any = None) -> int:
        if len(self.code) >= MAX_PROGRAM:
            raise PatternError("espressione regolare troppo grande")
        self.code.append((operation, first, second))
        return len(self.code) - 1

    def add(self, node: Node) -> None:
        """The instructions of a node, after those already there."""
        if isinstance(node, CharClass):
            self.emit("char", class_ranges(node, self.ignore_case))
        elif isinstance(node, Sequence):
            for part in node.parts:
                self.add(part)
        elif isinstance(node, Choice):
            self._choice(node)
        elif isinstance(node, Group):
            self._group(node)
        elif isinstance(node, Repeat):
            self._repeat(node)
        elif isinstance(node, Back):
            self.emit("back", node.number)
        else:
            assert isinstance(node, Edge)
            self.emit("start" if node.start else "end")

    def _choice(self, node: Choice) -> None:
        jumps = []
        for option in node.options[:-1]:
            split = self.emit("split")
            self.add(option)
            jumps.append(self.emit("jump"))
            self.code[split] = ("split", split + 1, len(self.code))
        self.add(node.options[-1])
        for jump in jumps:
            self.code[jump] = ("jump", len(self.code), None)

    def _group(self, node: Group) -> None:
        if node.number is None:
            self.add(node.body)
            return
        self.emit("save", 2 * node.number)
        self.add(node.body)
        self.emit("save", 2 * node.number + 1)

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self.add(node.body)
        if node.most is None:
            self._loop(node)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(self.emit("split"))
            self.add(node.body)
        for split in splits:
            self._fork(split, split + 1, len(self.code), node.greedy)

    def _loop(self, node: Repeat) -> None:
        """Any number of times; `progress` stops a body that matched nothing from going round for ever."""
        slot, self.slots = self.slots, self.slots + 1
        split = self.emit("split")
        self.emit("save", slot)
        self.add(node.body)
        self.emit("progress", slot)
        self.emit("jump", split)
        self._fork(split, split + 1, len(self.code), node.greedy)

    def _fork(self, split: int, inside: int, after: int, greedy: bool) -> None:
        self.code[split] = ("split", inside, after) if greedy else ("split", after, inside)


class Machine:
    """A program ready to run."""

    def __init__(self, node: Node, groups: int, flags: str) -> None:
        program = Program("i" in flags, 2 * (groups + 1))
        program.add(node)
        program.emit("done")
        self.code = program.code
        self.slots = program.slots
        self.groups = groups
        self.multiline = "m" in flags
        self.fold: Callable[[str], str] = str.casefold if "i" in flags else str

    def match_at(self, text: str, start: int, meter: Meter) -> Slots | None:
        """The positions of the match that starts there: start and end of each group, -1 for none."""
        waiting = [(0, start, (start,) + (-1,) * (self.slots - 1))]
        while waiting:
            place, at, slots = waiting.pop()
            found = self._follow(place, at, slots, text, waiting, meter)
            if found is not None:
                return found
        return None

    def _follow(
        self,
        place: int,
        at: int,
        slots: Slots,
        text: str,
        waiting: list[tuple[int, int, Slots]],
        meter: Meter,
    ) -> Slots | None:
        """Go on from one choice until it fails (None) or matches; other choices are left in `waiting`."""
        while True:
            meter.spend()
            operation, first, second = self.code[place]
            place += 1
            if operation == "char":
                if at >= len(text) or not holds(first, ord(text[at])):
                    return None
                at += 1
            elif operation == "split":
                waiting.append((second, at, slots))
                place = first
            elif operation == "jump":
                place = first
            elif operation == "save":
                slots = (*slots[:first], at, *slots[first + 1 :])
            elif operation == "back":
                again = text[slots[2 * first] : slots[2 * first + 1]] if slots[2 * first + 1] >= 0 else ""
                if self.fold(text[at : at + len(again)]) != self.fold(again):
                    return None
                at += len(again)
            elif operation == "done":
                return (slots[0], at, *slots[2:])
            elif not self._holds_here(operation, first, at, slots, text):
                return None

    def _holds_here(self, operation: str, slot: int, at: int, slots: Slots, text: str) -> bool:
        if operation == "progress":
            return at > slots[slot]
        if operation == "start":
            return at == 0 or (self.multiline and text[at - 1] == "\n")
        return at == len(text) or (self.multiline and text[at] == "\n")

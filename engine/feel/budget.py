"""How much one evaluation may cost, and the meter that enforces it."""

from dataclasses import dataclass
from time import monotonic

from engine.feel.errors import FeelBudgetExceeded

CLOCK_EVERY = 512


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation.

    steps: iterations, calls and items visited; depth: nested calls of FEEL functions;
    seconds: wall time; size: list items and characters produced, all together.
    """

    steps: int = 500_000
    depth: int = 100
    seconds: float = 2.0
    size: int = 1_000_000


class Meter:
    """What is left of a budget. Every loop, call and growing value of an evaluation goes through it."""

    __slots__ = ("budget", "deadline", "depth", "look_at_clock", "size", "steps")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = budget.steps
        self.size = budget.size
        self.depth = budget.depth
        self.deadline = monotonic() + budget.seconds
        self.look_at_clock = max(budget.steps - CLOCK_EVERY, 0)

    def spend(self, steps: int = 1) -> None:
        """Count steps. The clock is read every few hundred, since reading it costs more than a step."""
        self.steps -= steps
        if self.steps < self.look_at_clock:
            self._check()

    def _check(self) -> None:
        if self.steps < 0:
            raise FeelBudgetExceeded("steps", self.budget.steps)
        if monotonic() > self.deadline:
            raise FeelBudgetExceeded("seconds", self.budget.seconds)
        self.look_at_clock = max(self.steps - CLOCK_EVERY, 0)

    def look(self) -> None:
        """Read the clock now: for a single step that may be long, such as a search in a long text."""
        self.look_at_clock = self.steps
        self.spend()

    def grow(self, size: int) -> None:
        """Count items or characters about to be produced; call it before producing them."""
        self.size -= size
        if self.size < 0:
            raise FeelBudgetExceeded("size", self.budget.size)
        self.spend(1 + size // 64)

    def enter(self) -> None:
        """Go one function call deeper."""
        self.depth -= 1
        if self.depth < 0:
            raise FeelBudgetExceeded("depth", self.budget.depth)
        self.spend()

    def leave(self) -> None:
        self.depth += 1

"""What surrounds an evaluation: the clock, host functions, types, the budget, and the warnings it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.feel.budget import Budget
from engine.feel.functions import Function
from engine.feel.types import Type

MAX_WARNINGS = 100


@dataclass(frozen=True, slots=True)
class Warning:
    """Why something was null: position in the text, Italian sentence, the variable if one was missing."""

    position: int
    message: str
    variable: str | None = None


@dataclass(slots=True)
class Environment:
    """The surroundings of one evaluation or of several.

    now: what `now()` and `today()` give, aware; None leaves them null, so a condition never reads a clock
    the host did not set. functions: by FEEL name. types: the model's named types. warnings: filled while
    evaluating, at most 100.
    """

    now: datetime | None = None
    functions: Mapping[str, Function] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    types: Mapping[str, Type] = field(default_factory=dict)
    warnings: list[Warning] = field(default_factory=list)

    def warn(self, position: int, message: str, variable: str | None = None) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(Warning(position, message, variable))

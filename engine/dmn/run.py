"""One evaluation: whether errors are null or raised, what it has met, and how much it may still cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Protocol

from engine import feel
from engine.dmn.coercion import take
from engine.dmn.errors import DmnError, TypeMismatch
from engine.dmn.item import ItemTypes
from engine.feel.budget import Meter

Scope = Mapping[str, object]

MAX_CALLS = 30
"""Functions of the model inside one another: each takes some twenty frames of Python's thousand."""


class _CellEnvironment(feel.Environment):
    """Around the conditions of a table, where a value that cannot be compared is simply no match:
    of their warnings only those about missing variables are worth keeping."""

    def warn(self, position: int, message: str, variable: str | None = None) -> None:
        if variable is not None:
            feel.Environment.warn(self, position, message, variable)


class Run:
    """`strict` raises what the DMN standard turns into null. `tables` fills as tables are decided:
    the element (decision or function) that holds the table, and the ids of its rules that matched."""

    def __init__(self, types: ItemTypes, env: feel.Environment, strict: bool) -> None:
        self.types = types
        self.env = replace(env, types={**env.types, **types.conformance})
        self.cell_env = _CellEnvironment(env.now, env.functions, env.budget, self.env.types, env.warnings)
        self.strict = strict
        self.meter = Meter(env.budget)
        self.tables: list[tuple[str, tuple[str, ...]]] = []
        self.owner = ""
        self.calls = 0

    def of(self, types: ItemTypes) -> Run:
        """The same evaluation inside an imported model, whose types have names of their own."""
        inside = copy(self)
        inside.types = types
        inside.env = replace(self.env, types={**self.env.types, **types.conformance})
        inside.cell_env = replace(self.cell_env, types=inside.env.types)
        return inside

    def null(self, error: DmnError) -> object:
        """The standard's answer to an error is null, with a warning; ours is the error itself."""
        if self.strict:
            raise error
        self.env.warn(0, error.message_it)
        return None

    def take(self, type_ref: str | None, value: object) -> tuple[bool, object]:
        """Whether the value conforms to the type, and the value as the type takes it."""
        if type_ref is None or value is None:
            return True, value
        return take(self.types, self.types.of(type_ref), value)

    def value(self, expression: Boxed, scope: Scope) -> object:
        """The value of an expression as the type written on it takes it."""
        return self.coerce(expression.element_id, expression.type_ref, expression.evaluate(scope, self))

    def coerce(self, element_id: str, type_ref: str | None, value: object) -> object:
        """The value as its declared type takes it; one that does not conform is null (or TypeMismatch)."""
        conforms, taken = self.take(type_ref, value)
        return taken if conforms else self.null(TypeMismatch(element_id, str(type_ref)))

    @contextmanager
    def owned_by(self, element_id: str) -> Iterator[None]:
        """While a decision or a function is evaluated, its tables are its own."""
        outer, self.owner = self.owner, element_id
        try:
            yield
        finally:
            self.owner = outer

    @contextmanager
    def called_from(self, element_id: str) -> Iterator[None]:
        """One call of a function of the model. Raises FeelBudgetExceeded when calls go too deep."""
        self.calls += 1
        try:
            if self.calls > MAX_CALLS:
                raise feel.FeelBudgetExceeded("depth", MAX_CALLS)
            self.meter.spend()
            with self.owned_by(element_id):
                yield
        finally:
            self.calls -= 1


class Boxed(Protocol):
    """A boxed expression (DMN 1.5, chapter 10.2): what a decision or a function holds."""

    @property
    def element_id(self) -> str: ...

    @property
    def type_ref(self) -> str | None: ...

    def evaluate(self, scope: Scope, run: Run) -> object:
        """The FEEL value of this expression for the names in `scope`."""
        ...

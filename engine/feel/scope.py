"""The state of one evaluation: the run, and the scopes that names are looked up in."""

from collections.abc import Mapping
from typing import Any

from engine.feel.budget import Meter
from engine.feel.environment import Environment
from engine.feel.interchange import PLAIN, from_json
from engine.feel.values import Value


class Run:
    """One evaluation: its meter, its environment, and which names the current filter did not find."""

    __slots__ = ("environment", "meter", "misses")

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.meter = Meter(environment.budget)
        self.misses: dict[str, int] | None = None

    def null(self, position: int, message: str, variable: str | None = None) -> None:
        """Leave a warning; the caller returns null."""
        self.environment.warn(position, message, variable)

    def missing(self, position: int, name: str) -> None:
        """A name was not found. Inside a filter it may be a property only some items have: it is counted."""
        if self.misses is not None:
            self.misses[name] = self.misses.get(name, 0) + 1
        else:
            self.null(position, f"la variabile «{name}» non esiste", name)

    def lift(self, value: Any) -> Value:
        """A host's value as a FEEL value."""
        return value if type(value) in PLAIN else from_json(value)


class Scope:
    """Names and values, inside an outer scope. The outermost is a `Root`."""

    __slots__ = ("outer", "run", "variables")

    def __init__(self, variables: Mapping[str, Any], outer: "Scope | None", run: Run) -> None:
        self.variables = variables
        self.outer = outer
        self.run = run

    def inner(self, variables: Mapping[str, Value]) -> "Scope":
        return Scope(variables, self, self.run)


class Root(Scope):
    """The host's own mapping, unconverted: each value becomes a FEEL value when it is first read."""

    __slots__ = ("lifted",)

    def __init__(self, variables: Mapping[str, Any], run: Run) -> None:
        super().__init__(variables, None, run)
        self.lifted: dict[str, Value] = {}

    def read(self, name: str) -> Value:
        value = self.variables[name]
        if type(value) in PLAIN:
            return value
        if name not in self.lifted:
            self.lifted[name] = from_json(value)
        return self.lifted[name]

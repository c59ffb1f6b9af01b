"""Functions as FEEL values: what can be called, and how arguments meet parameters."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.feel.errors import Nulled
from engine.feel.values import Value


class Function:
    """A function a host offers, or a business knowledge model: `call` takes FEEL values and gives one.

    Called by position it needs `required` arguments (default: all); called by name, those not given are null.
    `call` may return any value `from_json` takes, or raise FeelEvaluationError to give null with a reason.
    """

    def __init__(
        self,
        parameters: Sequence[str],
        call: Callable[..., Any],
        *,
        name: str = "",
        required: int | None = None,
        types: Sequence[Any] = (),
        result: Any = None,
    ) -> None:
        self.parameters = tuple(parameters)
        self.call = call
        self.name = name
        self.required = len(self.parameters) if required is None else required
        self.types = tuple(types)
        self.result = result

    def arrange(self, arguments: Sequence[Value], names: Sequence[str] | None) -> list[Value]:
        """The arguments in the order of the parameters. Nulled when they do not fit."""
        if names is not None:
            arguments = self._by_name(arguments, names)
        if not self.required <= len(arguments) <= len(self.parameters):
            raise Nulled(f"{self._label()} vuole {self._arity()}, ne ha {len(arguments)}")
        return list(arguments)

    def _by_name(self, arguments: Sequence[Value], names: Sequence[str]) -> list[Value]:
        given = dict(zip(names, arguments, strict=True))
        if len(given) < len(names):
            raise Nulled(f"{self._label()}: un parametro è ripetuto")
        unknown = [name for name in given if name not in self.parameters]
        if unknown:
            raise Nulled(f"{self._label()} non ha il parametro «{unknown[0]}»")
        last = max((self.parameters.index(name) + 1 for name in given), default=0)
        return [given.get(name) for name in self.parameters[: max(last, self.required)]]

    def _label(self) -> str:
        return f"la funzione «{self.name}»" if self.name else "la funzione"

    def _arity(self) -> str:
        most = len(self.parameters)
        return f"{most} argomenti" if self.required == most else f"da {self.required} a {most} argomenti"

    def invoke(self, run: Any, arguments: Sequence[Value], names: Sequence[str] | None = None) -> Value:
        """Call it inside an evaluation. Raises Nulled when it is null and a warning should say why."""
        ordered = self.arrange(arguments, names)
        run.meter.enter()
        try:
            return run.lift(self.call(*ordered))
        finally:
            run.meter.leave()

    def fits(self, count: int) -> bool:
        """Whether the function can take that many arguments."""
        return self.required <= count <= len(self.parameters)

"""Boxed functions and invocations (DMN 1.5, 10.2.2.3 and 10.2.2.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import feel
from engine.dmn.errors import ExpressionFailed, TypeMismatch
from engine.dmn.literal import Literal, read_literal
from engine.dmn.run import Boxed, Run, Scope


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type_ref: str | None


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A function with a boxed body. `kind` other than FEEL (Java, PMML) never runs: it is null."""

    element_id: str
    result_ref: str | None
    kind: str
    parameters: Sequence[Parameter]
    body: Boxed | None

    @property
    def type_ref(self) -> None:
        """None: what a file writes on a function is the type of its result, or its own."""

    def evaluate(self, scope: Scope, run: Run) -> object:
        """The function as a FEEL value, which sees the names around its definition."""
        return self.closed_over(lambda: scope, run, None)

    def closed_over(
        self, scope: Callable[[], Scope], run: Run, result: str | None, owner: str | None = None
    ) -> feel.Function | None:
        """The function over a scope that is only looked at in a call; its tables belong to `owner`."""
        body = self.body
        if self.kind != "FEEL" or body is None:
            reason = "funzione senza corpo" if self.kind == "FEEL" else f"funzione esterna ({self.kind})"
            run.null(ExpressionFailed(self.element_id, reason))
            return None

        def call(arguments: Mapping[str, object]) -> object:
            value = run.value(body, {**scope(), **arguments})
            value = run.coerce(self.element_id, run.types.result_of(self.result_ref), value)
            return run.coerce(self.element_id, result, value)

        return typed_function(owner or self.element_id, self.parameters, call, run)


def typed_function(
    element_id: str, parameters: Sequence[Parameter], call: Callable[[Mapping[str, object]], object], run: Run
) -> feel.Function:
    """A FEEL function whose arguments must conform to its parameters, or the call is null
    (DMN 1.5, 10.3.2.9.4)."""

    def checked(*values: object) -> object:
        arguments: dict[str, object] = {}
        for parameter, value in zip(parameters, values, strict=True):
            conforms, taken = run.take(parameter.type_ref, value)
            if not conforms:
                run.null(TypeMismatch(element_id, str(parameter.type_ref)))
                raise feel.FeelEvaluationError(f"«{parameter.name}» non è di tipo {parameter.type_ref}")
            arguments[parameter.name] = taken
        with run.called_from(element_id):
            return call(arguments)

    names = [parameter.name for parameter in parameters]
    types = [run.types.of(parameter.type_ref) if parameter.type_ref else None for parameter in parameters]
    return feel.Function(names, checked, name=element_id, types=types)


@dataclass(frozen=True, slots=True)
class Binding:
    parameter: Parameter
    value: Boxed


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call with named arguments, each a boxed expression."""

    element_id: str
    type_ref: str | None
    called: Boxed
    bindings: Sequence[Binding]
    call: Literal = field(init=False)

    def __post_init__(self) -> None:
        # FEEL itself makes the call, so that boxed and textual invocations cannot differ.
        names = [binding.parameter.name for binding in self.bindings]
        arguments = ", ".join(f"{name}: argument{number}" for number, name in enumerate(names))
        call = read_literal(self.element_id, f"called({arguments})", None, frozenset(names))
        object.__setattr__(self, "call", call)

    def evaluate(self, scope: Scope, run: Run) -> object:
        values: dict[str, object] = {"called": run.value(self.called, scope)}
        for number, binding in enumerate(self.bindings):
            value = run.value(binding.value, scope)
            values[f"argument{number}"] = run.coerce(self.element_id, binding.parameter.type_ref, value)
        return self.call.evaluate(values, run)

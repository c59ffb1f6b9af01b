"""Invocations, and functions written in the expression."""

from collections.abc import Sequence
from typing import Any

from engine.feel.arithmetic import at_midnight
from engine.feel.compiler.core import Evaluator, compile_all, compile_node, compiles
from engine.feel.compiler.literal_type import type_of
from engine.feel.errors import FeelEvaluationError, Nulled
from engine.feel.functions import Function
from engine.feel.moments import Date
from engine.feel.scope import Run, Scope
from engine.feel.syntax import Call, FunctionLiteral, Name
from engine.feel.types import Type
from engine.feel.values import Value, kind_name


class Closure(Function):
    """A function of the expression, with the scope it was written in."""

    def __init__(
        self,
        parameters: Sequence[str],
        types: Sequence[Type | None],
        body: Evaluator,
        result: Type,
        scope: Scope,
    ) -> None:
        super().__init__(parameters, body, types=types, result=result)
        self.scope = scope

    def invoke(self, run: Run, arguments: Sequence[Value], names: Sequence[str] | None = None) -> Value:
        ordered = self.arrange(arguments, names)
        variables = {
            name: self._typed(name, wanted, value, run)
            for name, wanted, value in zip(self.parameters, self.types, ordered, strict=True)
        }
        run.meter.enter()
        try:
            return self.call(Scope(variables, self.scope, run))
        finally:
            run.meter.leave()

    def _typed(self, name: str, wanted: Type | None, value: Value, run: Run) -> Value:
        """The value as its parameter wants it, after implicit conversions (DMN 1.5, 10.3.2.9.4)."""
        named = run.environment.types
        if wanted is None or value is None or wanted.admits(value, named):
            return value
        if type(value) is list and len(value) == 1 and wanted.admits(value[0], named):
            return value[0]
        if wanted.admits([value], named):
            return [value]
        if type(value) is Date and wanted.admits(at_midnight(value), named):
            return at_midnight(value)
        raise Nulled(f"il parametro «{name}» non ammette {kind_name(value)}")


@compiles(FunctionLiteral)
def function_literal(node: FunctionLiteral) -> Evaluator:
    if node.body is None:
        return lambda scope: scope.run.null(node.at, "le funzioni esterne non sono ammesse")
    names = tuple(name for name, _ in node.parameters)
    types = tuple(kind for _, kind in node.parameters)
    body, result = compile_node(node.body), type_of(node.body)
    return lambda scope: Closure(names, types, body, result, scope)


@compiles(Call)
def call(node: Call) -> Evaluator:
    function, arguments = compile_node(node.function), compile_all(node.arguments)
    names, at = node.names, node.at
    label = node.function.name if isinstance(node.function, Name) else "la funzione"

    def evaluate(scope: Scope) -> Value:
        called = function(scope)
        values = [argument(scope) for argument in arguments]
        return invoke(called, values, names, label, at, scope.run)

    return evaluate


def invoke(
    called: Any, values: list[Value], names: Sequence[str] | None, label: str, at: int, run: Run
) -> Value:
    """Call a value. Null with a warning when it is not a function, or the function says so."""
    if not isinstance(called, Function):
        return run.null(at, f"«{label}» non è una funzione")
    try:
        return called.invoke(run, values, names)
    except (Nulled, FeelEvaluationError) as reason:
        return run.null(at, f"«{label}»: {reason.message}")

"""Lists, contexts and ranges written in the expression."""

from engine.feel.comparison import compare
from engine.feel.compiler.core import Evaluator, compile_all, compile_node, compiles
from engine.feel.ranges import Range
from engine.feel.scope import Run, Scope
from engine.feel.syntax import ContextLiteral, ListLiteral, Literal, RangeLiteral, UnaryRange
from engine.feel.values import COMPARABLE, Value, kind_name


@compiles(ListLiteral)
def list_literal(node: ListLiteral) -> Evaluator:
    items = compile_all(node.items)

    def evaluate(scope: Scope) -> list[Value]:
        scope.run.meter.grow(len(items))
        return [item(scope) for item in items]

    return evaluate


@compiles(ContextLiteral)
def context_literal(node: ContextLiteral) -> Evaluator:
    entries = tuple((name, compile_node(value)) for name, value in node.entries)
    at = node.at
    names = [name for name, _ in entries]
    if len(set(names)) < len(names):
        return lambda scope: scope.run.null(at, "due voci del contesto hanno lo stesso nome")

    def evaluate(scope: Scope) -> dict[str, Value]:
        scope.run.meter.grow(len(entries))
        context: dict[str, Value] = {}
        inner = scope.inner(context)
        for name, value in entries:
            context[name] = value(inner)
        return context

    return evaluate


@compiles(RangeLiteral)
def range_literal(node: RangeLiteral) -> Evaluator:
    start, end = compile_node(node.start), compile_node(node.end)
    if isinstance(node.start, Literal) and isinstance(node.end, Literal):
        low, high = node.start.value, node.end.value
        if compare(low, high) is not None:
            constant = Range(low, high, node.start_included, node.end_included)
            return lambda scope: constant

    def evaluate(scope: Scope) -> Range | None:
        low, high = start(scope), end(scope)
        if not _bounds(low, high, node.at, scope.run):
            return None
        return Range(low, high, node.start_included, node.end_included)

    return evaluate


def _bounds(low: Value, high: Value, at: int, run: Run) -> bool:
    if compare(low, high) is not None:
        return True
    run.null(at, f"un intervallo non può andare da {kind_name(low)} a {kind_name(high)}")
    return False


@compiles(UnaryRange)
def unary_range(node: UnaryRange) -> Evaluator:
    bound, operator, at = compile_node(node.bound), node.operator, node.at

    def evaluate(scope: Scope) -> Range | None:
        value = bound(scope)
        if type(value) not in COMPARABLE and operator not in ("=", "!="):
            scope.run.null(at, f"un intervallo non può avere {kind_name(value)} come limite")
            return None
        return Range.unary(operator, value)

    return evaluate

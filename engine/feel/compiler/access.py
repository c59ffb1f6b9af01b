"""Names, paths and filters: how an expression reaches values."""

from decimal import Decimal

from engine.feel.builtins import BUILTINS
from engine.feel.compiler.core import Evaluator, compile_node, compiles
from engine.feel.functions import Function
from engine.feel.interchange import PLAIN
from engine.feel.numbers import whole
from engine.feel.properties import read_property
from engine.feel.scope import Root, Run, Scope
from engine.feel.syntax import Filter, Literal, Malformed, Name, Negation, Path
from engine.feel.values import Value


@compiles(Literal)
def literal(node: Literal) -> Evaluator:
    value = node.value
    return lambda scope: value


@compiles(Malformed)
def malformed(node: Malformed) -> Evaluator:
    return lambda scope: scope.run.null(node.at, node.message)


@compiles(Name)
def name(node: Name) -> Evaluator:
    wanted, at = node.name, node.at

    def evaluate(scope: Scope) -> Value:
        holder = find(scope, wanted)
        if holder is None:
            return _function(scope.run, wanted, at)
        return holder.read(wanted) if isinstance(holder, Root) else holder.variables[wanted]

    return evaluate


def find(scope: Scope, wanted: str) -> Scope | None:
    """The innermost scope that has the name."""
    current: Scope | None = scope
    while current is not None and wanted not in current.variables:
        current = current.outer
    return current


def _function(run: Run, wanted: str, at: int) -> Function | None:
    function = run.environment.functions.get(wanted) or BUILTINS.get(wanted)
    if function is None:
        run.missing(at, wanted)
    return function


@compiles(Path)
def path(node: Path) -> Evaluator:
    steps: list[tuple[str, int]] = []
    base = node
    while isinstance(base, Path):
        steps.insert(0, (base.name, base.at))
        base = base.base
    if isinstance(base, Name):
        return _variable_path(base, tuple(steps))
    origin = compile_node(base)

    def evaluate(scope: Scope) -> Value:
        value = origin(scope)
        for step, at in steps:
            value = read_property(value, step, at, scope.run)
        return value

    return evaluate


def _variable_path(base: Name, steps: tuple[tuple[str, int], ...]) -> Evaluator:
    """A path from a variable. From a host's context it converts only the last value, not the whole."""
    root = compile_node(base)
    wanted = base.name

    def evaluate(scope: Scope) -> Value:
        holder = find(scope, wanted)
        raw = holder.variables[wanted] if isinstance(holder, Root) else None
        if type(raw) is not dict:
            value = root(scope)
            for step, at in steps:
                value = read_property(value, step, at, scope.run)
            return value
        value = raw
        run = scope.run
        for step, at in steps:
            if type(value) is dict and step in value:
                value = value[step]
            else:
                value = read_property(run.lift(value), step, at, run, wanted)
        return value if type(value) in PLAIN else run.lift(value)

    return evaluate


@compiles(Filter)
def filter_(node: Filter) -> Evaluator:
    base, condition = compile_node(node.base), compile_node(node.condition)
    at = node.at
    by_index = _is_number(node.condition)

    def evaluate(scope: Scope) -> Value:
        value = base(scope)
        if value is None:
            return scope.run.null(at, "il filtro si applica a null")
        items = value if type(value) is list else [value]
        if by_index or not items:
            index = condition(scope) if by_index else _quietly(condition, scope)
            return element(items, index, at, scope.run) if type(index) is Decimal else []
        return _selected(items, condition, at, scope)

    return evaluate


def _is_number(node: object) -> bool:
    if isinstance(node, Negation):
        return _is_number(node.operand)
    return isinstance(node, Literal) and type(node.value) is Decimal


def _quietly(condition: Evaluator, scope: Scope) -> Value:
    """The condition with no item to look at: only tells an index from a test, so its misses do not count."""
    outer, scope.run.misses = scope.run.misses, {}
    result = condition(scope)
    scope.run.misses = outer
    return result


def _selected(items: list[Value], condition: Evaluator, at: int, scope: Scope) -> Value:
    run = scope.run
    outer, run.misses = run.misses, {}
    kept = []
    for item in items:
        run.meter.spend()
        answer = condition(item_scope(item, scope))
        if type(answer) is Decimal:
            run.misses = outer
            return element(items, answer, at, run)
        if answer is True:
            kept.append(item)
    missed, run.misses = run.misses, outer
    for wanted, times in missed.items():
        if times >= len(items):
            run.missing(at, wanted)
    run.meter.grow(len(kept))
    return kept


def item_scope(item: Value, scope: Scope) -> Scope:
    """The scope of a filter: `item`, and the entries of the item when it is a context."""
    inner = scope.inner({"item": item})
    return inner.inner(item) if type(item) is dict else inner


def element(items: list[Value], index: Decimal, at: int, run: Run) -> Value:
    """The item at a position from 1, or from -1 backwards; null with a warning outside the list."""
    position = whole(index)
    if position is None or position == 0 or abs(position) > len(items):
        return run.null(at, f"la lista di {len(items)} elementi non ha la posizione {index}")
    return items[position - 1 if position > 0 else position]

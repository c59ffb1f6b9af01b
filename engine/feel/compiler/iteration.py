"""`for`, `some` and `every`."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from engine.feel import syntax
from engine.feel.analysis import mentions
from engine.feel.compiler.core import Evaluator, compile_node, compiles
from engine.feel.errors import Nulled
from engine.feel.moments import Date
from engine.feel.numbers import CONTEXT, ONE, whole
from engine.feel.ranges import Range
from engine.feel.scope import Scope
from engine.feel.values import Value, kind_name

Visit = Callable[[dict[str, Value], Scope], bool]


def domain_items(value: Value) -> Iterable[Value]:
    """The values a domain iterates over: a list's items, a range's points, or a single value itself."""
    if type(value) is list:
        return value
    if value is None:
        raise Nulled("l'iterazione è su null")
    if type(value) is Range:
        return _range_points(value)
    return [value]


def _range_points(value: Range) -> Iterable[Value]:
    points = iter(points_between(value.start, value.end))
    if not value.start_included:
        next(points, None)
    return (point for point in points if value.end_included or point != value.end)


def points_between(first: Value, last: Value) -> Iterator[Value]:
    """Integers or dates from first to last, both included, one by one upwards or downwards."""
    if type(first) is Decimal and type(last) is Decimal:
        if whole(first) is None or whole(last) is None:
            raise Nulled("si itera solo fra numeri interi")
        return _numbers(first, last)
    if type(first) is Date and type(last) is Date:
        down = first.ordinal > last.ordinal
        ordinals = range(first.ordinal, last.ordinal + (-1 if down else 1), -1 if down else 1)
        return map(Date.from_ordinal, ordinals)
    raise Nulled(f"non si itera da {kind_name(first)} a {kind_name(last)}")


def _numbers(first: Decimal, last: Decimal) -> Iterator[Decimal]:
    step = ONE if first <= last else -ONE
    current = first
    while current <= last if step > 0 else current >= last:
        yield current
        following = CONTEXT.add(current, step)
        if following == current:
            raise Nulled("numeri troppo grandi per contare di uno in uno")
        current = following


class Loops:
    """The iterators of a `for`, `some` or `every`, nested from left to right."""

    def __init__(self, iterators: tuple[syntax.Iterator, ...]) -> None:
        self.iterators = [
            (each.name, compile_node(each.domain), compile_node(each.last) if each.last else None)
            for each in iterators
        ]

    def run(self, scope: Scope, visit: Visit) -> None:
        """Call `visit` with each set of variables until it answers True. Raises Nulled for a bad domain."""
        self._level(0, {}, scope, visit)

    def _level(self, level: int, bound: dict[str, Value], scope: Scope, visit: Visit) -> bool:
        name, domain, last = self.iterators[level]
        inner = scope.inner(bound) if level else scope
        first = domain(inner)
        items = domain_items(first) if last is None else points_between(first, last(inner))
        deepest = level == len(self.iterators) - 1
        meter = scope.run.meter
        for item in items:
            meter.spend()
            variables = {**bound, name: item}
            if visit(variables, scope) if deepest else self._level(level + 1, variables, scope, visit):
                return True
        return False


@compiles(syntax.For)
def for_(node: syntax.For) -> Evaluator:
    loops, body, at = Loops(node.iterators), compile_node(node.body), node.at
    wants_partial = mentions(node.body, "partial")

    def evaluate(scope: Scope) -> list[Value] | None:
        results: list[Value] = []
        meter = scope.run.meter

        def visit(variables: dict[str, Value], outer: Scope) -> bool:
            if wants_partial:
                meter.grow(1 + len(results) // 8)
                variables["partial"] = results[:]
            results.append(body(outer.inner(variables)))
            meter.grow(1)
            return False

        try:
            loops.run(scope, visit)
        except Nulled as reason:
            scope.run.null(at, reason.message)
            return None
        return results

    return evaluate


@compiles(syntax.Quantified)
def quantified(node: syntax.Quantified) -> Evaluator:
    loops, body, at = Loops(node.iterators), compile_node(node.body), node.at
    decisive = node.quantifier == "some"

    def evaluate(scope: Scope) -> bool | None:
        answers: set[bool | None] = set()

        def visit(variables: dict[str, Value], outer: Scope) -> bool:
            answer = body(outer.inner(variables))
            answers.add(answer if type(answer) is bool else None)
            return answer is decisive

        try:
            loops.run(scope, visit)
        except Nulled as reason:
            scope.run.null(at, reason.message)
            return None
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    return evaluate

"""sort, min, max."""

from collections.abc import Callable

from engine.feel.builtins.lists import Items, spread
from engine.feel.builtins.registry import builtin
from engine.feel.comparison import compare
from engine.feel.errors import Nulled
from engine.feel.functions import Function
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name

Precedes = Callable[[Value, Value], bool]


@builtin("sort(list: list, precedes?: function)")
def sort(run: Run, list: Items, precedes: Function | None = None) -> Items:
    """In the order of `precedes(left, right)`, or in natural order without it."""
    run.meter.grow(len(list))
    if precedes is None:
        return merge_sort(run, list, lambda left, right: _order(left, right) < 0)
    return merge_sort(run, list, lambda left, right: _precedes(run, precedes, left, right))


def _precedes(run: Run, precedes: Function, left: Value, right: Value) -> bool:
    answer = precedes.invoke(run, [left, right])
    if answer is not None and type(answer) is not bool:
        raise Nulled("la funzione «precedes» non dà un valore booleano")
    return answer is True


def merge_sort(run: Run, items: Items, precedes: Precedes) -> Items:
    """Stable, and ends whatever `precedes` answers: it need not be an order at all."""
    runs = [[item] for item in items]
    while len(runs) > 1:
        run.meter.spend(len(items))
        pairs = zip(runs[::2], runs[1::2], strict=False)
        merged = [_merge(left, right, precedes) for left, right in pairs]
        runs = merged + runs[len(merged) * 2 :]
    return runs[0] if runs else []


def _merge(left: Items, right: Items, precedes: Precedes) -> Items:
    merged: Items = []
    i = j = 0
    while i < len(left) and j < len(right):
        if precedes(right[j], left[i]):
            merged.append(right[j])
            j += 1
        else:
            merged.append(left[i])
            i += 1
    return merged + left[i:] + right[j:]


def _order(left: Value, right: Value) -> int:
    order = compare(left, right)
    if order is None:
        raise Nulled(f"non c'è un ordine fra {kind_name(left)} e {kind_name(right)}")
    return order


@builtin("min(list: list)")
@builtin("min(list...: any?)")
def min_(run: Run, *items: Value) -> Value:
    return _extreme(run, spread(items), -1)


@builtin("max(list: list)")
@builtin("max(list...: any?)")
def max_(run: Run, *items: Value) -> Value:
    return _extreme(run, spread(items), 1)


def _extreme(run: Run, items: Items, side: int) -> Value:
    """The first of the greatest (side 1) or least items; null for an empty list."""
    run.meter.spend(len(items))
    if not items:
        return None
    best = items[0]
    _order(best, best)
    for item in items[1:]:
        if _order(item, best) == side:
            best = item
    return best

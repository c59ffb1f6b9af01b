"""Lists: positions start at 1, and from -1 they count backwards."""

from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.comparison import equal
from engine.feel.durations import DayTimeDuration, YearMonthDuration
from engine.feel.errors import Nulled
from engine.feel.functions import Function
from engine.feel.moments import Date
from engine.feel.numbers import whole
from engine.feel.scope import Run
from engine.feel.values import Value

LIST = list
Items = list[Value]
SIMPLE = frozenset({type(None), bool, Decimal, str, Date, DayTimeDuration, YearMonthDuration})
"""Kinds whose FEEL equality is Python's, so that a set finds duplicates without comparing all pairs."""


def same(run: Run, left: Value, right: Value) -> bool:
    run.meter.spend()
    return equal(left, right, run.meter) is True


def _index(items: Items, position: Decimal) -> int:
    """The Python index of a FEEL position. Nulled outside the list."""
    place = whole(position)
    if place is None or place == 0 or place < -len(items) or place > len(items):
        raise Nulled(f"la lista di {len(items)} elementi non ha la posizione {position}")
    return place - 1 if place > 0 else len(items) + place


@builtin("list contains(list: list, element: any?)")
def list_contains(run: Run, list: Items, element: Value) -> bool:
    return any(same(run, item, element) for item in list)


@builtin("count(list: list)")
@builtin("count(list...: any?)")
def count(run: Run, *items: Value) -> Decimal:
    return Decimal(len(spread(items)))


def spread(items: tuple[Value, ...]) -> Items:
    """The items given as one list or one by one. Nulled for a single null."""
    if len(items) == 1:
        if items[0] is None:
            raise Nulled("il parametro «list» è null")
        return items[0] if isinstance(items[0], list) else [items[0]]
    return list(items)


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(run: Run, list: Items, start_position: Decimal, length: Decimal | None = None) -> Items:
    first = _index(list, start_position)
    size = len(list) - first if length is None else int(length)
    if size < 1 and length is not None or first + size > len(list):
        raise Nulled(f"la lista non ha {length} elementi da quella posizione")
    run.meter.grow(size)
    return list[first : first + size]


@builtin("append(list: list, item...: any?)")
def append(run: Run, list: Items, *item: Value) -> Items:
    run.meter.grow(len(list) + len(item))
    return [*list, *item]


@builtin("concatenate(list...: list)")
def concatenate(run: Run, *lists: Items) -> Items:
    run.meter.grow(sum(len(each) for each in lists))
    return [item for each in lists for item in each]


@builtin("insert before(list: list, position: number, newItem: any?)")
def insert_before(run: Run, list: Items, position: Decimal, new_item: Value) -> Items:
    index = _index(list, position)
    run.meter.grow(len(list) + 1)
    return [*list[:index], new_item, *list[index:]]


@builtin("remove(list: list, position: number)")
def remove(run: Run, list: Items, position: Decimal) -> Items:
    index = _index(list, position)
    run.meter.grow(len(list))
    return list[:index] + list[index + 1 :]


@builtin("list replace(list: list, position: number, newItem: any?)")
def list_replace(run: Run, list: Items, position: Decimal, new_item: Value) -> Items:
    index = _index(list, position)
    run.meter.grow(len(list))
    return [*list[:index], new_item, *list[index + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any?)")
def list_replace_matching(run: Run, list: Items, match: Function, new_item: Value) -> Items:
    """`match(item, newItem)` says which items give way."""
    run.meter.grow(len(list))
    answers = [match.invoke(run, [item, new_item]) for item in list]
    if any(type(answer) is not bool for answer in answers):
        raise Nulled("la funzione «match» non dà sempre un valore booleano")
    return [new_item if answer else item for item, answer in zip(list, answers, strict=True)]


@builtin("reverse(list: list)")
def reverse(run: Run, list: Items) -> Items:
    run.meter.grow(len(list))
    return list[::-1]


@builtin("index of(list: list, match: any?)")
def index_of(run: Run, list: Items, match: Value) -> Items:
    return [Decimal(place) for place, item in enumerate(list, 1) if same(run, item, match)]


@builtin("union(list...: list)")
def union(run: Run, *lists: Items) -> Items:
    return distinct_values(run, concatenate(run, *lists))


@builtin("distinct values(list: list)")
def distinct_values(run: Run, list: Items) -> Items:
    kept: Items = []
    seen: set[tuple[type, Value]] = set()
    others: Items = []
    for item in list:
        run.meter.spend()
        if type(item) in SIMPLE:
            key = (type(item), item)
            if key not in seen:
                seen.add(key)
                kept.append(item)
        elif not any(same(run, item, other) for other in others):
            others.append(item)
            kept.append(item)
    run.meter.grow(len(kept))
    return kept


@builtin("flatten(list: list)")
def flatten(run: Run, list: Items) -> Items:
    flat: Items = []
    waiting = [iter(list)]
    while waiting:
        for item in waiting[-1]:
            run.meter.grow(1)
            if type(item) is LIST:
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat

"""Equality and order between values (DMN 1.5, tables 53 and 54), in three-valued logic.

Times are compared by whole seconds, as the conformance kit expects: the specification's text would count the
decimals too. Of two times where only one has an offset, the other takes the same (table 54).
"""

from collections.abc import Callable
from typing import Any

from engine.feel.budget import Meter
from engine.feel.functions import Function
from engine.feel.moments import DateTime, Time
from engine.feel.ranges import Range
from engine.feel.values import COMPARABLE, Value


def equal(left: Value, right: Value, meter: Meter) -> bool | None:
    """Whether two values are equal; None when they are of different kinds."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in (list, dict, Range):
        meter.spend()
        return STRUCTURES[kind](left, right, meter)
    if kind in (Time, DateTime):
        return compare(left, right) == 0
    return bool(left == right) if not isinstance(left, Function) else left is right


def _equal_lists(left: list[Value], right: list[Value], meter: Meter) -> bool:
    return len(left) == len(right) and all(
        equal(one, other, meter) is True for one, other in zip(left, right, strict=True)
    )


def _equal_contexts(left: dict[str, Value], right: dict[str, Value], meter: Meter) -> bool:
    return left.keys() == right.keys() and all(equal(left[key], right[key], meter) is True for key in left)


def _equal_ranges(left: Range, right: Range, meter: Meter) -> bool:
    shape = (left.operator, left.start_included, left.end_included)
    if shape != (right.operator, right.start_included, right.end_included):
        return False
    return equal(left.start, right.start, meter) is True and equal(left.end, right.end, meter) is True


STRUCTURES: dict[type, Callable[[Any, Any, Meter], bool]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
}


def compare(left: Value, right: Value) -> int | None:
    """Negative, zero or positive as left comes before, with or after right; None when they have no order."""
    kind = type(left)
    if kind is not type(right) or kind not in COMPARABLE:
        return None
    one, other = _measures(left, right)
    return int(one > other) - int(one < other)


def _measures(left: Value, right: Value) -> tuple[Any, Any]:
    """Two Python values that stand in the same order."""
    if isinstance(left, Time):
        one, other = left.utc_offset, right.utc_offset
        if one is None or other is None:
            one = other = 0
        return left.seconds - one, right.seconds - other
    if isinstance(left, DateTime):
        return left.epoch(right.utc_offset or 0), right.epoch(left.utc_offset or 0)
    return _measure(left), _measure(right)


def _measure(value: Value) -> Any:
    for name in ("ordinal", "nanos", "months"):
        if hasattr(value, name):
            return getattr(value, name)
    return value


def contains(wanted: Range, value: Value, meter: Meter) -> bool | None:
    """Whether a value lies in a range; None for null and for values the bounds cannot be compared with."""
    if value is None:
        return None
    if wanted.operator in ("=", "!="):
        same = equal(value, wanted.start, meter)
        return same if same is None or wanted.operator == "=" else not same
    above = _beyond(value, wanted.start, wanted.start_included, 1)
    below = _beyond(value, wanted.end, wanted.end_included, -1)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def _beyond(value: Value, bound: Value, included: bool, side: int) -> bool | None:
    if bound is None:
        return True
    order = compare(value, bound)
    if order is None:
        return None
    return included if order == 0 else order == side

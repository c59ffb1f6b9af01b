"""Allen's relations between points and ranges (DMN 1.5, table 78).

A missing bound is without end; an excluded bound ends just before, or starts just after, an included one.
"""

from engine.feel.builtins.registry import builtin
from engine.feel.comparison import compare
from engine.feel.errors import Nulled
from engine.feel.ranges import Range
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name


def _order(left: Value, right: Value) -> int:
    order = compare(left, right)
    if order is None:
        raise Nulled(f"non c'è un ordine fra {kind_name(left)} e {kind_name(right)}")
    return order


def _starts(left: Range, right: Range) -> int:
    """Negative when left starts before right, positive when after."""
    if left.start is None or right.start is None:
        return (left.start is not None) - (right.start is not None)
    return _order(left.start, right.start) or left.start_included * -1 + right.start_included


def _ends(left: Range, right: Range) -> int:
    """Negative when left ends before right, positive when after."""
    if left.end is None or right.end is None:
        return (left.end is None) - (right.end is None)
    return _order(left.end, right.end) or left.end_included - right.end_included


def _gap(left: Range, right: Range) -> int:
    """From left's end to right's start: positive when apart, zero when they share exactly one point."""
    if left.end is None or right.start is None:
        return -1
    return _order(right.start, left.end) or (0 if left.end_included and right.start_included else 1)


def _holds(wanted: Range, point: Value) -> bool:
    after = wanted.start is None or _order(point, wanted.start) > -wanted.start_included
    before = wanted.end is None or _order(point, wanted.end) < wanted.end_included
    return after and before


@builtin("before(point1: point, point2: point)")
def before_points(run: Run, point1: Value, point2: Value) -> bool:
    return _order(point1, point2) < 0


@builtin("before(point: point, range: range)")
def before_range(run: Run, point: Value, range: Range) -> bool:
    if range.start is None:
        return False
    return _order(point, range.start) < (0 if range.start_included else 1)


@builtin("before(range: range, point: point)")
def range_before(run: Run, range: Range, point: Value) -> bool:
    if range.end is None:
        return False
    return _order(range.end, point) < (0 if range.end_included else 1)


@builtin("before(range1: range, range2: range)")
def before(run: Run, range1: Range, range2: Range) -> bool:
    return _gap(range1, range2) > 0


@builtin("after(point1: point, point2: point)")
def after_points(run: Run, point1: Value, point2: Value) -> bool:
    return _order(point1, point2) > 0


@builtin("after(point: point, range: range)")
def after_range(run: Run, point: Value, range: Range) -> bool:
    return range_before(run, range, point)


@builtin("after(range: range, point: point)")
def range_after(run: Run, range: Range, point: Value) -> bool:
    return before_range(run, point, range)


@builtin("after(range1: range, range2: range)")
def after(run: Run, range1: Range, range2: Range) -> bool:
    return _gap(range2, range1) > 0


@builtin("meets(range1: range, range2: range)")
def meets(run: Run, range1: Range, range2: Range) -> bool:
    return _gap(range1, range2) == 0


@builtin("met by(range1: range, range2: range)")
def met_by(run: Run, range1: Range, range2: Range) -> bool:
    return _gap(range2, range1) == 0


@builtin("overlaps(range1: range, range2: range)")
def overlaps(run: Run, range1: Range, range2: Range) -> bool:
    return _gap(range1, range2) <= 0 and _gap(range2, range1) <= 0


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(run: Run, range1: Range, range2: Range) -> bool:
    return _starts(range1, range2) < 0 and _gap(range1, range2) <= 0 and _ends(range1, range2) <= 0


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(run: Run, range1: Range, range2: Range) -> bool:
    return _starts(range1, range2) > 0 and _gap(range2, range1) <= 0 and _ends(range1, range2) >= 0


@builtin("finishes(point: point, range: range)")
def finishes_point(run: Run, point: Value, range: Range) -> bool:
    return range.end is not None and range.end_included and _order(range.end, point) == 0


@builtin("finishes(range1: range, range2: range)")
def finishes(run: Run, range1: Range, range2: Range) -> bool:
    return _ends(range1, range2) == 0 and _starts(range1, range2) >= 0


@builtin("finished by(range: range, point: point)")
def finished_by_point(run: Run, range: Range, point: Value) -> bool:
    return finishes_point(run, point, range)


@builtin("finished by(range1: range, range2: range)")
def finished_by(run: Run, range1: Range, range2: Range) -> bool:
    return finishes(run, range2, range1)


@builtin("includes(range: range, point: point)")
def includes_point(run: Run, range: Range, point: Value) -> bool:
    return _holds(range, point)


@builtin("includes(range1: range, range2: range)")
def includes(run: Run, range1: Range, range2: Range) -> bool:
    return _starts(range1, range2) <= 0 and _ends(range1, range2) >= 0


@builtin("during(point: point, range: range)")
def during_point(run: Run, point: Value, range: Range) -> bool:
    return _holds(range, point)


@builtin("during(range1: range, range2: range)")
def during(run: Run, range1: Range, range2: Range) -> bool:
    return includes(run, range2, range1)


@builtin("starts(point: point, range: range)")
def starts_point(run: Run, point: Value, range: Range) -> bool:
    return range.start is not None and range.start_included and _order(range.start, point) == 0


@builtin("starts(range1: range, range2: range)")
def starts(run: Run, range1: Range, range2: Range) -> bool:
    return _starts(range1, range2) == 0 and _ends(range1, range2) <= 0


@builtin("started by(range: range, point: point)")
def started_by_point(run: Run, range: Range, point: Value) -> bool:
    return starts_point(run, point, range)


@builtin("started by(range1: range, range2: range)")
def started_by(run: Run, range1: Range, range2: Range) -> bool:
    return starts(run, range2, range1)


@builtin("coincides(point1: point, point2: point)")
def coincides_points(run: Run, point1: Value, point2: Value) -> bool:
    return _order(point1, point2) == 0


@builtin("coincides(range1: range, range2: range)")
def coincides(run: Run, range1: Range, range2: Range) -> bool:
    return _starts(range1, range2) == 0 and _ends(range1, range2) == 0

"""not, all, any, is."""

from engine.feel.builtins.registry import builtin
from engine.feel.comparison import equal
from engine.feel.errors import Nulled
from engine.feel.moments import DateTime, Time
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name


@builtin("not(negand: boolean?)")
def not_(run: Run, negand: bool | None) -> bool | None:
    return None if negand is None else not negand


@builtin("all(list: list)")
@builtin("all(list...: any?)")
def all_(run: Run, *items: Value) -> bool | None:
    return _decide(run, items, decisive=False)


@builtin("any(list: list)")
@builtin("any(list...: any?)")
def any_(run: Run, *items: Value) -> bool | None:
    return _decide(run, items, decisive=True)


def _decide(run: Run, items: tuple[Value, ...], *, decisive: bool) -> bool | None:
    """The decisive value if any item has it, else the opposite if all are boolean, else null."""
    values = items[0] if len(items) == 1 and isinstance(items[0], list) else items
    if len(items) == 1 and items[0] is None:
        raise Nulled("il parametro «list» è null")
    run.meter.spend(len(values))
    if any(value is decisive for value in values):
        return decisive
    strange = [value for value in values if value is not None and type(value) is not bool]
    if strange:
        raise Nulled(f"la lista contiene {kind_name(strange[0])}, non solo booleani")
    return None if None in values else not decisive


@builtin("is(value1?: any?, value2?: any?)")
def is_(run: Run, value1: Value = None, value2: Value = None) -> bool:
    """The same value in the semantic domain: same kind, and for times same offset or zone too."""
    if isinstance(value1, (Time, DateTime)):
        return bool(value1 == value2)
    return equal(value1, value2, run.meter) is True

"""FEEL types, and whether a value belongs to one (`instance of`, typed parameters)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from engine.feel.durations import DayTimeDuration, YearMonthDuration
from engine.feel.functions import Function
from engine.feel.moments import Date, DateTime, Time
from engine.feel.ranges import Range
from engine.feel.values import Value

Names = Mapping[str, "Type"]


class Type(Protocol):
    """A type. `admits` says whether a value belongs; `named` gives the meaning of type names."""

    def admits(self, value: Value, named: Names) -> bool: ...


@dataclass(frozen=True, slots=True)
class Basic:
    """A type without parameters, carried by one Python class."""

    name: str
    carrier: type

    def admits(self, value: Value, named: Names) -> bool:
        return type(value) is self.carrier or (self.carrier is Function and isinstance(value, Function))


@dataclass(frozen=True, slots=True)
class AnyType:
    """Every value but null."""

    def admits(self, value: Value, named: Names) -> bool:
        return value is not None


@dataclass(frozen=True, slots=True)
class NullType:
    def admits(self, value: Value, named: Names) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class ListType:
    item: Type

    def admits(self, value: Value, named: Names) -> bool:
        return type(value) is list and all(is_null_or(self.item, item, named) for item in value)


@dataclass(frozen=True, slots=True)
class ContextType:
    """A context that has at least these entries, each null or of its type."""

    entries: tuple[tuple[str, Type], ...]

    def admits(self, value: Value, named: Names) -> bool:
        return type(value) is dict and all(
            name in value and is_null_or(entry, value[name], named) for name, entry in self.entries
        )


@dataclass(frozen=True, slots=True)
class RangeType:
    """A range whose bounds, where present, are of the type."""

    point: Type

    def admits(self, value: Value, named: Names) -> bool:
        return type(value) is Range and all(
            is_null_or(self.point, bound, named) for bound in (value.start, value.end)
        )


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function that can take those arguments, and gives that result where its own is known."""

    parameters: tuple[Type, ...]
    result: Type

    def admits(self, value: Value, named: Names) -> bool:
        if not isinstance(value, Function) or not value.fits(len(self.parameters)):
            return False
        # A built-in function does not say what it takes: the number of arguments has to do.
        taken = tuple(kind or ANY for kind in value.types) or self.parameters
        return conforms(FunctionType(taken, value.result or NULL), self, named)


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type of the model, known only when the expression is evaluated; an unknown one admits nothing."""

    name: str

    def admits(self, value: Value, named: Names) -> bool:
        found = named.get(self.name)
        return found is not None and found.admits(value, named)


@dataclass(frozen=True, slots=True)
class Restricted:
    """A type with allowed values: `allows` gives the answer of its unary tests."""

    base: Type
    allows: Callable[[Value], bool | None]

    def admits(self, value: Value, named: Names) -> bool:
        return self.base.admits(value, named) and self.allows(value) is True


def is_null_or(wanted: Type, value: Value, named: Names) -> bool:
    """Inside lists, contexts and ranges a null stands for any type (DMN 1.5, 10.3.2.9)."""
    return value is None or wanted.admits(value, named)


def conforms(own: Type, wanted: Type, named: Names, depth: int = 20) -> bool:
    """Whether every value of a type is one of another (DMN 1.5, 10.3.2.9.2); allowed values do not count."""
    own, wanted = _meant(own, named), _meant(wanted, named)
    if wanted == ANY or own in (NULL, wanted) or depth == 0:
        return True

    def each(left: Type, right: Type) -> bool:
        return conforms(left, right, named, depth - 1)

    if isinstance(own, ListType) and isinstance(wanted, ListType):
        return each(own.item, wanted.item)
    if isinstance(own, RangeType) and isinstance(wanted, RangeType):
        return each(own.point, wanted.point)
    if isinstance(own, ContextType) and isinstance(wanted, ContextType):
        entries = dict(own.entries)
        return all(name in entries and each(entries[name], entry) for name, entry in wanted.entries)
    if isinstance(own, FunctionType) and isinstance(wanted, FunctionType):
        same = len(own.parameters) == len(wanted.parameters) and each(own.result, wanted.result)
        return same and all(map(each, wanted.parameters, own.parameters))
    return False


def _meant(wanted: Type, named: Names) -> Type:
    """The type behind names and allowed values; a name of nothing stays as it is."""
    for _ in range(len(named) + 2):
        if isinstance(wanted, Restricted):
            wanted = wanted.base
        elif isinstance(wanted, NamedType) and wanted.name in named:
            wanted = named[wanted.name]
    return wanted


def is_defined(wanted: Type, named: Names) -> bool:
    """Whether a type has a meaning: an unknown name has none, nor has a list without parameters."""
    if isinstance(wanted, NamedType):
        return wanted.name in named
    if isinstance(wanted, Basic):
        return wanted.carrier not in (list, dict, Range, Function)
    if isinstance(wanted, ContextType):
        return all(is_defined(entry, named) for _, entry in wanted.entries)
    if isinstance(wanted, FunctionType):
        return all(is_defined(each, named) for each in (*wanted.parameters, wanted.result))
    if isinstance(wanted, (ListType, RangeType)):
        return is_defined(wanted.item if isinstance(wanted, ListType) else wanted.point, named)
    return True


ANY = AnyType()
NULL = NullType()
BASIC: dict[str, Type] = {
    "Any": ANY,
    "Null": NULL,
    "number": Basic("number", Decimal),
    "string": Basic("string", str),
    "boolean": Basic("boolean", bool),
    "date": Basic("date", Date),
    "time": Basic("time", Time),
    "date and time": Basic("date and time", DateTime),
    "days and time duration": Basic("days and time duration", DayTimeDuration),
    "years and months duration": Basic("years and months duration", YearMonthDuration),
    "list": Basic("list", list),
    "context": Basic("context", dict),
    "range": Basic("range", Range),
    "function": Basic("function", Function),
}

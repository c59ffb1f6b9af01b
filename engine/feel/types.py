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
    """A function that can take that many arguments: the types of functions are not inferred."""

    parameters: tuple[Type, ...]
    result: Type

    def admits(self, value: Value, named: Names) -> bool:
        return isinstance(value, Function) and value.fits(self.parameters, self.result)


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
BASIC: dict[str, Type] = {
    "Any": ANY,
    "Null": NullType(),
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

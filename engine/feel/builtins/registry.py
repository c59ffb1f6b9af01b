"""Declares built-in functions: a signature in FEEL's own words, and the Python function behind it.

`@builtin("substring(string: string, start position: number, length?: number)")`. After a name, `?` makes the
parameter optional and `...` lets it take all the arguments left; after a kind, `?` lets it be null. Several
signatures of one name are tried in order.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import TypeVar

from engine.feel.arithmetic import at_midnight
from engine.feel.durations import DayTimeDuration, YearMonthDuration
from engine.feel.errors import Nulled
from engine.feel.functions import Function
from engine.feel.moments import Date, DateTime, Time
from engine.feel.ranges import Range
from engine.feel.scope import Run
from engine.feel.values import COMPARABLE, Value, kind_name

KINDS: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "day": (Date, DateTime),
    "moment": (Date, DateTime, Time),
    "duration": (DayTimeDuration, YearMonthDuration),
    "offset": (DayTimeDuration,),
    "quantity": (Decimal, DayTimeDuration, YearMonthDuration),
    "range": (Range,),
    "point": COMPARABLE,
}
SIGNATURE = re.compile(r"([^(]+)\((.*)\)")
PARAMETER = re.compile(r"(?P<name>[a-z0-9A-Z ]+?)(?P<mark>\?|\.\.\.)?: (?P<kind>[a-z ]+)(?P<nullable>\?)?")


class WrongCount(Nulled):
    """A signature takes another number of arguments: of all refusals the one that says least."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    kind: str
    optional: bool
    variadic: bool
    nullable: bool

    def take(self, value: Value) -> Value:
        """The argument as the parameter wants it, after FEEL's conversions. Nulled if it cannot be."""
        if value is None:
            if self.nullable:
                return None
            raise Nulled(f"il parametro «{self.name}» è null")
        if self.kind == "any" or type(value) in KINDS.get(self.kind, ()):
            return value
        return self._converted(value)

    def _converted(self, value: Value) -> Value:
        """A value where a list is wanted, or the opposite (DMN 1.5, 10.3.2.9.4); a date as a midnight."""
        if self.kind == "function" and isinstance(value, Function):
            return value
        if self.kind == "list":
            return [value]
        if type(value) is list and len(value) == 1 and value[0] is not None:
            return self.take(value[0])
        if self.kind == "date and time" and type(value) is Date:
            return at_midnight(value)
        raise Nulled(f"il parametro «{self.name}» non ammette {kind_name(value)}")


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters, and the Python function that takes the run and the arguments."""

    parameters: tuple[Parameter, ...]
    implementation: Callable[..., Value]

    def bind(self, arguments: Sequence[Value], names: Sequence[str] | None) -> list[Value]:
        """The arguments for the Python function. Nulled when they do not fit."""
        if names is not None:
            return self._bind_names(arguments, names)
        parameters = self.parameters
        last = parameters[-1] if parameters else None
        if last and last.variadic:
            parameters = parameters[:-1] + (last,) * max(len(arguments) - len(parameters) + 1, 1)
        required = sum(not parameter.optional for parameter in parameters)
        if not required <= len(arguments) <= len(parameters):
            raise WrongCount(f"ha {len(arguments)} argomenti: sono troppi o troppo pochi")
        return [parameter.take(value) for parameter, value in zip(parameters, arguments, strict=False)]

    def _bind_names(self, arguments: Sequence[Value], names: Sequence[str]) -> list[Value]:
        given = dict(zip(names, arguments, strict=True))
        if len(given) < len(names):
            raise Nulled("un parametro è ripetuto")
        known = {parameter.name for parameter in self.parameters}
        for name in names:
            if name not in known:
                raise Nulled(f"non ha il parametro «{name}»")
        values = []
        for parameter in self.parameters:
            if parameter.name in given:
                values.append(parameter.take(given[parameter.name]))
            else:
                values.append(None if parameter.optional else parameter.take(None))
        return values


class Builtin(Function):
    """A built-in function with one signature or more."""

    def __init__(self, name: str) -> None:
        super().__init__((), lambda: None, name=name)
        self.signatures: list[Signature] = []

    def invoke(self, run: Run, arguments: Sequence[Value], names: Sequence[str] | None = None) -> Value:
        run.meter.spend()
        refusals: list[Nulled] = []
        for signature in self.signatures:
            try:
                values = signature.bind(arguments, names)
            except Nulled as reason:
                refusals.append(reason)
                continue
            return self._compute(signature, run, values)
        telling = [reason for reason in refusals if not isinstance(reason, WrongCount)]
        raise (telling or refusals)[-1]

    def _compute(self, signature: Signature, run: Run, values: list[Value]) -> Value:
        try:
            return signature.implementation(run, *values)
        except (DecimalException, ValueError, OverflowError):
            raise Nulled("il risultato non si può rappresentare") from None

    def fits(self, count: int) -> bool:
        return any(
            sum(not each.optional for each in signature.parameters) <= count
            and (count <= len(signature.parameters) or signature.parameters[-1].variadic)
            for signature in self.signatures
        )


BUILTINS: dict[str, Builtin] = {}
Implementation = TypeVar("Implementation", bound=Callable[..., Value])


def builtin(text: str) -> Callable[[Implementation], Implementation]:
    """Register a Python function under a signature."""
    match = SIGNATURE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    name, listed = match.groups()
    parameters = tuple(_parameter(part) for part in listed.split(", ")) if listed else ()

    def register(implementation: Implementation) -> Implementation:
        found = BUILTINS.setdefault(name, Builtin(name))
        # Decorators run from the bottom up, signatures are tried from the top down.
        found.signatures.insert(0, Signature(parameters, implementation))
        return implementation

    return register


def _parameter(text: str) -> Parameter:
    match = PARAMETER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    mark = match["mark"]
    return Parameter(match["name"], match["kind"], mark == "?", mark == "...", bool(match["nullable"]))

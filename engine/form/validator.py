"""jsonschema's Draft 2020-12, with exact numbers, RE2 patterns and errors that name the property."""

from collections.abc import Iterator
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, TypeChecker, ValidationError
from jsonschema.validators import extend

MAX_UNIQUE = 1_000
EXACT = Context(prec=200)  # more than two numbers within limits.py can need


@lru_cache(maxsize=1_000)
def compile_pattern(pattern: str) -> Any:
    """A pattern for RE2, whose time is linear. Raises re2.error on syntax that RE2 has not."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError("pattern")


def _required(validator: Any, required: list[str], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in required:
            if instance.get(name) is None:
                yield ValidationError("required", path=[name])


def _dependent_required(
    validator: Any, dependent: dict[str, list[str]], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, required in dependent.items():
            if name in instance:
                yield from _required(validator, required, instance, schema)


def _additional(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for name in instance.keys() - schema.get("properties", {}).keys():
        if allowed is False:
            yield ValidationError("additionalProperties", path=[name])
        elif isinstance(allowed, dict):
            yield from validator.descend(instance[name], allowed, path=name)


def _unique(validator: Any, unique: bool, instance: Any, schema: Any) -> Iterator[ValidationError]:
    # A longer list already fails maxItems; comparing it would only cost time.
    if not unique or not isinstance(instance, list) or len(instance) > MAX_UNIQUE:
        return
    seen: set[Any] = set()
    for index, value in enumerate(instance):
        key = _frozen(value)
        if key in seen:
            yield ValidationError("uniqueItems", path=[index])
        seen.add(key)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return ("{", frozenset((key, _frozen(part)) for key, part in value.items()))
    if isinstance(value, list):
        return ("[", tuple(_frozen(part) for part in value))
    return ("b", value) if isinstance(value, bool) else value


def _is_number(checker: TypeChecker, value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_integer(checker: TypeChecker, value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _multiple(validator: Any, step: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "number") and EXACT.remainder(Decimal(instance), Decimal(step)):
        yield ValidationError("multipleOf")


FormValidator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "required": _required,
        "dependentRequired": _dependent_required,
        "additionalProperties": _additional,
        "uniqueItems": _unique,
        "multipleOf": _multiple,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_number, "integer": _is_integer}
    ),
)

"""Requests and responses held against their JSON Schema; what is wrong is told without any value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry


def find_fault(schema: Mapping[str, Any], data: object) -> str | None:
    """The worst fault of `data`, in Italian, naming its field and never its value; None without faults."""
    validator = Draft202012Validator(
        schema,
        # An empty registry of our own: a remote $ref would be fetched otherwise.
        registry=Registry(),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    error = best_match(validator.iter_errors(data))
    return None if error is None else _describe(error)


def _describe(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$").removeprefix(".")
    if error.validator == "required":
        required = cast(list[str], error.validator_value)
        missing = [name for name in required if name not in cast(dict[str, Any], error.instance)]
        return "manca " + " e ".join(f"{where}.{name}" if where else name for name in missing)
    return f"{where or 'il tutto'} non rispetta «{error.validator}»"

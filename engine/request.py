"""Requests of operations, held against their JSON Schemas."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry

from engine import json
from engine.operation import Broken, Operation


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), registry=Registry())


def check_request(operation: Operation, request: dict[str, Any]) -> None:
    """Raises Broken when the diagram's mapping does not give what the operation needs; names fields, not values."""
    validator = _validator(json.dumps(operation.request))
    wrong = sorted({_field(error.absolute_path, error) for error in validator.iter_errors(request)})
    if wrong:
        raise Broken(f"{operation.name}: la richiesta non va bene in {', '.join(wrong)}")


def _field(path: Any, error: Any) -> str:
    name = ".".join(str(part) for part in path)
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return ", ".join(f"{name}.{key}".lstrip(".") for key in missing)
    return name or "tutta la richiesta"

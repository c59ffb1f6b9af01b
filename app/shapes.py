"""JSON Schemas of requests and responses of our own operations, in few words.

What is not required may come as null: a mapping of the diagram gives null for a variable that has no value.
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
BOOL: Final[Schema] = {"type": "boolean"}
# Not "integer": what a decision table computes is a decimal, even when it is whole.
NUMBER: Final[Schema] = {"type": "number"}
TEXTS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
ROWS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
LIST: Final[Schema] = {"type": "array"}
OBJECT: Final[Schema] = {"type": "object"}


def choice(*words: str) -> Schema:
    """One of a closed list of words."""
    return {"type": "string", "enum": list(words)}


def rows(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """A list of objects of one shape."""
    return {"type": "array", "items": shape(required, optional)}


def shape(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object: what must be there, and what may be there or be null."""
    properties = {**required, **{name: _nullable(schema) for name, schema in (optional or {}).items()}}
    return {"type": "object", "properties": properties, "required": list(required)}


def response(**properties: Schema) -> Schema:
    """A response: every property is always there, null when it has no value."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return _nullable(schema)


def _nullable(schema: Schema) -> Schema:
    wider = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider

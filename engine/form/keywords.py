"""Which words of JSON Schema 2020-12 a form may use, and where subschemas hide inside them."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

# Not `default` nor `readOnly`: they would promise what forms do not do.
ANNOTATIONS = frozenset(
    {
        "$schema", "$id", "$comment", "$defs", "title", "description", "examples", "contentMediaType",
    }
)  # fmt: skip
ONE = ("if", "then", "else", "not", "items", "additionalProperties", "unevaluatedProperties")
MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "dependentSchemas")
ASSERTIONS = frozenset(
    {
        "$ref", "type", "enum", "const", "required", "dependentRequired", "minItems", "maxItems",
        "uniqueItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties",
    }
)  # fmt: skip
KNOWN = ANNOTATIONS | ASSERTIONS | frozenset(ONE) | frozenset(MANY) | frozenset(NAMED)
MAY_BE_FALSE = frozenset({"items", "additionalProperties", "unevaluatedProperties"})


def subschemas(schema: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each direct subschema with the keys that lead to it, `$defs` included, whatever its type."""
    for key in ONE:
        if key in schema:
            yield (key,), schema[key]
    for key in MANY:
        if isinstance(schema.get(key), list):
            for index, part in enumerate(schema[key]):
                yield (key, str(index)), part
    for key in (*NAMED, "$defs"):
        if isinstance(schema.get(key), dict):
            for name, part in schema[key].items():
                yield (key, name), part


def pointer(keys: tuple[str, ...]) -> str:
    """A JSON pointer as a URI fragment, for people who look for the place in the file."""
    return "#" + "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)

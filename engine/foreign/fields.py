"""Fields that a diagram of Camunda 7, Flowable or Activiti carries within its steps, as forms of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine import json
from engine.foreign.annotated import FAMILY
from engine.tags import bpmn

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "long": {"type": "integer"},
    "int": {"type": "integer"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}


def forms(root: etree._Element) -> dict[str, bytes]:
    """The JSON Schemas of the steps that carry fields, by the id of the step."""
    found = {}
    for node in root.iter(bpmn("userTask"), bpmn("startEvent")):
        fields = list(_fields(node))
        if fields and node.tag == bpmn("userTask"):
            found[node.get("id", "")] = _schema(node, fields)
    return found


def _fields(node: etree._Element) -> Iterator[etree._Element]:
    extensions = node.find(bpmn("extensionElements"))
    for namespace in FAMILY:
        if extensions is not None:
            yield from extensions.iter(f"{{{namespace}}}formField", f"{{{namespace}}}formProperty")


def _schema(node: etree._Element, fields: list[etree._Element]) -> bytes:
    properties = {field.get("id", f"campo_{n}"): _property(field) for n, field in enumerate(fields, 1)}
    required = [field.get("id") for field in fields if _is_required(field)]
    return json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": node.get("name") or node.get("id"),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    )


def _property(field: etree._Element) -> dict[str, Any]:
    title = field.get("label") or field.get("name") or field.get("id", "")
    choices = [value for value in field if etree.QName(value).localname == "value"]
    if field.get("type") == "enum" and choices:
        return {
            "title": title,
            "oneOf": [{"const": c.get("id"), "title": c.get("name") or c.get("id")} for c in choices],
        }
    return {"title": title, **_TYPES.get(field.get("type", "string"), {"type": "string"})}


def _is_required(field: etree._Element) -> bool:
    named = [
        c for c in field.iter() if etree.QName(c).localname == "constraint" and c.get("name") == "required"
    ]
    return field.get("required") == "true" or bool(named)

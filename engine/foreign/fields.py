"""Fields that a diagram of Camunda 7, Flowable or Activiti carries within its steps, as forms of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine import json
from engine.foreign.annotated import FAMILY
from engine.foreign.note import Notes
from engine.tags import bpmn

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "long": {"type": "integer"},
    "int": {"type": "integer"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}

_LIMITS = {
    **{("min", kind): "minimum" for kind in ("integer", "number")},
    **{("max", kind): "maximum" for kind in ("integer", "number")},
    ("minlength", "string"): "minLength",
    ("maxlength", "string"): "maxLength",
}
"""What a constraint of Camunda 7 is in JSON Schema, by the type of the value."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")


def forms(root: etree._Element, notes: Notes) -> dict[str, bytes]:
    """The JSON Schemas of the steps that carry fields, by the id of the step."""
    found = {}
    for node in root.iter(bpmn("userTask")):
        fields = {field.get("id") or f"campo_{n}": field for n, field in enumerate(_fields(node), 1)}
        if fields:
            found[node.get("id", "")] = _schema(node, fields)
            for name, field in fields.items():
                for words in _lost(field):
                    notes.dropped(node.get("id", ""), f"del campo «{name[:60]}» {words}")
    return found


def _fields(node: etree._Element) -> Iterator[etree._Element]:
    extensions = node.find(bpmn("extensionElements"))
    for namespace in FAMILY:
        if extensions is not None:
            yield from extensions.iter(f"{{{namespace}}}formField", f"{{{namespace}}}formProperty")


def _schema(node: etree._Element, fields: Mapping[str, etree._Element]) -> bytes:
    return json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": node.get("name") or node.get("id"),
            "type": "object",
            "properties": {name: _property(name, field) for name, field in fields.items()},
            "required": [name for name, field in fields.items() if _is_required(field)],
            "additionalProperties": False,
        }
    )


def _property(name: str, field: etree._Element) -> dict[str, Any]:
    title = field.get("label") or field.get("name") or name
    choices = _choices(field)
    if choices:
        return {
            "title": title,
            "oneOf": [{"const": c.get("id"), "title": c.get("name") or c.get("id")} for c in choices],
        }
    kind = _TYPES.get(field.get("type", "string"), _TYPES["string"])
    limits = {
        keyword: float(value) if "." in value else int(value)
        for constraint, value in _constraints(field).items()
        if (keyword := _LIMITS.get((constraint, kind["type"]))) and _NUMBER.fullmatch(value)
    }
    return {"title": title, **kind, **limits}


def _choices(field: etree._Element) -> list[etree._Element]:
    return [c for c in field if field.get("type") == "enum" and etree.QName(c).localname == "value"]


def _constraints(field: etree._Element) -> dict[str, str]:
    """What Camunda 7 asks of a value, with its measure."""
    found = [node for node in field.iter() if etree.QName(node).localname == "constraint"]
    return {node.get("name", ""): node.get("config", "").strip() for node in found}


def _is_required(field: etree._Element) -> bool:
    return field.get("required") == "true" or "required" in _constraints(field)


def _lost(field: etree._Element) -> Iterator[str]:
    """What a field said that a form does not."""
    if field.get("defaultValue") or field.get("default"):
        yield "il valore già scritto: qui i campi nascono vuoti"
    kind = field.get("type", "string")
    if kind not in _TYPES and not _choices(field):
        yield f"il tipo «{kind[:60]}»: diventa un testo"
    own = _TYPES.get(kind, _TYPES["string"])["type"]
    for constraint, value in _constraints(field).items():
        if constraint != "required" and not ((constraint, own) in _LIMITS and _NUMBER.fullmatch(value)):
            yield f"il vincolo «{constraint[:60]}»"

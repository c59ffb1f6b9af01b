"""What the rest of a bundle and the installation offer to its diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import dmn
from engine.dialect import HEADER_WRITES, Element
from engine.operation import Operation, Operations
from engine.running import HUMAN

Found = tuple[str, str]
"""The id of an element, and an Italian sentence about it."""


@dataclass(frozen=True)
class Context:
    """What is None is not known, and nothing is held against it.

    `models` by decision, `forms`: their self-contained schemas by id, `told`: variables that the bundle's
    stories bring from outside (start data, messages, called paths).
    """

    operations: Operations | None = None
    models: Mapping[str, dmn.Model] | None = None
    forms: Mapping[str, Mapping[str, Any]] | None = None
    parameters: frozenset[str] | None = None
    letters: frozenset[str] | None = None
    told: frozenset[str] = frozenset()

    def operation(self, name: str | None) -> Operation | None:
        """The operation with this name, when it is known to be installed."""
        return self.operations.get(name or "") if self.operations is not None else None

    def result(self, element: Element) -> frozenset[str] | None:
        """The names that an activity brings back before its output mappings; None when nobody can tell."""
        if element.kind in HUMAN:
            writes = element.headers.get(HEADER_WRITES)
            written = _answered(self.operation(writes)) if writes else frozenset()
            asked = self.asked(element)
            return None if written is None or asked is None else asked | written
        if element.kind in ("serviceTask", "sendTask"):
            return _answered(self.operation(element.operation))
        if element.kind == "businessRuleTask":
            return frozenset({element.result or element.decision or ""})
        if element.kind == "scriptTask":
            return frozenset({element.result or element.id})
        return None

    def asked(self, element: Element) -> frozenset[str] | None:
        """The names of the questions of a step's form."""
        if element.form_id is None:
            return frozenset()
        schema = (self.forms or {}).get(element.form_id)
        return None if schema is None else frozenset(_names(schema, schema))

    def writes(self, element: Element) -> frozenset[str]:
        """The variables, as dotted paths, that an element is known to write where it stands.

        Of a repetition only the collected outputs: what its rounds write stays in them.
        """
        if element.loop is not None:
            return frozenset({element.loop.output} - {None, ""})  # type: ignore[arg-type]
        return self.assigns(element)

    def assigns(self, element: Element) -> frozenset[str]:
        """The variables that an activity or an event is known to bring, in its round if it has one."""
        targets = {line.target for line in element.outputs}
        if not targets and element.kind != "callActivity":
            targets = set(self.result(element) or ())
        return frozenset(targets - {""})


def _answered(operation: Operation | None) -> frozenset[str] | None:
    if operation is None or "properties" not in operation.response:
        return None
    return frozenset(operation.response["properties"])


def _names(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """The top questions of a self-contained schema, whatever condition shows them."""
    yield from schema.get("properties", {})
    parts = [*schema.get("allOf", ()), *schema.get("dependentSchemas", {}).values()]
    parts += [schema[key] for key in ("then", "else") if key in schema]
    reference = schema.get("$ref", "")
    if reference.startswith("#/"):
        target: Any = root
        for key in reference[2:].split("/"):
            target = target.get(key.replace("~1", "/").replace("~0", "~"), {})
        parts.append(target)
    for part in parts:
        if isinstance(part, dict) and depth < 12:
            yield from _names(part, root, depth + 1)

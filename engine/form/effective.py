"""The schema that holds for the answers at hand: references, allOf, if/then/else and dependents folded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .keywords import Schema

MAX_DRIVER_DEPTH = 12
EACH = "*"


@dataclass
class Effective:
    """A flat schema: no `$ref`, `allOf`, `if`, `dependentSchemas` left at its first level.

    `shown_by` maps a property that is there because of an answer to the property that was answered.
    """

    keywords: Schema = field(default_factory=dict)
    properties: dict[str, Schema] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    shown_by: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str | None:
        """The JSON type, guessed from the other keywords when unsaid; of several, the first not null."""
        named = self.keywords.get("type")
        if isinstance(named, list):
            named = next((each for each in named if each != "null"), None)
        if named is None and self.properties:
            return "object"
        if named is None and ("items" in self.keywords or "prefixItems" in self.keywords):
            return "array"
        return named if isinstance(named, str) else None


class Folding:
    """Folds schemas of one root. `holds(condition, data)` tells whether a condition is true."""

    def __init__(self, root: Schema, holds: Callable[[Schema, Any], bool]) -> None:
        self._root = root
        self._holds = holds

    def resolve(self, ref: str) -> Schema:
        """The schema a local reference points to. Raises KeyError when there is none."""
        found: Any = self._root
        for key in ref.removeprefix("#").split("/")[1:]:
            key = key.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        if not isinstance(found, dict):
            raise KeyError(ref)
        return found

    def effective(self, schema: Schema, data: Any) -> Effective:
        """Fold `schema` for `data`, which may be incomplete or ill-typed, as answers half typed are."""
        folded = Effective()
        self._fold(schema, data, None, folded)
        return folded

    def _fold(self, schema: Schema, data: Any, cause: str | None, into: Effective) -> None:
        for key, value in schema.items():
            if key not in ("properties", "required", "$ref", "allOf", "if", "then", "else"):
                into.keywords.setdefault(key, value)
        for name, part in schema.get("properties", {}).items():
            _add_property(into, name, part, cause)
        into.required.update(schema.get("required", ()))
        if "$ref" in schema:
            self._fold(self.resolve(schema["$ref"]), data, cause, into)
        for part in schema.get("allOf", ()):
            self._fold(part, data, cause, into)
        if "if" in schema:
            branch = "then" if self._holds(schema["if"], data) else "else"
            self._fold(schema.get(branch, {}), data, self._cause(schema["if"], cause), into)
        self._fold_dependents(schema, data, into)

    def _fold_dependents(self, schema: Schema, data: Any, into: Effective) -> None:
        answered = data.keys() if isinstance(data, dict) else ()
        for name, part in schema.get("dependentSchemas", {}).items():
            if name in answered:
                self._fold(part, data, name, into)
        for name, required in schema.get("dependentRequired", {}).items():
            if name in answered:
                into.required.update(required)

    def _cause(self, condition: Schema, otherwise: str | None) -> str | None:
        read = [path[0] for path in self._read(condition, (), 0) if path]
        return read[-1] if read else otherwise

    def drivers(self, schema: Schema) -> frozenset[tuple[str, ...]]:
        """Paths of the answers that some `if` or `dependent*` reads, `*` standing for each row of a list:
        only these need the form to be rendered again."""
        return frozenset(self._drivers(schema, (), 0))

    def _drivers(self, schema: Any, at: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
        if not isinstance(schema, dict) or depth > MAX_DRIVER_DEPTH:
            return
        if "if" in schema:
            yield from self._read(schema["if"], at, depth)
        for key in ("dependentSchemas", "dependentRequired"):
            yield from ((*at, name) for name in schema.get(key, {}))
        same_place = [*schema.get("allOf", ()), *schema.get("dependentSchemas", {}).values()]
        same_place += [schema[key] for key in ("then", "else") if key in schema]
        if "$ref" in schema:
            same_place.append(self.resolve(schema["$ref"]))
        for part in same_place:
            yield from self._drivers(part, at, depth + 1)
        for name, part in schema.get("properties", {}).items():
            yield from self._drivers(part, (*at, name), depth + 1)
        for part in (schema.get("items"), *schema.get("prefixItems", ())):
            yield from self._drivers(part, (*at, EACH), depth + 1)

    def _read(self, condition: Any, at: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
        """Paths that a condition looks at."""
        if not isinstance(condition, dict) or depth > MAX_DRIVER_DEPTH:
            return
        yield from ((*at, name) for name in condition.get("required", ()))
        for name, part in condition.get("properties", {}).items():
            yield (*at, name)
            yield from self._read(part, (*at, name), depth + 1)
        parts = [*condition.get("allOf", ()), *condition.get("anyOf", ()), *condition.get("oneOf", ())]
        parts += [condition["not"]] if "not" in condition else []
        if "$ref" in condition:
            parts.append(self.resolve(condition["$ref"]))
        for part in parts:
            yield from self._read(part, at, depth + 1)


def _add_property(into: Effective, name: str, part: Schema, cause: str | None) -> None:
    known = into.properties.get(name)
    if known is None:
        into.properties[name] = part
        if cause and cause != name:
            into.shown_by[name] = cause
    elif known != part:
        into.properties[name] = {"allOf": [known, part]}

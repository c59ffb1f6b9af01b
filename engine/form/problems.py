"""Static check of a form's schema, before publishing: what would hang, leak or puzzle is refused."""

from collections.abc import Iterator
from typing import Any

import re2
from jsonschema import Draft202012Validator

from .effective import Folding
from .formats import FORMATS
from .keywords import KNOWN, MAY_BE_FALSE, Schema, pointer, subschemas
from .problem import Problem
from .references import NOWHERE
from .validator import MAX_UNIQUE, compile_pattern

MAX_DEPTH = 12
MAX_SIZE = 20_000
NAME = re2.compile(r"^[a-z][a-z0-9_]{0,62}$")
CONDITIONS = frozenset({"if", "not"})
TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})


def problems_of(schema: Schema) -> list[Problem]:
    """Every problem of a self-contained schema; the first of its shape alone when it is so malformed
    that the rest would not make sense."""
    shape = next(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema), None)
    if shape:
        at = pointer(tuple(str(key) for key in shape.absolute_path))
        return [Problem(at, f"Lo schema non è scritto bene: «{shape.validator}» non torna.")]
    found = [*_root(schema), *_walk(schema, (), False)]
    return found or list(Measure(schema).problems)


def _root(schema: Schema) -> Iterator[Problem]:
    if schema.get("type") != "object":
        yield Problem("#/type", "Il modulo deve essere un oggetto: scrivi «type: object».")
    if not schema.get("properties") and "$ref" not in schema and "allOf" not in schema:
        yield Problem("#/properties", "Il modulo non ha campi.")


def _walk(schema: Any, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    if isinstance(schema, bool):
        if schema or at[-1] not in MAY_BE_FALSE:
            yield Problem(pointer(at), "Qui serve uno schema, non vero o falso.")
        return
    for check in (_keywords, _names, _list, _pattern, _alternatives):
        yield from check(schema, at, condition)
    for keys, part in subschemas(schema):
        yield from _walk(part, (*at, *keys), condition or keys[0] in CONDITIONS)


def _keywords(schema: Schema, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    for key in schema:
        if key not in KNOWN and not key.startswith("x-"):
            yield Problem(pointer((*at, key)), f"La parola «{key}» non è ammessa nei moduli.")
    if schema.get("format", "date") not in FORMATS:
        yield Problem(pointer((*at, "format")), f"Il formato «{schema['format']}» non esiste.")
    if "$ref" in schema and not schema["$ref"].startswith("#/$defs/"):
        yield Problem(pointer((*at, "$ref")), "Un riferimento può andare solo a «#/$defs/…».")
    if "not" in schema and not condition:
        yield Problem(pointer((*at, "not")), "«not» si può usare solo dentro un «if».")
    if schema.get("type") == "null" or schema.get("type") == ["null"]:
        yield Problem(pointer((*at, "type")), "Un campo deve poter avere una risposta.")


def _names(schema: Schema, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    for name in schema.get("properties", {}):
        if not NAME.search(name):
            message = f"Il nome «{name}» va scritto con minuscole, cifre e «_», e comincia con una lettera."
            yield Problem(pointer((*at, "properties", name)), message)


def _list(schema: Schema, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    if schema.get("uniqueItems") and not 0 < schema.get("maxItems", 0) <= MAX_UNIQUE:
        yield Problem(pointer((*at, "uniqueItems")), f"«uniqueItems» vuole «maxItems», al più {MAX_UNIQUE}.")
    if schema.get("type") == "array" and not condition and "items" not in schema:
        yield Problem(pointer(at), "L’elenco non dice che cosa contiene: manca «items».")


def _pattern(schema: Schema, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    if "pattern" not in schema:
        return
    try:
        compile_pattern(schema["pattern"])
    except re2.error:
        yield Problem(pointer((*at, "pattern")), "L’espressione regolare non è valida per RE2.")


def _alternatives(schema: Schema, at: tuple[str, ...], condition: bool) -> Iterator[Problem]:
    if condition:
        return
    if not all(isinstance(each, dict) and "const" in each for each in schema.get("oneOf", ())):
        yield Problem(pointer((*at, "oneOf")), "Ogni voce di «oneOf» deve avere «const» (e «title»).")
    if not all(isinstance(each, dict) and set(each) == {"required"} for each in schema.get("anyOf", ())):
        yield Problem(pointer((*at, "anyOf")), "Ogni voce di «anyOf» può avere solo «required».")


class Measure:
    """Depth of the answers and size of the schema with its references unrolled.

    A definition may contain itself through a list only, or its form would have no end; definitions
    that double one another (a: [b, b], b: [c, c] …) are found by their size.
    """

    def __init__(self, schema: Schema) -> None:
        self._folding = Folding(schema, lambda condition, data: False)
        self._entered: dict[str, int] = {}
        self._known: dict[str, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        depth, size = self._measure(schema, 0)
        if depth > MAX_DEPTH:
            self.problems.append(Problem("#", f"Le risposte sono annidate su più di {MAX_DEPTH} livelli."))
        if size > MAX_SIZE:
            self.problems.append(Problem("#", "Il modulo è troppo grande."))

    def _measure(self, schema: Any, lists: int) -> tuple[int, int]:
        if not isinstance(schema, dict):
            return 0, 1
        depth, size = self._reference(schema["$ref"], lists) if "$ref" in schema else (0, 0)
        for keys, part in subschemas(schema):
            if keys[0] == "$defs":
                continue
            into_list = keys[0] in ("items", "prefixItems")
            below, more = self._measure(part, lists + into_list)
            deeper = into_list or keys[0] in ("properties", "additionalProperties")
            depth, size = max(depth, below + deeper), min(size + more, MAX_SIZE + 1)
        return depth, size + 1

    def _reference(self, ref: str, lists: int) -> tuple[int, int]:
        if ref in self._entered:
            if lists == self._entered[ref]:
                message = "La definizione contiene sé stessa senza passare da un elenco."
                self.problems.append(Problem(ref, message))
            return 0, 1
        if ref not in self._known:
            self._entered[ref] = lists
            try:
                self._known[ref] = self._measure(self._folding.resolve(ref), lists)
            except (KeyError, IndexError, ValueError):
                if ref != NOWHERE:
                    self.problems.append(Problem(ref, "Il riferimento non porta a nulla."))
                self._known[ref] = (0, 1)
            del self._entered[ref]
        return self._known[ref]

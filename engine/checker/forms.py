"""The forms of a bundle, with what they share and how they look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import json
from engine.bundle import Bundle
from engine.dialect import Diagram, Element
from engine.errors import Problem
from engine.form import FormRefused, FormSchema
from engine.running import HUMAN

PREFIX = "forms/"
COMMON = "forms/common/"


@dataclass
class Forms:
    """What was read: `schemas` by form id (self-contained), `looks` their UI schemas; what is wrong.

    `common`: the shared parts by reference.
    """

    schemas: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    looks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    common: dict[str, Any] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)


def read(bundle: Bundle) -> Forms:
    """Read and check every form of a bundle."""
    forms = Forms()
    common = forms.common
    for name, content in sorted(bundle.named(COMMON, ".json").items()):
        common[f"common/{name}.json"] = _object(f"{COMMON}{name}.json", content, forms)
    for name, content in sorted(bundle.named(PREFIX, ".ui.json").items()):
        look = _object(f"{PREFIX}{name}.ui.json", content, forms)
        if look is not None:
            forms.looks[name] = look
    for name, content in sorted(bundle.named(PREFIX, ".schema.json").items()):
        schema = _object(f"{PREFIX}{name}.schema.json", content, forms)
        if schema is not None:
            _check(name, FormSchema(schema, common), forms)
    for name in forms.looks:
        if f"{PREFIX}{name}.schema.json" not in bundle.files:
            file = f"{PREFIX}{name}.ui.json"
            forms.refused.append(Problem(file, "-", f"manca il modulo che veste: crea {name}.schema.json"))
    return forms


def check_schema(file: str, content: bytes, common: Mapping[str, Any]) -> list[Problem]:
    """Refusals about one schema looked at alone."""
    forms = Forms(refused=list(twice(file, content)))
    schema = _object(file, content, forms)
    if schema is not None:
        for found in FormSchema(schema, common).problems():
            forms.refused.append(Problem(file, found.pointer or "-", found.message))
    return forms.refused


def twice(file: str, content: bytes) -> Iterator[Problem]:
    """A name that stands twice in one object of a file: only one of its values would count, and nobody would know."""
    try:
        json.loads(content)
        found = json.repeated(content)
    except (ValueError, RecursionError):
        return  # refused by who reads the file
    if found is not None:
        yield Problem(file, ".".join(map(str, found)), "è scritto due volte: lasciane una sola")


def echoes(forms: Forms, diagram: Diagram) -> Iterator[Problem]:
    """A form may show what was answered at an earlier step of a person, or what a message said: it must be there."""
    for name, look in forms.looks.items():
        for source in sorted(_sources(look)):
            element = diagram.elements.get(source)
            if element is None or not (element.kind in HUMAN or _hears(element)):
                message = f"l'eco prende da «{source}», che non è un passo di una persona, né un messaggio che arriva"
                yield Problem(f"{PREFIX}{name}.ui.json", "eco", f"{message}: scrivi l'id di quel passo")


def _hears(element: Element) -> bool:
    return element.event is not None and element.event.kind == "message" and not element.throws


def _check(name: str, form: FormSchema, forms: Forms) -> None:
    for found in form.problems(forms.looks.get(name)):
        dressed = found.pointer.startswith("ui#")
        file = f"{PREFIX}{name}.{'ui' if dressed else 'schema'}.json"
        place = found.pointer.removeprefix("ui") or "-"
        forms.refused.append(Problem(file, place, found.message))
    try:
        forms.schemas[name] = form.root
    except FormRefused:
        forms.schemas[name] = {}


def _object(file: str, content: bytes, forms: Forms) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        forms.refused.append(Problem(file, "-", f"JSON malformato, correggilo: {json.fault(content, error)}"))
        return None
    if not isinstance(found, dict):
        forms.refused.append(Problem(file, "-", "deve contenere un oggetto"))
        return None
    return found


def _sources(part: Any, depth: int = 0) -> set[str]:
    """Every `da` of an `eco`, wherever in the UI schema it stands."""
    if depth > 12:
        return set()
    if isinstance(part, list):
        return set().union(*(_sources(each, depth + 1) for each in part))
    if not isinstance(part, dict):
        return set()
    found = set().union(*(_sources(each, depth + 1) for key, each in part.items() if key != "eco"))
    lines = part.get("eco")
    for line in lines if isinstance(lines, list) else [lines]:
        if isinstance(line, dict) and isinstance(line.get("da"), str):
            found.add(line["da"])
    return found

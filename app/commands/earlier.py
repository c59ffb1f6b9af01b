"""The earlier steps that forms say they begin with (`come in: <step>`): of this path, or of one beside it.

The pratica is one, and the step may be of the path that calls this one or of one that was called before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.attivita.inizio import AS_IN
from app.commands.folder import FORMS, is_bundle
from engine import Bundle, Problem, from_folder
from engine.bundle import BundleUnreadable
from engine.json import loads
from engine.program import diagrams
from engine.running import HUMAN

SCHEMA = ".schema.json"


def check(bundle: Bundle, folder: Path) -> Iterator[Problem]:
    """A form that begins with what nobody was ever asked; `folder`: where the bundle lies, beside the others."""
    for name, content in sorted(bundle.named(FORMS, SCHEMA).items()):
        for question, mark in sorted(_marks(_questions(content)).items()):
            found = _fault(bundle, folder, question, mark.removeprefix(AS_IN))
            if found:
                yield Problem(f"{FORMS}{name}{SCHEMA}", question, found)


def _marks(asked: Mapping[str, Any]) -> dict[str, str]:
    marks = {name: str(part.get("$comment", "")) for name, part in asked.items() if isinstance(part, dict)}
    return {name: mark for name, mark in marks.items() if mark.startswith(AS_IN)}


def _fault(bundle: Bundle, folder: Path, question: str, step: str) -> str:
    there = False
    for each in _with_those_beside(bundle, folder):
        for asked in _asked_at(each, step):
            if question in asked:
                return ""
            there = True
    if there:
        return f"al passo «{step}» nessuno chiede «{question}»: dai alla domanda lo stesso nome"
    return (
        f"comincia come in «{step}», che non è un passo di una persona di questo percorso né di uno accanto: "
        "scrivi l'id di quel passo"
    )


def _with_those_beside(bundle: Bundle, folder: Path) -> Iterator[Bundle]:
    yield bundle
    for other in sorted(folder.resolve().parent.iterdir()):
        if other.is_dir() and other != folder.resolve() and is_bundle(other):
            try:
                yield from_folder(other)
            except BundleUnreadable:
                continue


def _asked_at(bundle: Bundle, step: str) -> Iterator[Mapping[str, Any]]:
    """The questions of a step of a person, if the bundle has one of this id."""
    for diagram in diagrams(bundle):
        element = diagram.elements.get(step)
        if element is not None and element.kind in HUMAN:
            yield _questions(bundle.files.get(f"{FORMS}{element.form_id}{SCHEMA}", b"{}"))


def _questions(content: bytes) -> Mapping[str, Any]:
    try:
        schema = loads(content)
    except (ValueError, RecursionError):
        return {}  # the engine says it
    asked = schema.get("properties") if isinstance(schema, dict) else None
    return asked if isinstance(asked, dict) else {}

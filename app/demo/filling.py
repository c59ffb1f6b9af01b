"""Filling a form: what is said where it is said, and the plainest valid answer wherever something is required."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from engine.form import FormSchema
from engine.form.keywords import Schema

ROUNDS: Final = 4  # answers that ask for others, which ask for others
PLAIN: Final[Mapping[str, str]] = {"time": "09:30", "telefono": "+390105550100", "comune_istat": "010025"}


def fill(form: FormSchema, said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Answers to a form: those of `said` that it asks, and what else it requires.

    What a form asks may hang on the answers, so they are filled until nothing is missing.
    """
    answers: dict[str, Any] = {}
    for _ in range(ROUNDS):
        asked = form.effective(form.root, answers)
        before = len(answers)
        for name, part in asked.properties.items():
            if name in answers:
                continue
            if said.get(name) is not None:
                answers[name] = said[name]
            elif name in asked.required:
                answers[name] = _plain(form, part, today)
        if len(answers) == before:
            break
    return answers


def _plain(form: FormSchema, schema: Schema, today: date) -> Any:
    """The plainest value that a schema takes: a first choice, a no, today, a few words."""
    folded = form.effective(schema, None)
    found = folded.keywords
    for choices in ("oneOf", "anyOf"):
        for choice in found.get(choices, ()):
            if "const" in choice:
                return choice["const"]
    if "const" in found or found.get("enum"):
        return found.get("const", (found.get("enum") or [None])[0])
    match folded.type:
        case "boolean":
            return False
        case "integer" | "number":
            return found.get("minimum", 0)
        case "array":
            return [_plain(form, found.get("items", {}), today) for _ in range(found.get("minItems", 0))]
        case "object":
            return {name: _plain(form, folded.properties[name], today) for name in sorted(folded.required)}
    return _text(found, today)


def _text(found: Schema, today: date) -> str:
    form_of = str(found.get("format", ""))
    if form_of == "date":
        return today.isoformat()
    if form_of in PLAIN:
        return PLAIN[form_of]
    text = "Come da colloquio con la persona"
    return text[: found.get("maxLength", len(text))].ljust(found.get("minLength", 0), ".")

"""Why a step is to be done now: the last decisions taken by tables, as a person would say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.format import measured
from engine import HistoryView, Program
from engine.xml import parse_xml

LINES = 3
REASONS = ("perché", "motivo")  # labels of a column that holds a sentence
ACCENTS = {"equipe": "équipe", "isee": "ISEE", "asl": "ASL", "uvm": "UVM"}  # codes are lower-case ASCII

Labels = Mapping[str, str]


def reasons(history: Sequence[HistoryView], program: Program) -> list[str]:
    """A line for each of the last decisions of this path, the newest first; the same thing is said once."""
    lines = []
    for row in reversed(history):
        element = program.diagram.elements.get(row.element_id)
        if element is not None and element.kind == "businessRuleTask" and row.event == "done":
            said = _said(row, program)
            if said:
                lines.append(f"{element.name}: {said}")
    return list(dict.fromkeys(lines))[:LINES]


def _said(row: HistoryView, program: Program) -> str:
    """A table that gives its reason in words is quoted; else what it gave, column by column."""
    labels = _labels(row, program)
    decided = row.answers
    if not isinstance(decided, dict):
        decided = {next(iter(labels), ""): decided}
    for name, label in labels.items():
        if label.lower() in REASONS and isinstance(decided.get(name), str):
            return _lower(decided[name])
    said = {name: value for name, value in decided.items() if _is_said(value)}
    order = sorted(said, key=lambda name: (isinstance(said[name], list), _place(name, labels)))
    return ", ".join(_column(labels.get(name, _plain(name)), name, said[name], program) for name in order)


def _is_said(value: Any) -> bool:
    return value is not None and value not in ("", []) and not isinstance(value, dict)


def _place(name: str, labels: Labels) -> int:
    return list(labels).index(name) if name in labels else len(labels)


def _column(label: str, name: str, value: Any, program: Program) -> str:
    if isinstance(value, bool):
        return f"{_lower(label)} {'sì' if value else 'no'}"
    if isinstance(value, list):
        return f"{_lower(label)}: {'; '.join(_lower(_word(name, each, program)) for each in value)}"
    named, figure = measured(label, value)
    return f"{_lower(named)} {figure or _lower(_word(name, value, program))}".strip()


def _word(name: str, value: Any, program: Program) -> str:
    """A code by the title that a form gives it, else as it would be written."""
    if not isinstance(value, str):
        return measured("", value)[1] or str(value)
    for content in program.bundle.named("forms/", ".schema.json"):
        schema = program.schema(content)
        title = next(_titles(schema, name, value), None)
        if title:
            return title
    return _plain(value) if value.isidentifier() else value


def _titles(node: Any, name: str, code: str) -> Iterator[str]:
    """Titles of the choice `code` of any question called `name`."""
    if isinstance(node, dict):
        asked = node.get("properties")
        question = asked.get(name) if isinstance(asked, dict) else None
        for choice in question.get("oneOf", ()) if isinstance(question, dict) else ():
            if choice.get("const") == code and choice.get("title"):
                yield str(choice["title"])
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _titles(part, name, code)


def _plain(code: str) -> str:
    return " ".join(ACCENTS.get(word, word) for word in code.split("_"))


def _lower(text: str) -> str:
    """Not a sentence's beginning: «Fascia» is «fascia», «ISEE» stays."""
    return text if text[:2].isalpha() and text[:2].isupper() else text[:1].lower() + text[1:]


def _labels(row: HistoryView, program: Program) -> Labels:
    """The columns that the tables of this decision filled, in their order, by name."""
    used = [table for table, _ in (row.why or {}).get("tabelle", [])] if isinstance(row.why, dict) else []
    tables: dict[str, Labels] = {}
    for content in program.bundle.named("", ".dmn").values():
        tables.update(_columns(content))
    return {name: label for table in used for name, label in tables.get(table, {}).items()}


@lru_cache(maxsize=64)
def _columns(content: bytes) -> dict[str, Labels]:
    """For each decision of a DMN file, its table's outputs: labels by name."""
    found: dict[str, Labels] = {}
    for decision in parse_xml(content).iter("{*}decision"):
        outputs = list(decision.iter("{*}output"))
        if outputs:
            found[decision.get("id", "")] = {
                o.get("name") or "": o.get("label") or _plain(o.get("name") or "") for o in outputs
            }
    return found

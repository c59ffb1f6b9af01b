"""What changes from one release of a path to another, element by element and file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.bundle import Bundle
from engine.dialect import Diagram
from engine.program import Program

COSMETIC, ROUTING, DATA = "cosmetic", "routing", "data"

_LOOKS = frozenset({"name", "documentation"})
_PLACE = frozenset({"line", "incoming", "outgoing"})
"""Read of an element, and told by the flows themselves or worth nothing."""

_ROUTES = frozenset(
    {
        "kind",
        "parent",
        "default",
        "attached_to",
        "interrupting",
        "event_subprocess",
        "event",
        "called",
        "loop",
    }
)


@dataclass(frozen=True)
class Edit:
    """One change. `kind`: "cosmetic" (what people read or where it is drawn), "routing" (where tokens go and what
    they wait for) or "data" (forms, mappings, decisions, parameters, roles, terms, letters).

    `file` as in the bundle; `element` the id of a flow node or flow, "-" for a whole file; `what` the field that
    changed, or "added" or "removed".
    """

    kind: str
    file: str
    element: str
    what: str


def edits(old: Program, new: Program) -> list[Edit]:
    """Every change from one release to the other, the diagram's first."""
    return [*_diagram(old, new), *_files(old.bundle, new.bundle)]


def reroutes(old: Program, new: Program) -> bool:
    """Whether tokens could go or wait otherwise than before."""
    return any(edit.kind == ROUTING for edit in _diagram(old, new))


def _diagram(old: Program, new: Program) -> list[Edit]:
    name = f"{new.slug}.bpmn"
    before, after = old.diagram, new.diagram
    found = [
        *_compared(name, before.elements, after.elements, _kind_of),
        *_compared(name, before.flows, after.flows, lambda field: COSMETIC if field == "name" else ROUTING),
        *(Edit(COSMETIC, name, "-", field) for field in _of_process(before, after)),
    ]
    if not found and old.bundle.diagram != new.bundle.diagram:
        found.append(Edit(COSMETIC, name, "-", "layout"))
    return found


def _kind_of(field: str) -> str:
    if field in _LOOKS:
        return COSMETIC
    return ROUTING if field in _ROUTES else DATA


def _compared(name: str, before: Mapping[str, Any], after: Mapping[str, Any], kind_of: Any) -> Iterator[Edit]:
    for identity in [*before, *(key for key in after if key not in before)]:
        if identity not in after:
            yield Edit(ROUTING, name, identity, "removed")
        elif identity not in before:
            yield Edit(ROUTING, name, identity, "added")
        else:
            for field in _differing(before[identity], after[identity]):
                yield Edit(kind_of(field), name, identity, field)


def _differing(one: Any, other: Any) -> list[str]:
    return [
        field.name
        for field in fields(one)
        if field.name not in _PLACE and getattr(one, field.name) != getattr(other, field.name)
    ]


def _of_process(before: Diagram, after: Diagram) -> list[str]:
    return [
        name for name in ("name", "documentation", "lanes") if getattr(before, name) != getattr(after, name)
    ]


def _files(old: Bundle, new: Bundle) -> Iterator[Edit]:
    for name in sorted({*old.files, *new.files}):
        before, after = old.files.get(name), new.files.get(name)
        if before == after or name == f"{new.slug}.bpmn":
            continue
        what = "added" if before is None else "removed" if after is None else "content"
        yield Edit(_kind_of_file(name, old, new), name, "-", what)


def _kind_of_file(name: str, old: Bundle, new: Bundle) -> str:
    if name == "bundle.json":
        return COSMETIC if _told(old) == _told(new) else DATA
    return COSMETIC if name.endswith(".md") or name.startswith("scenari/") else DATA


def _told(bundle: Bundle) -> dict[str, Any]:
    """What of bundle.json the engine or the pages act upon."""
    return {key: value for key, value in bundle.manifest.items() if key != "nome"}

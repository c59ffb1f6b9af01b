"""Paths that an event opens: a message or a signal at the start of a process.

A plain start stays: by it a person or another path opens the same path by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine import store
from engine.actor import Actor
from engine.dialect import Diagram, Element
from engine.program import Program
from engine.scripts import ExpressionFailed, Scripts

if TYPE_CHECKING:
    from engine.engine import Engine

KINDS = ("message", "signal")
VARIABLE = re.compile(r"=\s*([^\W\d]\w*)\s*")


def openings(diagram: Diagram) -> Iterator[Element]:
    """The start events of a process that something opens by itself."""
    return (start for start in diagram.starts() if start.event is not None and start.event.kind in KINDS)


def events(diagram: Diagram) -> list[str]:
    """What opens a path, as `engine_release.opens` keeps it: `message:<name>`, `signal:<name>`."""
    return sorted({_event(start) for start in openings(diagram)})


def opened_by(
    engine: Engine,
    kind: str,
    name: str,
    key: str,
    payload: dict[str, Any],
    by: Actor,
    *,
    but: frozenset[str] = frozenset(),
) -> list[int]:
    """Open every path whose current release begins with an event, `but` some; the ids of the new instances.

    A message's key becomes the variable that the correlation key names (`=persona_id`), when it names one.
    """
    wanted = f"{kind}:{name}"
    opened = []
    for slug in store.releases_opened_by(engine.session, engine.ente_id, wanted):
        if slug not in but:
            _, program = engine.current(slug)
            start = next(each for each in openings(program.diagram) if _event(each) == wanted)
            data = _data(engine, program, start, payload)
            named = VARIABLE.fullmatch((start.event.key if start.event else None) or "")
            if named:
                data[named[1]] = key
            opened.append(engine.open(slug, start.id, data, by))
    return opened


def _event(start: Element) -> str:
    return f"{start.event.kind}:{start.event.name}" if start.event is not None else ""


def _data(engine: Engine, program: Program, start: Element, payload: dict[str, Any]) -> dict[str, Any]:
    """The first variables: what the start's output mappings make of the content, or all of it.

    Content that the mappings cannot read is kept whole: it opens the path all the same, and nothing is lost.
    """
    if not start.outputs:
        return dict(payload)
    scripts = Scripts({}, engine.now(), engine.calendar, program.models)
    try:
        return scripts.mapped(start.outputs, payload)
    except ExpressionFailed:
        return dict(payload)

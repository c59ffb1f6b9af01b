"""How far an instance has come, as its pictures show it."""

from __future__ import annotations

from app.diagram.state import State
from engine import Engine, InstanceView, Program

NEVER_HERE = ("boundaryEvent", "startEvent")  # they wait beside a step: the token is on the step


def marks_of(engine: Engine, program: Program, instance: InstanceView) -> dict[str, State]:
    """Element id → "fatto", "ora" or, once the path has ended, "saltato"; the rest is still to do."""
    elements = program.diagram.elements
    found: dict[str, State] = {
        identity: "ora" if mark == "ora" else "fatto"
        for identity, mark in engine.marks(instance.id).items()
        if identity in elements and (mark == "fatto" or elements[identity].kind not in NEVER_HERE)
    }
    for identity, mark in list(found.items()):
        parent = elements[identity].parent
        if mark == "ora" and parent in elements:
            found[parent] = "ora"
    if instance.status != "open":
        found |= {identity: "saltato" for identity in elements if identity not in found}
    return found

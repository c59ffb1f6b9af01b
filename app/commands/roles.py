"""The roles that a bundle names, held against those that this installation knows: the engine knows none."""

from __future__ import annotations

from collections.abc import Iterator

from app.rights.roles import ROLES
from engine import Bundle, Problem
from engine.bundle import BundleUnreadable


def check(bundle: Bundle) -> Iterator[Problem]:
    """A role that nobody can hold is a mistake in a word: who may open the path, who may tell it something."""
    try:
        manifest = bundle.manifest
    except BundleUnreadable:
        return  # the engine says it
    yield from _unknown("avvio", manifest.get("avvio"))
    messages = manifest.get("messaggi")
    for name, entry in messages.items() if isinstance(messages, dict) else ():
        yield from _unknown(f"messaggi.{name}.ruoli", entry.get("ruoli") if isinstance(entry, dict) else None)


def _unknown(place: str, roles: object) -> Iterator[Problem]:
    for role in roles if isinstance(roles, list) else ():
        if role not in ROLES:
            yield Problem(
                "bundle.json", place, f"il ruolo «{role}» non c'è: scegline uno fra quelli dell'ente"
            )

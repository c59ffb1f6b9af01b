"""The stories of a bundle: can they be played, and what do they bring from outside?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import json, story
from engine.bundle import Bundle
from engine.dialect import Diagram
from engine.errors import Problem

FOLDER = "scenari/"


def check(bundle: Bundle, diagram: Diagram) -> Iterator[Problem]:
    """Refusals about the form of stories and the elements they name."""
    for name, content in sorted(bundle.named(FOLDER, ".json").items()):
        for where, message in story.problems(content, bundle.slug, diagram):
            yield Problem(f"{FOLDER}{name}.json", where, message)


def told(bundle: Bundle) -> frozenset[str]:
    """Variables that stories give a path from outside: start data, contents of messages, answers of calls."""
    names: set[str] = set()
    for content in bundle.named(FOLDER, ".json").values():
        try:
            read: Any = json.loads(content)
            names.update(read.get("dato", {}))
            for step in read.get("passi", []):
                names.update(step.get("porta", {}), step.get("ritorna", {}))
        except (ValueError, RecursionError, AttributeError, TypeError):
            continue  # refused by `check`
    return frozenset(names)

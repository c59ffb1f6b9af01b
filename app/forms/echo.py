"""Earlier answers, shown beside the questions they bear on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.format import measured

from .paths import get_at
from .sources import Sources
from .tree import Node


def echoes(asked: Any, sources: Sources) -> tuple[Node, ...]:
    """For reading, each `{"da", "campo", "titolo"}` that was answered."""
    return tuple(_echoes(asked, sources))


def _echoes(asked: Any, sources: Sources) -> Iterator[Node]:
    for each in asked if isinstance(asked, list) else []:
        source = sources.earlier.get(each.get("da", ""))
        path = tuple(int(step) if step.isdigit() else step for step in str(each.get("campo", "")).split("."))
        value = get_at(source.data, path) if source else None
        if source is None or value is None:
            continue
        title = each.get("titolo")
        node = source.form.answer(path, source.data, sources) if source.form else None
        if node is None:
            yield _written_by_the_step(title or str(path[-1]), value)
        elif node.read or node.said:
            yield replace(node, title=title or node.title)


def _written_by_the_step(title: str, value: Any) -> Node:
    """What no question asked: a step's operation gave it, and its unit stands in the title («Costo (€)»)."""
    label, words = measured(title, value)
    return Node((), "", "", "testo", label, False, value=value, words=words or plain(value))


def plain(value: Any) -> str:
    """An answer whose form is not known."""
    if isinstance(value, bool):
        return "Sì" if value else "No"
    if isinstance(value, list):
        return ", ".join(plain(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(plain(each) for each in value.values())
    return str(value)

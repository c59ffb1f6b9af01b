"""Earlier answers, shown beside the questions they bear on."""

from collections.abc import Mapping
from typing import Any

from .paths import get_at
from .sources import Earlier

Pairs = tuple[tuple[str, str], ...]


def echoes(asked: Any, earlier: Mapping[str, Earlier]) -> Pairs:
    """(title, answer in words) for each `{"da", "campo", "titolo"}` that was answered."""
    found = []
    for each in asked if isinstance(asked, list) else []:
        source = earlier.get(each.get("da", ""))
        path = tuple(int(step) if step.isdigit() else step for step in str(each.get("campo", "")).split("."))
        value = get_at(source.data, path) if source else None
        if source and value is not None:
            title = each.get("titolo") or (
                source.form.title(path, source.data) if source.form else str(path[-1])
            )
            words = source.form.words(path, source.data) if source.form else plain(value)
            found.append((title, words))
    return tuple((title, words) for title, words in found if words)


def plain(value: Any) -> str:
    """An answer whose form is not known."""
    if isinstance(value, bool):
        return "Sì" if value else "No"
    if isinstance(value, list):
        return ", ".join(plain(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(plain(each) for each in value.values())
    return str(value)

"""The whole library and the operators, as `standard.txt` writes them from the specification."""

from pathlib import Path

import pytest

from engine.feel import FeelSyntaxError
from tests.engine.feel.evaluation import written

TABLE = Path(__file__).with_name("standard.txt")


def sections() -> dict[str, list[tuple[str, str]]]:
    """The rows of the table by section: expression and value."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line[3:], [])
        elif line and not line.startswith("# "):
            text, value = line.split("  =>  ")
            rows.append((text, value))
    return found


def answer(text: str) -> str:
    try:
        return written(text)
    except FeelSyntaxError:
        return "error"


@pytest.mark.parametrize("section", sections())
def test_the_standard_gives(section: str) -> None:
    rows = sections()[section]
    assert len(rows) > 3
    assert [(text, answer(text)) for text, _ in rows] == rows

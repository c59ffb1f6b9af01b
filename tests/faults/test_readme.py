"""The tests that the documents name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("document", ["README.md", "tests/faults/README.md"])
def test_every_test_that_a_document_names_is_there(document: str) -> None:
    named = NAMED.findall((ROOT / document).read_text())
    assert named
    for path, name in named:
        assert f"\ndef {name or 'test_'}" in (ROOT / path).read_text(), f"{path}::{name}"

"""What the installations of these tests call outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.outside import Register


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """As a group, which xdist begins early: these are long, and at the end one process would wait for the other."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("scale"))


@pytest.fixture
def register() -> Iterator[Register]:
    made = Register()
    yield made
    made.close()

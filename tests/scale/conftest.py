"""What the installations of these tests call outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.outside import Register


@pytest.fixture
def register() -> Iterator[Register]:
    made = Register()
    yield made
    made.close()

"""The bundles of processes/ beside the operations that are really installed."""

from __future__ import annotations

import pytest

from app.wiring import make_engines
from engine import Operations
from tests.stage import shared_engine, stage

__all__ = ["shared_engine", "stage"]


@pytest.fixture(scope="session")
def installed() -> Operations:
    """The operations of an installation without settings."""
    return make_engines({}).operations

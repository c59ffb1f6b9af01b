"""One database a folder and process for tests that commit nothing: they roll back, and need no copy of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.database import engine as engines
from app.database.cluster import OWNER, Cluster
from app.database.context import ente_context
from engine.scenario import NOBODY
from tests.conftest import TEMPLATE

_number = count(1)  # each folder that imports the fixture has one of its own


@pytest.fixture(scope="session")
def shared_engine(cluster: Cluster, superuser_engine: Engine) -> Iterator[Engine]:
    """The application's connections to a database in which nothing is ever committed."""
    name = f"shared_{os.getpid()}_{next(_number)}"
    with superuser_engine.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE} owner {OWNER}"))
    made = engines.connect(cluster.urls_of(name).application, pool_size=1)
    yield made
    made.dispose()
    with superuser_engine.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def stage(shared_engine: Engine) -> Iterator[Session]:
    """A session for nobody's ente, rolled back after the test."""
    with ente_context(NOBODY), Session(shared_engine) as session:
        yield session
        session.rollback()

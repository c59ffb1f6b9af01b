"""One database for all the stories: they roll back whatever they do."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.database import engine as engines
from app.database.cluster import OWNER, Cluster
from app.database.context import ente_context
from app.wiring import make_engines
from engine import Operations
from engine.scenario import NOBODY
from tests.conftest import TEMPLATE


@pytest.fixture(scope="session")
def stories_engine(cluster: Cluster, superuser_engine: Engine) -> Iterator[Engine]:
    """The application's connections to a database in which nothing is ever committed."""
    name = f"stories_{os.getpid()}"
    with superuser_engine.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE} owner {OWNER}"))
    made = engines.connect(cluster.urls_of(name).application, pool_size=1)
    yield made
    made.dispose()
    with superuser_engine.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def stage(stories_engine: Engine) -> Iterator[Session]:
    """A session for one story, rolled back after it."""
    with ente_context(NOBODY), Session(stories_engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def installed() -> Operations:
    """The operations of an installation without settings."""
    return make_engines({}).operations

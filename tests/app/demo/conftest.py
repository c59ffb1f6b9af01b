"""The default city, filled once a run on a Monday in November."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import engine as databases
from app.database.cluster import OWNER, Cluster
from app.database.context import ente_context
from app.demo import foundation, population
from app.demo.city import GENOVA
from app.demo.population import Told
from app.wiring import make_engines
from connectors.inps.sandbox import Sandbox
from engine.calendar import ROME
from tests.conftest import TEMPLATE

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ROME)


@dataclass(frozen=True)
class City:
    database: Database
    told: Told
    progress: str


@pytest.fixture(scope="session")
def city(cluster: Cluster, superuser_engine: Database) -> Iterator[City]:
    name = f"citta_viva_{os.getpid()}"
    with superuser_engine.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE} owner {OWNER}"))
    database = databases.connect(cluster.urls_of(name).application, pool_size=2)
    progress = StringIO()
    with Sandbox() as sandbox:
        maker = make_engines(sandbox.environ())
        foundation.lay(database, maker)
        told = population.populate(database, maker, NOW, persons=160, sandbox=sandbox, to=progress)
    yield City(database, told, progress.getvalue())
    database.dispose()
    with superuser_engine.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def people_at_work(city: City) -> Iterator[Session]:
    """A look at Genova; whatever is done here is undone."""
    with ente_context(GENOVA), Session(city.database) as session:
        yield session
        session.rollback()

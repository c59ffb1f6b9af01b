"""One installation for all these tests, on the run's PostgreSQL: each test kills in it what it needs to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.database import provision
from app.database.cluster import OWNER, Cluster, Urls
from tests.conftest import TEMPLATE
from tests.faults import foundation
from tests.faults.installation import Installation
from tests.faults.line import Line
from tests.faults.outside import Register, answer_all
from tests.faults.person import Person
from tests.faults.program import Program
from tests.faults.records import Records


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On one process of xdist: they share the installation."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """Where the processes write their logs."""
    made = Path(tempfile.mkdtemp(prefix="percorsi-faults-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="package")
def register_of_the_town() -> Iterator[Register]:
    """The outside body of the installation."""
    made = Register()
    yield made
    made.close()


@pytest.fixture
def register(register_of_the_town: Register) -> Iterator[Register]:
    """The outside body; what a test asked of it is over when it ends."""
    yield register_of_the_town
    register_of_the_town.status = answer_all


@pytest.fixture(scope="package")
def town(cluster: Cluster, superuser_engine: Engine) -> Iterator[Urls]:
    """The addresses of the installation's database."""
    name = f"faults_{os.getpid()}"
    with superuser_engine.connect() as connection:
        connection.execute(
            text(f"create database {name} template {TEMPLATE} owner {OWNER} strategy file_copy")
        )
        yield cluster.urls_of(name)
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture(scope="package")
def token(town: Urls) -> str:
    return foundation.lay(town)


@pytest.fixture(scope="package")
def installed(town: Urls, token: str, home: Path, register_of_the_town: Register) -> Iterator[Installation]:
    with Installation(town.application, home, register_of_the_town) as made:
        yield made


@pytest.fixture
def installation(installed: Installation) -> Installation:
    """The installation; nothing of it need run yet."""
    return installed


@pytest.fixture
def web(installation: Installation) -> Installation:
    """The installation with its web running."""
    installation.start("web")
    return installation


@pytest.fixture
def program(web: Installation, token: str) -> Program:
    return Program(f"http://127.0.0.1:{web.port}", token)


@pytest.fixture
def luca(program: Program, town: Urls) -> Iterator[Person]:
    """A social worker of the ente."""
    foundation.give_role(town, foundation.COLLEAGUE, "assistente_sociale")
    yield Person(program.address, "luca")
    foundation.end_roles(town)


@pytest.fixture
def records(town: Urls, token: str) -> Records:
    return Records(town.owner)


@pytest.fixture
def line(town: Urls) -> Iterator[Line]:
    """A line to the installation's database, which can be cut."""
    made = Line(town.application)
    yield made
    made.cut()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A durable PostgreSQL that may be killed."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-faults-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(home)


@pytest.fixture
def own_town(own_cluster: Cluster) -> Urls:
    return provision.embedded(own_cluster)


@pytest.fixture
def own_register() -> Iterator[Register]:
    made = Register()
    yield made
    made.close()


@pytest.fixture
def own_installation(own_town: Urls, home: Path, own_register: Register) -> Iterator[Installation]:
    """On a PostgreSQL of its own; nothing of it runs yet."""
    with Installation(own_town.application, home / "own", own_register) as made:
        yield made

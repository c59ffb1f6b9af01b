"""A real PostgreSQL for the tests: one private cluster a run, one copy of the migrated template a test.

The processes of xdist share the cluster through file locks; it starts with the first test that asks for a
database and is stopped and removed when the run ends.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.database import engine as engines
from app.database import provision
from app.database.cluster import OWNER, Cluster, Urls
from app.database.context import ente_context
from app.database.lock import exclusive
from app.demo import foundation
from app.wiring import make_engines

TEMPLATE = "template_percorsi"
CITY = "template_city"
MEMORY = Path("/dev/shm")  # noqa: S108 - only where it is a file system in memory
ROOM = 4_000_000_000  # bytes; a run uses a few hundred million
_number = count(1)


def _place() -> Path:
    """Memory, where a database is copied in a tenth of a second whatever else writes on the disk; else the disk.

    A disk that others make wait takes seconds to make the three hundred files of a database.
    """
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return Path("/tmp")
    has = os.statvfs(MEMORY)
    runs_programs = not has.f_flag & os.ST_NOEXEC  # PostgreSQL's are copied beside its data if need be
    return MEMORY if runs_programs and has.f_bavail * has.f_frsize > ROOM else Path("/tmp")


# inherited by the processes of xdist
_HOME = Path(os.environ.setdefault("PERCORSI_TEST_HOME", f"{_place()}/percorsi-test-{uuid.uuid4().hex[:8]}"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the cluster, which its last user has stopped, from the process that outlives the others."""
    if not hasattr(session.config, "workerinput") and _HOME.exists():
        Cluster(_HOME, durable=False).stop()  # a process of xdist that crashed could not
        shutil.rmtree(_HOME)


@pytest.fixture(scope="session", autouse=True)
def _cheap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """argon2id as always, with parameters nobody waits for; templates compiled once, not once an application."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's cluster, its template migrated to head."""
    _HOME.mkdir(exist_ok=True)
    _HOME.chmod(0o711)
    shared = Cluster(_HOME, durable=False)
    shared.start()
    with exclusive(_HOME / "template.lock"):
        done = _HOME / "template.done"
        if not done.exists():
            provision.embedded(shared, TEMPLATE)
            done.touch()
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def superuser_engine(cluster: Cluster) -> Iterator[Engine]:
    """Connections that make and drop databases."""
    superuser = cluster.urls_of("postgres").superuser
    engine = create_engine(superuser, isolation_level="AUTOCOMMIT", pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def city_template(cluster: Cluster) -> str:
    """The name of a template with the synthetic city laid in it: enti, people at work, published paths."""
    with exclusive(_HOME / "template.lock"):
        done = _HOME / "city.done"
        if not done.exists():
            urls = provision.embedded(cluster, CITY)
            database = engines.connect(urls.application, pool_size=1)
            foundation.lay(database, make_engines({}))
            database.dispose()
            done.touch()
    return CITY


@pytest.fixture
def template() -> str:
    """What a test's database is copied from; tests of the city override it with `city_template`."""
    return TEMPLATE


@pytest.fixture
def urls(cluster: Cluster, superuser_engine: Engine, template: str) -> Iterator[Urls]:
    """The addresses of a fresh, migrated database."""
    name = f"test_{os.getpid()}_{next(_number)}"
    with superuser_engine.connect() as connection:
        connection.execute(
            text(f"create database {name} template {template} owner {OWNER} strategy file_copy")
        )
        yield cluster.urls_of(name)
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def database_url(urls: Urls) -> str:
    """The test's database as the application enters it."""
    return urls.application


@pytest.fixture
def owner_url(urls: Urls) -> str:
    """The test's database as its owner, for migrations."""
    return urls.owner


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The application's connections, under row-level security."""
    made = engines.connect(database_url, pool_size=5)
    yield made
    made.dispose()


@pytest.fixture
def owner_engine(owner_url: str) -> Iterator[Engine]:
    """The owner's connections: they see every ente."""
    made = create_engine(owner_url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of the application, for no ente until the test enters one."""
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def ente(owner_engine: Engine) -> Iterator[int]:
    """Ente 1, a synthetic comune, entered for the whole test; ente 2 is its neighbour."""
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "insert into ente (id, slug, nome, tipo, sintetico) values "
                "(1, 'genova', 'Comune di Genova', 'comune', true), "
                "(2, 'recco', 'Comune di Recco', 'comune', true)"
            )
        )
    with ente_context(1):
        yield 1

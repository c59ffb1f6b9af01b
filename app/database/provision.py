"""Roles, database and schema: made when missing, left alone when there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from psycopg2.errors import LockNotAvailable
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from app.database import engine, schema, selfcheck, url
from app.database.cluster import APPLICATION, DATABASE, OWNER, Cluster, Urls
from app.startup import DatabaseAway, StartupRefused
from app.stop import Stop

log = structlog.get_logger()

FIRST_PAUSE = 1.0  # seconds before a database that does not answer is asked again
LONGEST_PAUSE = 30.0
_WEAK = "login nosuperuser nobypassrls nocreatedb nocreaterole noreplication"


def embedded(cluster: Cluster, database: str = DATABASE) -> Urls:
    """Provision a database of the running embedded cluster and migrate it."""
    with _connected(cluster.urls_of("postgres").superuser) as connection:
        for role in (OWNER, APPLICATION):
            if not _exists(connection, "pg_roles", "rolname", role):
                connection.execute(text(f"create role {role} {_WEAK}"))
        if not _exists(connection, "pg_database", "datname", database):
            connection.execute(text(f"create database {database} owner {OWNER}"))
            connection.execute(text(f"revoke all on database {database} from public"))
            connection.execute(text(f"grant connect on database {database} to {APPLICATION}"))
    urls = cluster.urls_of(database)
    _migrate(urls.owner)
    return urls


def external(owner_url: str, application_url: str) -> None:
    """Migrate somebody else's database. Raises StartupRefused when it does not answer or lacks the roles."""
    with _connected(owner_url) as connection:
        if not _exists(connection, "pg_roles", "rolname", APPLICATION):
            raise StartupRefused(
                f"Nel database manca il ruolo dell'applicazione. Crealo con: CREATE ROLE {APPLICATION} LOGIN "
                "NOSUPERUSER NOBYPASSRLS PASSWORD '…'; e mettilo in DATABASE_URL."
            )
    if url.role(application_url) == url.role(owner_url):
        raise StartupRefused(
            f"DATABASE_URL deve entrare con il ruolo {APPLICATION}, che non possiede nulla; "
            "DATABASE_OWNER_URL con il ruolo che possiede il database. Ora indicano lo stesso ruolo."
        )
    _migrate(owner_url)


def check(application_url: str) -> None:
    """Raise StartupRefused when the application may not serve from this database."""
    application = engine.connect(application_url, pool_size=1)
    try:
        selfcheck.verify(application)
    except OperationalError as error:
        raise _unanswered(application_url) from error
    finally:
        application.dispose()


def await_check(application_url: str, stop: Stop) -> bool:
    """As `check`, once the database answers: later and later, telling each time; False when asked to stop first.

    Raises StartupRefused.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            check(application_url)
        except DatabaseAway as away:
            log.warning("database.away", why=str(away), again_in=pause)
            stop.wait(pause)
            pause = min(LONGEST_PAUSE, 2 * pause)
        else:
            return True
    return False


def _migrate(owner_url: str) -> None:
    with _connected(owner_url) as connection:
        current = schema.current(connection)
    if current is not None and not schema.knows(current):
        raise StartupRefused(
            f"Il database è alla migrazione {current}, che questa versione del programma non conosce: "
            "i dati sono di una versione più recente, usa quella."
        )
    try:
        schema.upgrade(owner_url)
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise StartupRefused(
            "La migrazione del database ha aspettato troppo una tabella in uso e non ha cambiato nulla: "
            "riprova, meglio quando il programma è fermo."
        ) from error


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    alone = create_engine(
        address, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5}
    )
    try:
        with alone.connect() as connection:
            yield connection
    except OperationalError as error:
        raise _unanswered(address) from error
    finally:
        alone.dispose()


def _unanswered(address: str) -> DatabaseAway:
    return DatabaseAway(
        f"Il database «{url.public(address)}» non risponde: controlla che sia acceso "
        "e che indirizzo, ruolo e password siano giusti."
    )


def _exists(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    query = text(f"select exists (select from {catalogue} where {column} = :name)")  # noqa: S608 - our own constants
    return bool(connection.scalar(query, {"name": name}))

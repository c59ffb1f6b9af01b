"""The database of a command: the one that DATABASE_URL names, or the embedded one, started if need be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine as Database
from sqlalchemy import NullPool, create_engine

from app.database import engine as databases
from app.database import provision
from app.database.cluster import Cluster
from app.settings import SettingRefused, Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Connections as the application's role. Raises StartupRefused."""
    cluster = None
    url = settings.database_url
    if url is None:
        cluster = Cluster(settings.home)
        cluster.start()
    try:
        if cluster is not None:
            url = provision.embedded(cluster).application
        provision.check(url or "")
        database = databases.connect(url or "", pool_size=1)
        try:
            yield database
        finally:
            database.dispose()
    finally:
        if cluster is not None:
            cluster.stop()


@contextmanager
def opened_by_owner(settings: Settings) -> Iterator[tuple[Database, Database]]:
    """Connections as the application's role and as the owner, who sees every ente. Raises StartupRefused."""
    if settings.database_url is not None and settings.database_owner_url is None:
        raise SettingRefused("DATABASE_OWNER_URL", "manca: serve il ruolo che possiede il database.")
    with opened(settings) as database:
        address = settings.database_owner_url or Cluster(settings.home).urls.owner
        owner = create_engine(address, poolclass=NullPool)
        try:
            yield database, owner
        finally:
            owner.dispose()


def require(settings: Settings) -> None:
    """Raise SettingRefused for a process of an installation whose database nobody named."""
    if settings.database_url is None:
        raise SettingRefused("DATABASE_URL", "manca: solo «percorsi run» avvia un database suo.")

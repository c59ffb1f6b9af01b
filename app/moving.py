"""Migrations of running paths, worked off in batches by the workers.

An instance is a transaction of its own, so a worker that dies loses nothing: its job goes back to the queue and goes
on with the next instance. One that a mistake of ours keeps from moving is left to a person and never stops the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine as Database
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.wiring import EngineMaker
from engine import InstanceBusy

log = structlog.get_logger()

BATCH = 50
"""Instances a job moves before it lets others through."""


def run_batch(database: Database, maker: EngineMaker, ente_id: int, migration_id: int) -> None:
    """Move a batch of a migration's instances; queue the next one, or a later look at those that must wait.

    Raises what says that the database or another step is in the way: the queue tries again.
    """
    with ente_context(ente_id):
        for _ in range(BATCH):
            with _transaction(database) as session:
                following = maker(session, ente_id).next_to_migrate(migration_id)
            if following is None:
                with _transaction(database) as session:
                    maker(session, ente_id).rest_migration(migration_id)
                return
            _advance(database, maker, ente_id, migration_id, following)
        with _transaction(database) as session:
            maker(session, ente_id).dispatch_migration(migration_id, None)


def _advance(
    database: Database, maker: EngineMaker, ente_id: int, migration_id: int, instance_id: int
) -> None:
    try:
        with _transaction(database) as session:
            maker(session, ente_id).migrate_instance(migration_id, instance_id)
    except (OperationalError, InstanceBusy):
        raise
    except Exception as error:  # noqa: BLE001 - one that cannot be moved never stops the others
        log.exception("migration.broken", migration=migration_id, instance=instance_id)
        with _transaction(database) as session:
            maker(session, ente_id).leave_instance(migration_id, instance_id, type(error).__name__)


@contextmanager
def _transaction(database: Database) -> Iterator[Session]:
    with Session(database) as session, session.begin():
        yield session

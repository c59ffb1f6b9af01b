"""How a migration runs: as the owner, one transaction each, never waiting long for a lock."""

from typing import Final

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from engine.tables import metadata

LOCK_TIMEOUT: Final = "5s"
ONE_AT_A_TIME: Final = 4_061_968_331  # our advisory lock: two machines may start at the same moment


def run() -> None:
    """Run what was asked of Alembic against the address in the configuration's attributes."""
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        connection.execute(text("select set_config('lock_timeout', :value, false)"), {"value": LOCK_TIMEOUT})
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise NotImplementedError("migrations read the catalogue: run them against a database")
run()

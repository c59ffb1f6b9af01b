"""The database's schema over time: Alembic, run in code by `app.database.schema`, without an alembic.ini."""

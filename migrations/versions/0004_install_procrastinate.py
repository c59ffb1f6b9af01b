"""install procrastinate's schema: a job is put in by the transaction that needs it, so its tables live here.

The SQL is that of the installed package, whose version is pinned: a new version that changes its schema comes
with a migration of its own, which applies the files of procrastinate/sql/migrations in between.
"""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from migrations.rls import share

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "procrastinate_workers",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_events",
)

_FUNCTIONS = text(
    """
    select oid::regprocedure::text from pg_proc
    where pronamespace = 'public'::regnamespace and proname like 'procrastinate\\_%'
    """
)
_TYPES = text(
    """
    select oid::regtype::text from pg_type
    where typnamespace = 'public'::regnamespace and typname like 'procrastinate\\_%' and typtype in ('e', 'c')
    """
)


def upgrade() -> None:
    # Its functions contain % and :: which must reach the server as they are.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema(), execution_options={"no_parameters": True})
    for table in TABLES:
        share(op, table)


def downgrade() -> None:
    bind = op.get_bind()
    # cascade: its functions take and return rows of its tables, whose triggers call its functions.
    op.execute(f"drop table {', '.join(TABLES)} cascade")
    for signature in bind.scalars(_FUNCTIONS).all():
        op.execute(f"drop function {signature}")
    for name in bind.scalars(_TYPES).all():
        op.execute(f"drop type {name}")

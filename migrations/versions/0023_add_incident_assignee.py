"""add to an incident the person who sees to it."""

import sqlalchemy as sa
from alembic import op

from migrations.rls import share

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engine_incident", sa.Column("assignee_id", sa.BigInteger))
    share(op, "engine_incident", "update (assignee_id)")


def downgrade() -> None:
    op.drop_column("engine_incident", "assignee_id")

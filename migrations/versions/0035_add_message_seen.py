"""add to a message when somebody looked into it: one that nobody ever awaited is shown until then."""

import sqlalchemy as sa
from alembic import op

from migrations.rls import share

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engine_message", sa.Column("seen_at", sa.DateTime(timezone=True)))
    share(op, "engine_message", "update (seen_at)")


def downgrade() -> None:
    op.drop_column("engine_message", "seen_at")

"""add the day of the next check to monitoraggio, and the hour of what the diary tells."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("monitoraggio", sa.Column("prossima_verifica", sa.Date))
    op.add_column("diario", sa.Column("ora", sa.Time))


def downgrade() -> None:
    op.drop_column("diario", "ora")
    op.drop_column("monitoraggio", "prossima_verifica")

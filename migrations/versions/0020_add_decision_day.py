"""add to pratica the day of the decision that concludes the procedimento."""

import sqlalchemy as sa
from alembic import op

from migrations.rls import share

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pratica", sa.Column("deciso_il", sa.Date))
    share(op, "pratica", "update (deciso_il)")


def downgrade() -> None:
    op.drop_column("pratica", "deciso_il")

"""add to engine_release the messages and signals that open its path, so that no program is compiled to know them."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table engine_release add column opens text[] not null default '{}'")


def downgrade() -> None:
    op.execute("alter table engine_release drop column opens")

"""index the messages that nobody ever awaited, until somebody looks into them."""

from alembic import op

from migrations import aside

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    aside.build(
        op,
        "ix_engine_message_dead",
        "engine_message (ente_id, name, source) where status = 'dead' and seen_at is null",
    )


def downgrade() -> None:
    aside.drop(op, "ix_engine_message_dead")

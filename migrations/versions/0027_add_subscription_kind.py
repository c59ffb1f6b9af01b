"""add to engine_subscription what is awaited: a message for one pratica, or a signal for whoever listens."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        alter table engine_subscription
            add column kind text not null default 'message',
            add constraint ck_engine_subscription_kind check (kind in ('message', 'signal'))
    """)


def downgrade() -> None:
    op.execute("delete from engine_subscription where kind = 'signal'")
    op.execute("alter table engine_subscription drop column kind")

"""create the drafts: what somebody has typed in a task's form and not yet sent."""

from alembic import op

from migrations.rls import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table bozza (
            ente_id integer not null,
            task_id bigint not null,
            account_id bigint not null,
            campi jsonb not null,
            saved_at timestamptz not null,
            constraint pk_bozza primary key (ente_id, task_id, account_id),
            constraint fk_bozza_task foreign key (ente_id, task_id)
                references engine_task (ente_id, id) on delete cascade,
            constraint fk_bozza_account foreign key (ente_id, account_id) references account (ente_id, id)
        )
    """)
    protect(op, "bozza")


def downgrade() -> None:
    op.execute("drop table bozza")

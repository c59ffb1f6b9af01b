"""create the answered requests of the API: a command sent twice with one Idempotency-Key takes effect once."""

from alembic import op

from migrations.rls import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table richiesta_api (
            ente_id integer not null,
            token_id bigint not null,
            chiave bytea not null,
            impronta bytea not null,
            risposta bytea not null,
            recorded_at timestamptz default now() not null,
            expires_at timestamptz not null,
            constraint pk_richiesta_api primary key (ente_id, token_id, chiave),
            constraint fk_richiesta_api_ente_id_token_id foreign key (ente_id, token_id)
                references token_api (ente_id, id),
            constraint ck_richiesta_api_impronte check (length(chiave) = 32 and length(impronta) = 32)
        )
    """)
    op.execute("create index ix_richiesta_api_ente_id_expires_at on richiesta_api (ente_id, expires_at)")
    protect(op, "richiesta_api")


def downgrade() -> None:
    op.execute("drop table richiesta_api")

"""create variazione_budget: what came to a capitolo and what was taken from it, by whom and why.

What was added before this is only in the audit.
"""

from alembic import op

from migrations.rls import protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE variazione_budget (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    budget_id BIGINT NOT NULL,
    euro NUMERIC(12, 2) NOT NULL,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_variazione_budget PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_variazione_budget_ente_id_budget_id FOREIGN KEY(ente_id, budget_id) REFERENCES budget
        (ente_id, id),
    CONSTRAINT ck_variazione_budget_motivo CHECK (euro > 0 or length(btrim(motivo)) >= 3)
);

CREATE INDEX ix_variazione_budget_ente_id_budget_id ON variazione_budget (ente_id, budget_id);
"""


def upgrade() -> None:
    op.execute(TABLE)
    protect(op, "variazione_budget", "select, insert")


def downgrade() -> None:
    op.drop_table("variazione_budget")

"""create sospensione_fornitore: from when to when a supplier takes no orders, why, and who said so.

An accreditation may be renewed by another deed, from another day.
"""

from alembic import op

from migrations.rls import APPLICATION, protect

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

RENEWED = "atto, dal, partita_iva"
TABLE = """
CREATE TABLE sospensione_fornitore (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    fornitore_id TEXT NOT NULL,
    motivo TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    da_chi TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sospensione_fornitore PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_sospensione_fornitore_ente_id_fornitore_id FOREIGN KEY(ente_id, fornitore_id) REFERENCES
        fornitore (ente_id, id),
    CONSTRAINT ck_sospensione_fornitore_motivo CHECK (length(btrim(motivo)) >= 3),
    CONSTRAINT ck_sospensione_fornitore_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_sospensione_fornitore_ente_id_fornitore_id ON sospensione_fornitore (ente_id, fornitore_id);
"""


def upgrade() -> None:
    op.execute(TABLE)
    protect(op, "sospensione_fornitore", "select, insert, update (al)")
    op.execute(f"grant update ({RENEWED}) on fornitore to {APPLICATION}")


def downgrade() -> None:
    op.execute(f"revoke update ({RENEWED}) on fornitore from {APPLICATION}")
    op.drop_table("sospensione_fornitore")

"""create avviso: every letter as it left; only its delivery is told later."""

from alembic import op

from migrations.rls import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE avviso (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT,
    pratica_id BIGINT,
    lettera TEXT NOT NULL,
    destinatario_tipo TEXT NOT NULL,
    destinatario TEXT NOT NULL,
    canale TEXT NOT NULL,
    recapito TEXT,
    oggetto TEXT NOT NULL,
    testo TEXT NOT NULL,
    riferimenti JSONB DEFAULT '{}' NOT NULL,
    stato TEXT NOT NULL,
    inviato_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ricevuto_il DATE,
    chiave TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_avviso PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_avviso_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT fk_avviso_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_avviso_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT ck_avviso_destinatario_tipo CHECK (destinatario_tipo in ('persona', 'fornitore', 'ruolo',
        'comune', 'autorita')),
    CONSTRAINT ck_avviso_canale CHECK (canale in ('email', 'pec', 'posta', 'telefono', 'interno', 'portale',
        'consegna')),
    CONSTRAINT ck_avviso_stato CHECK (stato in ('simulato', 'trattenuto', 'inviato', 'ricevuto',
        'fallito')),
    CONSTRAINT uq_avviso_ente_id_chiave UNIQUE (ente_id, chiave)
);

CREATE INDEX ix_avviso_ente_id_persona_id ON avviso (ente_id, persona_id);

CREATE INDEX ix_avviso_ente_id_pratica_id ON avviso (ente_id, pratica_id)
"""

PROTECTED = {
    "avviso": "select, insert, update (stato, ricevuto_il)",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

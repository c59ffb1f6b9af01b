"""create the acts of a procedimento: notice, observations, decision, transfer."""

from alembic import op

from migrations.rls import protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE preavviso (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    domanda_id BIGINT NOT NULL,
    motivi TEXT[] NOT NULL,
    spiegazione TEXT,
    canale_invio TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_preavviso PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_preavviso_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_preavviso_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_preavviso_ente_id_domanda_id FOREIGN KEY(ente_id, domanda_id) REFERENCES domanda (ente_id,
        id),
    CONSTRAINT ck_preavviso_canale_invio CHECK (canale_invio in ('send', 'pec', 'raccomandata'))
);

CREATE INDEX ix_preavviso_ente_id_domanda_id ON preavviso (ente_id, domanda_id);

CREATE TABLE osservazioni (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    preavviso_id BIGINT NOT NULL,
    accolte BOOLEAN NOT NULL,
    motivazione TEXT NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_osservazioni PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_osservazioni_ente_id_preavviso_id FOREIGN KEY(ente_id, preavviso_id) REFERENCES preavviso
        (ente_id, id)
);

CREATE INDEX ix_osservazioni_ente_id_preavviso_id ON osservazioni (ente_id, preavviso_id);

CREATE TABLE provvedimento (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    domanda_id BIGINT NOT NULL,
    protocollo_id BIGINT NOT NULL,
    avviso_id BIGINT,
    tipo TEXT NOT NULL,
    motivazione TEXT NOT NULL,
    norme TEXT,
    osservazioni_risposta TEXT,
    ricorso_a TEXT,
    firmato_il DATE NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_provvedimento PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_provvedimento_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_provvedimento_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_provvedimento_ente_id_domanda_id FOREIGN KEY(ente_id, domanda_id) REFERENCES domanda
        (ente_id, id),
    CONSTRAINT fk_provvedimento_ente_id_protocollo_id FOREIGN KEY(ente_id, protocollo_id) REFERENCES
        protocollo (ente_id, id),
    CONSTRAINT fk_provvedimento_ente_id_avviso_id FOREIGN KEY(ente_id, avviso_id) REFERENCES avviso
        (ente_id, id),
    CONSTRAINT ck_provvedimento_tipo CHECK (tipo in ('diniego'))
);

CREATE INDEX ix_provvedimento_ente_id_persona_id ON provvedimento (ente_id, persona_id);

CREATE TABLE trasferimento (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    nuovo_comune TEXT NOT NULL,
    trasferisce BOOLEAN NOT NULL,
    competenza_dal DATE,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_trasferimento PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_trasferimento_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_trasferimento_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id)
);

CREATE INDEX ix_trasferimento_ente_id_persona_id ON trasferimento (ente_id, persona_id)
"""

PROTECTED = {
    "preavviso": "select, insert",
    "osservazioni": "select, insert",
    "provvedimento": "select, insert",
    "trasferimento": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

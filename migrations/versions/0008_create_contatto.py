"""create contatto and its orientation.

What was asked stays as it was told, only its persona and end are set later.
"""

from alembic import op

from migrations.rls import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE contatto (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    unita_id TEXT,
    persona_id BIGINT,
    canale TEXT NOT NULL,
    data DATE NOT NULL,
    ora TIME WITHOUT TIME ZONE,
    chi_chiede TEXT NOT NULL,
    segnalante_nome TEXT,
    segnalante_recapito TEXT,
    segnalante_tipo TEXT,
    anonimo BOOLEAN NOT NULL,
    codice_fiscale TEXT,
    cognome TEXT,
    nome TEXT,
    data_nascita DATE,
    recapito TEXT,
    indirizzo TEXT,
    lingua TEXT,
    mediazione_linguistica BOOLEAN NOT NULL,
    domanda_espressa TEXT NOT NULL,
    tipo_richiesta TEXT NOT NULL,
    area_utenza TEXT NOT NULL,
    urgenza TEXT NOT NULL,
    minore_a_rischio BOOLEAN NOT NULL,
    informativa_data BOOLEAN NOT NULL,
    scelta TEXT,
    scelta_motivo TEXT,
    esito TEXT,
    chiuso_at TIMESTAMP WITH TIME ZONE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_contatto PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_contatto_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT fk_contatto_ente_id_unita_id FOREIGN KEY(ente_id, unita_id) REFERENCES unita (ente_id, id),
    CONSTRAINT fk_contatto_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT ck_contatto_canale CHECK (canale in ('sportello', 'telefono', 'online', 'pec', 'domicilio',
        'segnalazione')),
    CONSTRAINT ck_contatto_chi_chiede CHECK (chi_chiede in ('interessato', 'familiare', 'rappresentante',
        'altri')),
    CONSTRAINT ck_contatto_tipo_richiesta CHECK (tipo_richiesta in ('informazione', 'aiuto')),
    CONSTRAINT ck_contatto_area_utenza CHECK (area_utenza in ('famiglia_minori', 'disabili', 'dipendenze',
        'anziani', 'immigrati', 'poverta_senza_dimora', 'multiutenza')),
    CONSTRAINT ck_contatto_urgenza CHECK (urgenza in ('nessuna', 'entro_7gg', 'entro_24h')),
    CONSTRAINT ck_contatto_scelta CHECK (scelta in ('esistente', 'nuova'))
);

CREATE INDEX ix_contatto_ente_id_persona_id ON contatto (ente_id, persona_id);

CREATE INDEX ix_contatto_ente_id_unita_id_data ON contatto (ente_id, unita_id, data);

CREATE TABLE orientamento (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contatto_id BIGINT NOT NULL,
    argomenti TEXT[] NOT NULL,
    informazioni_date TEXT NOT NULL,
    rivolgersi_a TEXT,
    scheda_consegnata BOOLEAN NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_orientamento PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_orientamento_ente_id_contatto_id FOREIGN KEY(ente_id, contatto_id) REFERENCES contatto
        (ente_id, id)
);

CREATE INDEX ix_orientamento_ente_id_contatto_id ON orientamento (ente_id, contatto_id)
"""

PROTECTED = {
    "contatto": "select, insert, update (persona_id, scelta, scelta_motivo, esito, chiuso_at)",
    "orientamento": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

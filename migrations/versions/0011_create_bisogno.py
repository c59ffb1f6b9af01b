"""create diario, bisogno and colloquio: what is written there is added to, never changed."""

from alembic import op

from migrations.rls import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE diario (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    fatto_il DATE NOT NULL,
    tipo TEXT NOT NULL,
    testo TEXT NOT NULL,
    misure TEXT[] NOT NULL,
    emergenza_rientrata BOOLEAN,
    corregge_id BIGINT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_diario PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_diario_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_diario_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_diario_ente_id_corregge_id FOREIGN KEY(ente_id, corregge_id) REFERENCES diario (ente_id,
        id),
    CONSTRAINT ck_diario_tipo CHECK (tipo in ('colloquio', 'visita', 'telefonata', 'rete', 'nota'))
);

CREATE INDEX ix_diario_ente_id_persona_id_fatto_il ON diario (ente_id, persona_id, fatto_il);

CREATE INDEX ix_diario_ente_id_pratica_id ON diario (ente_id, pratica_id);

CREATE TABLE bisogno (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tipo TEXT NOT NULL,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    contatto_id BIGINT,
    espresso_id BIGINT,
    testo TEXT,
    dimensione TEXT,
    gravita INTEGER,
    risorse TEXT,
    note TEXT,
    rilevato_il DATE NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_bisogno PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_bisogno_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_bisogno_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_bisogno_ente_id_contatto_id FOREIGN KEY(ente_id, contatto_id) REFERENCES contatto
        (ente_id, id),
    CONSTRAINT fk_bisogno_ente_id_espresso_id FOREIGN KEY(ente_id, espresso_id) REFERENCES bisogno (ente_id,
        id),
    CONSTRAINT ck_bisogno_tipo CHECK (tipo in ('espresso', 'rilevato')),
    CONSTRAINT ck_bisogno_dimensione CHECK (dimensione in ('abitativa', 'reddituale', 'lavorativa',
        'salute_autonomia', 'relazionale', 'educativa', 'legale')),
    CONSTRAINT ck_bisogno_gravita CHECK (gravita between 1 and 5),
    CONSTRAINT ck_bisogno_contenuto CHECK (case tipo when 'espresso' then testo is not null else dimensione
        is not null and gravita is not null end)
);

CREATE INDEX ix_bisogno_ente_id_persona_id ON bisogno (ente_id, persona_id);

CREATE TABLE colloquio (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    contatto_id BIGINT,
    bisogno_id BIGINT,
    diario_id BIGINT NOT NULL,
    data DATE NOT NULL,
    luogo TEXT NOT NULL,
    presenti TEXT[] NOT NULL,
    isee_disponibile TEXT,
    rete_familiare JSONB NOT NULL,
    servizi_attivi TEXT[] NOT NULL,
    esito TEXT NOT NULL,
    percorso_prestazione TEXT,
    servizio_destinatario TEXT,
    ipotesi_intervento TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_colloquio PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_colloquio_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_colloquio_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_colloquio_ente_id_contatto_id FOREIGN KEY(ente_id, contatto_id) REFERENCES contatto
        (ente_id, id),
    CONSTRAINT fk_colloquio_ente_id_bisogno_id FOREIGN KEY(ente_id, bisogno_id) REFERENCES bisogno (ente_id,
        id),
    CONSTRAINT fk_colloquio_ente_id_diario_id FOREIGN KEY(ente_id, diario_id) REFERENCES diario (ente_id,
        id),
    CONSTRAINT ck_colloquio_esito CHECK (esito in ('prestazione', 'presa_in_carico', 'invio'))
);

CREATE INDEX ix_colloquio_ente_id_persona_id ON colloquio (ente_id, persona_id)
"""

PROTECTED = {
    "diario": "select, insert",
    "bisogno": "select, insert",
    "colloquio": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

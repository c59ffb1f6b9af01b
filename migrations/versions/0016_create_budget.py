"""create budget, what is reserved of it and who waits for it: never more reserved than there is."""

from alembic import op

from migrations.rls import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE budget (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    anno INTEGER NOT NULL,
    servizio TEXT NOT NULL,
    capitolo TEXT NOT NULL,
    fondo TEXT,
    stanziato_eur NUMERIC(12, 2) NOT NULL,
    prenotato_eur NUMERIC(12, 2) DEFAULT 0 NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_budget PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_budget_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT ck_budget_servizio CHECK (servizio in ('domiciliarita', 'interventi')),
    CONSTRAINT uq_budget_ente_id_anno_capitolo UNIQUE (ente_id, anno, capitolo),
    CONSTRAINT ck_budget_capienza CHECK (prenotato_eur between 0 and stanziato_eur)
);

CREATE INDEX ix_budget_ente_id_servizio_anno ON budget (ente_id, servizio, anno);

CREATE TABLE prenotazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    budget_id BIGINT NOT NULL,
    piano_id BIGINT,
    progetto_id BIGINT,
    importo_mensile_eur NUMERIC(12, 2) NOT NULL,
    importo_eur NUMERIC(12, 2) NOT NULL,
    dal DATE NOT NULL,
    stato TEXT NOT NULL,
    chiusa_at TIMESTAMP WITH TIME ZONE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_prenotazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_prenotazione_ente_id_budget_id FOREIGN KEY(ente_id, budget_id) REFERENCES budget (ente_id,
        id),
    CONSTRAINT fk_prenotazione_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT fk_prenotazione_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT ck_prenotazione_stato CHECK (stato in ('attiva', 'sostituita', 'liberata')),
    CONSTRAINT ck_prenotazione_oggetto CHECK (num_nonnulls(piano_id, progetto_id) = 1),
    CONSTRAINT ck_prenotazione_segno CHECK (importo_mensile_eur >= 0 and importo_eur >= 0)
);

CREATE UNIQUE INDEX uq_prenotazione_piano ON prenotazione (ente_id, piano_id) WHERE stato = 'attiva';

CREATE UNIQUE INDEX uq_prenotazione_progetto ON prenotazione (ente_id, progetto_id) WHERE stato = 'attiva';

CREATE TABLE iscrizione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    servizio TEXT NOT NULL,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    piano_id BIGINT,
    progetto_id BIGINT,
    punteggio INTEGER NOT NULL,
    domanda_il DATE NOT NULL,
    nata_il DATE,
    importo_mensile_eur NUMERIC(12, 2) NOT NULL,
    stato TEXT NOT NULL,
    chiamata_at TIMESTAMP WITH TIME ZONE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_iscrizione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_iscrizione_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_iscrizione_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_iscrizione_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT fk_iscrizione_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT ck_iscrizione_servizio CHECK (servizio in ('domiciliarita', 'interventi')),
    CONSTRAINT ck_iscrizione_stato CHECK (stato in ('in_attesa', 'chiamata', 'uscita')),
    CONSTRAINT ck_iscrizione_oggetto CHECK (num_nonnulls(piano_id, progetto_id) = 1)
);

CREATE INDEX ix_iscrizione_ente_id_persona_id ON iscrizione (ente_id, persona_id);

CREATE INDEX ix_iscrizione_ente_id_servizio_stato ON iscrizione (ente_id, servizio, stato)
"""

PROTECTED = {
    "budget": "select, insert, update (stanziato_eur, prenotato_eur)",
    "prenotazione": "select, insert, update (stato, importo_eur, chiusa_at)",
    "iscrizione": "select, insert, update (punteggio, stato, chiamata_at)",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

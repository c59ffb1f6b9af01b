"""create domanda, valutazione and the ISEE attestations: on what a service is granted.

The project comes first, because an application may come from one of its interventions.
"""

from alembic import op

from migrations.rls import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE analisi (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    bisogni JSONB NOT NULL,
    punti_di_forza TEXT,
    urgenze TEXT,
    complessita TEXT,
    bisogno_sanitario BOOLEAN,
    area_utenza TEXT,
    membri JSONB NOT NULL,
    sintesi TEXT,
    strumenti JSONB NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_analisi PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_analisi_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_analisi_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT ck_analisi_complessita CHECK (complessita in ('semplice', 'lavoro', 'complesso',
        'specialistico'))
);

CREATE INDEX ix_analisi_ente_id_persona_id ON analisi (ente_id, persona_id);

CREATE TABLE progetto (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    analisi_id BIGINT,
    radice_id BIGINT,
    versione INTEGER NOT NULL,
    stato TEXT NOT NULL,
    impegni_persona TEXT[] NOT NULL,
    impegni_servizi TEXT[] NOT NULL,
    verifica_il DATE,
    dal DATE,
    al DATE,
    firma TEXT,
    firmato_il DATE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_progetto PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_progetto_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_progetto_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_progetto_ente_id_analisi_id FOREIGN KEY(ente_id, analisi_id) REFERENCES analisi (ente_id,
        id),
    CONSTRAINT fk_progetto_ente_id_radice_id FOREIGN KEY(ente_id, radice_id) REFERENCES progetto (ente_id,
        id),
    CONSTRAINT ck_progetto_stato CHECK (stato in ('bozza', 'respinto', 'approvato', 'attivo', 'superato',
        'chiuso')),
    CONSTRAINT ck_progetto_firma CHECK (firma in ('autografa', 'fea', 'digitale', 'spid_cie', 'rifiutata'))
);

CREATE INDEX ix_progetto_ente_id_persona_id ON progetto (ente_id, persona_id);

CREATE UNIQUE INDEX uq_progetto_attivo ON progetto (ente_id, coalesce(radice_id, id)) WHERE stato =
    'attivo';

CREATE TABLE obiettivo (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    progetto_id BIGINT NOT NULL,
    dimensione TEXT NOT NULL,
    descrizione TEXT NOT NULL,
    indicatore TEXT NOT NULL,
    partenza TEXT,
    traguardo TEXT NOT NULL,
    scadenza DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_obiettivo PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_obiettivo_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT ck_obiettivo_dimensione CHECK (dimensione in ('abitativa', 'reddituale', 'lavorativa',
        'salute_autonomia', 'relazionale', 'educativa', 'legale'))
);

CREATE INDEX ix_obiettivo_ente_id_progetto_id ON obiettivo (ente_id, progetto_id);

CREATE TABLE intervento (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    progetto_id BIGINT NOT NULL,
    pratica_id BIGINT,
    prestazione_codice TEXT NOT NULL,
    descrizione TEXT,
    quantita NUMERIC(12, 2) NOT NULL,
    unita_misura TEXT NOT NULL,
    frequenza TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    costo_unitario NUMERIC(12, 2) NOT NULL,
    quota_ente NUMERIC(12, 2),
    quota_utente NUMERIC(12, 2),
    quota_ssn NUMERIC(12, 2),
    stato TEXT NOT NULL,
    chiuso_il DATE,
    chiuso_motivo TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_intervento PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_intervento_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT fk_intervento_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT ck_intervento_unita_misura CHECK (unita_misura in ('ora', 'giorno', 'pasto', 'euro',
        'mese')),
    CONSTRAINT ck_intervento_stato CHECK (stato in ('proposto', 'attivo', 'chiuso')),
    CONSTRAINT ck_intervento_segno CHECK (quantita >= 0 and costo_unitario >= 0)
);

CREATE INDEX ix_intervento_ente_id_progetto_id ON intervento (ente_id, progetto_id);

CREATE TABLE domanda (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    contatto_id BIGINT,
    intervento_id BIGINT,
    protocollo_id BIGINT NOT NULL,
    presentata_il DATE NOT NULL,
    codice_fiscale TEXT NOT NULL,
    tipo_isee TEXT NOT NULL,
    urgente BOOLEAN NOT NULL,
    prestazioni_chieste TEXT[] NOT NULL,
    motivo TEXT,
    richiedente TEXT,
    atto_nomina TEXT,
    ricoverato BOOLEAN,
    accesso_casa TEXT,
    animali BOOLEAN,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_domanda PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_domanda_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_domanda_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_domanda_ente_id_contatto_id FOREIGN KEY(ente_id, contatto_id) REFERENCES contatto
        (ente_id, id),
    CONSTRAINT fk_domanda_ente_id_intervento_id FOREIGN KEY(ente_id, intervento_id) REFERENCES intervento
        (ente_id, id),
    CONSTRAINT fk_domanda_ente_id_protocollo_id FOREIGN KEY(ente_id, protocollo_id) REFERENCES protocollo
        (ente_id, id),
    CONSTRAINT ck_domanda_tipo_isee CHECK (tipo_isee in ('Ordinario', 'SocioSanitario', 'Minorenne')),
    CONSTRAINT ck_domanda_richiedente CHECK (richiedente in ('se_stesso', 'familiare', 'tutore', 'ads',
        'curatore'))
);

CREATE INDEX ix_domanda_ente_id_persona_id ON domanda (ente_id, persona_id);

CREATE INDEX ix_domanda_ente_id_pratica_id ON domanda (ente_id, pratica_id);

CREATE TABLE valutazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    domanda_id BIGINT,
    data DATE NOT NULL,
    aged INTEGER,
    adl INTEGER,
    iadl INTEGER,
    invalidita INTEGER,
    accompagnamento BOOLEAN,
    legge_104 TEXT,
    area_supporto INTEGER,
    dati JSONB NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_valutazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_valutazione_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_valutazione_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_valutazione_ente_id_domanda_id FOREIGN KEY(ente_id, domanda_id) REFERENCES domanda
        (ente_id, id),
    CONSTRAINT ck_valutazione_legge_104 CHECK (legge_104 in ('no', 'c1', 'c3'))
);

CREATE INDEX ix_valutazione_ente_id_persona_id ON valutazione (ente_id, persona_id);

CREATE TABLE attestazione_isee (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    tipo TEXT NOT NULL,
    valore_eur NUMERIC(12, 2) NOT NULL,
    protocollo_dsu TEXT,
    presentata_il DATE,
    scade_il DATE,
    difforme BOOLEAN NOT NULL,
    dati JSONB NOT NULL,
    letta_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_attestazione_isee PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_attestazione_isee_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id)
);

CREATE INDEX ix_attestazione_isee_ente_id_persona_id_scade_il ON attestazione_isee (ente_id, persona_id,
    scade_il)
"""

PROTECTED = {
    "analisi": (
        "select, insert, update (bisogni, punti_di_forza, urgenze, complessita, "
        "bisogno_sanitario, area_utenza, membri, sintesi, strumenti)"
    ),
    "progetto": (
        "select, insert, update (analisi_id, stato, impegni_persona, impegni_servizi, "
        "verifica_il, dal, al, firma, firmato_il)"
    ),
    "obiettivo": "select, insert, delete",
    "intervento": "select, insert, delete, update (pratica_id, stato, chiuso_il, chiuso_motivo)",
    "domanda": "select, insert",
    "valutazione": "select, insert",
    "attestazione_isee": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

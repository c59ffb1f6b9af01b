"""create suppliers, orders and the months that they account for."""

from alembic import op

from migrations.rls import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE fornitore (
    ente_id INTEGER NOT NULL,
    id TEXT NOT NULL,
    partita_iva TEXT,
    atto TEXT,
    dal DATE NOT NULL,
    al DATE,
    durc_scade_il DATE,
    zone TEXT[] NOT NULL,
    profili TEXT[] NOT NULL,
    ore_settimana NUMERIC(9, 2) NOT NULL,
    ultimo_incarico_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_fornitore PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_fornitore_unita FOREIGN KEY(ente_id, id) REFERENCES unita (ente_id, id),
    CONSTRAINT ck_fornitore_periodo CHECK (al is null or al >= dal - 1)
);

CREATE TABLE operatore_fornitore (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    fornitore_id TEXT NOT NULL,
    codice TEXT NOT NULL,
    nome TEXT,
    qualifica TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_operatore_fornitore PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_operatore_fornitore_ente_id_fornitore_id FOREIGN KEY(ente_id, fornitore_id) REFERENCES
        fornitore (ente_id, id),
    CONSTRAINT ck_operatore_fornitore_qualifica CHECK (qualifica in ('oss', 'assistente_familiare',
        'educatore')),
    CONSTRAINT ck_operatore_fornitore_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_operatore_fornitore_ente_id_fornitore_id_codice ON operatore_fornitore (ente_id,
    fornitore_id, codice);

CREATE TABLE ordine (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    piano_id BIGINT NOT NULL,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    fornitore_id TEXT NOT NULL,
    stato TEXT NOT NULL,
    urgente BOOLEAN NOT NULL,
    mandato_at TIMESTAMP WITH TIME ZONE NOT NULL,
    risposta_entro TIMESTAMP WITH TIME ZONE,
    risposto_at TIMESTAMP WITH TIME ZONE,
    motivo_rifiuto TEXT,
    primo_intervento_il DATE,
    operatore_riferimento TEXT,
    note TEXT,
    chiuso_dal DATE,
    chiuso_motivo TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_ordine PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_ordine_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT fk_ordine_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_ordine_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_ordine_ente_id_fornitore_id FOREIGN KEY(ente_id, fornitore_id) REFERENCES fornitore
        (ente_id, id),
    CONSTRAINT ck_ordine_stato CHECK (stato in ('mandato', 'accettato', 'rifiutato', 'scaduto', 'avviato',
        'sospeso', 'chiuso'))
);

CREATE INDEX ix_ordine_ente_id_fornitore_id_stato ON ordine (ente_id, fornitore_id, stato);

CREATE INDEX ix_ordine_ente_id_persona_id ON ordine (ente_id, persona_id);

CREATE INDEX ix_ordine_ente_id_piano_id ON ordine (ente_id, piano_id);

CREATE TABLE passaggio_ordine (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ordine_id BIGINT NOT NULL,
    stato TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    motivo TEXT,
    da_chi TEXT,
    CONSTRAINT pk_passaggio_ordine PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_passaggio_ordine_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine
        (ente_id, id),
    CONSTRAINT ck_passaggio_ordine_stato CHECK (stato in ('mandato', 'accettato', 'rifiutato', 'scaduto',
        'avviato', 'sospeso', 'chiuso'))
);

CREATE INDEX ix_passaggio_ordine_ente_id_ordine_id ON passaggio_ordine (ente_id, ordine_id);

CREATE TABLE sospensione_ordine (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ordine_id BIGINT NOT NULL,
    motivo TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sospensione_ordine PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_sospensione_ordine_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine
        (ente_id, id),
    CONSTRAINT ck_sospensione_ordine_motivo CHECK (motivo in ('ricovero', 'assenza',
        'rinuncia_temporanea')),
    CONSTRAINT ck_sospensione_ordine_periodo CHECK (al is null or al >= dal - 1)
);

CREATE UNIQUE INDEX uq_sospensione_ordine_aperta ON sospensione_ordine (ente_id, ordine_id) WHERE al is
    null;

CREATE TABLE variazione_ordine (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ordine_id BIGINT NOT NULL,
    piano_id BIGINT NOT NULL,
    dal DATE NOT NULL,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_variazione_ordine PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_variazione_ordine_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine
        (ente_id, id),
    CONSTRAINT fk_variazione_ordine_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES
        piano_domiciliare (ente_id, id)
);

CREATE INDEX ix_variazione_ordine_ente_id_ordine_id ON variazione_ordine (ente_id, ordine_id);

CREATE TABLE rendiconto (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ordine_id BIGINT NOT NULL,
    mese TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE NOT NULL,
    invio_entro DATE NOT NULL,
    stato TEXT NOT NULL,
    ore_validate NUMERIC(9, 2),
    importo_eur NUMERIC(12, 2),
    validato_at TIMESTAMP WITH TIME ZONE,
    chiave TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rendiconto PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_rendiconto_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine (ente_id,
        id),
    CONSTRAINT ck_rendiconto_stato CHECK (stato in ('aperto', 'caricato', 'contestato', 'validato')),
    CONSTRAINT ck_rendiconto_mese CHECK (mese ~ '^[0-9]{4}-[0-9]{2}$' and al >= dal),
    CONSTRAINT uq_rendiconto_ente_id_ordine_id_mese UNIQUE (ente_id, ordine_id, mese),
    CONSTRAINT uq_rendiconto_ente_id_chiave UNIQUE (ente_id, chiave)
);

CREATE TABLE evento_erogazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    rendiconto_id BIGINT NOT NULL,
    riga INTEGER NOT NULL,
    persona_id BIGINT NOT NULL,
    fornitore_id TEXT NOT NULL,
    data DATE NOT NULL,
    dalle TIME WITHOUT TIME ZONE NOT NULL,
    alle TIME WITHOUT TIME ZONE NOT NULL,
    minuti INTEGER NOT NULL,
    operatore TEXT NOT NULL,
    prestazione TEXT NOT NULL,
    conferma TEXT NOT NULL,
    esito_tecnico TEXT NOT NULL,
    nota TEXT,
    controllo TEXT,
    controllo_motivo TEXT,
    costo_eur NUMERIC(12, 2),
    stato TEXT DEFAULT 'caricato' NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_evento_erogazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_evento_erogazione_ente_id_rendiconto_id FOREIGN KEY(ente_id, rendiconto_id) REFERENCES
        rendiconto (ente_id, id),
    CONSTRAINT fk_evento_erogazione_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT ck_evento_erogazione_prestazione CHECK (prestazione in ('igiene', 'aiuto_domestico', 'pasti',
        'accompagnamento', 'sorveglianza', 'telesoccorso', 'trasporto')),
    CONSTRAINT ck_evento_erogazione_conferma CHECK (conferma in ('nfc', 'qr', 'firma', 'assente')),
    CONSTRAINT ck_evento_erogazione_esito_tecnico CHECK (esito_tecnico in ('svolto', 'parziale',
        'rifiutato', 'assente_utente')),
    CONSTRAINT ck_evento_erogazione_controllo CHECK (controllo in ('ok', 'avviso', 'scarto')),
    CONSTRAINT ck_evento_erogazione_stato CHECK (stato in ('caricato', 'validato', 'scartato')),
    CONSTRAINT uq_evento_erogazione_ente_id_rendiconto_id_riga UNIQUE (ente_id, rendiconto_id, riga),
    CONSTRAINT uq_evento_erogazione_ente_id_rendiconto_id_data_dalle_operatore UNIQUE (ente_id,
        rendiconto_id, data, dalle, operatore)
);

CREATE INDEX ix_evento_erogazione_ente_id_fornitore_id_operatore_data ON evento_erogazione (ente_id,
    fornitore_id, operatore, data);

CREATE INDEX ix_evento_erogazione_ente_id_persona_id_data ON evento_erogazione (ente_id, persona_id, data);

CREATE TABLE contestazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    evento_id BIGINT NOT NULL,
    motivo TEXT NOT NULL,
    aperta_at TIMESTAMP WITH TIME ZONE NOT NULL,
    risposta TEXT,
    risposta_at TIMESTAMP WITH TIME ZONE,
    accolta BOOLEAN,
    decisione_motivo TEXT,
    decisa_at TIMESTAMP WITH TIME ZONE,
    da_chi TEXT,
    CONSTRAINT pk_contestazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_contestazione_ente_id_evento_id FOREIGN KEY(ente_id, evento_id) REFERENCES
        evento_erogazione (ente_id, id),
    CONSTRAINT uq_contestazione_ente_id_evento_id UNIQUE (ente_id, evento_id)
);

CREATE TABLE monitoraggio (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    progetto_id BIGINT,
    piano_id BIGINT,
    ordine_id BIGINT,
    data DATE NOT NULL,
    mese TEXT,
    soddisfazione INTEGER,
    scostamenti JSONB NOT NULL,
    esiti JSONB NOT NULL,
    presenti TEXT[] NOT NULL,
    prosegue BOOLEAN,
    motivo_fine TEXT,
    esito_verifica TEXT,
    sintesi TEXT,
    note TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_monitoraggio PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_monitoraggio_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_monitoraggio_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_monitoraggio_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT fk_monitoraggio_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT fk_monitoraggio_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine (ente_id,
        id),
    CONSTRAINT ck_monitoraggio_soddisfazione CHECK (soddisfazione between 1 and 5)
);

CREATE INDEX ix_monitoraggio_ente_id_persona_id ON monitoraggio (ente_id, persona_id);

CREATE TABLE chiusura (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    progetto_id BIGINT,
    piano_id BIGINT,
    ordine_id BIGINT,
    motivo TEXT NOT NULL,
    descrizione TEXT,
    chiuso_dal DATE,
    destinazione TEXT,
    follow_up BOOLEAN NOT NULL,
    esiti JSONB NOT NULL,
    approvata BOOLEAN,
    motivi TEXT,
    richiamata_il DATE,
    situazione TEXT,
    nota TEXT,
    riaprire BOOLEAN,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_chiusura PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_chiusura_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_chiusura_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_chiusura_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT fk_chiusura_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT fk_chiusura_ente_id_ordine_id FOREIGN KEY(ente_id, ordine_id) REFERENCES ordine (ente_id,
        id),
    CONSTRAINT ck_chiusura_motivo CHECK (motivo in ('obiettivi_raggiunti', 'decesso', 'trasferimento',
        'rinuncia', 'irreperibilita', 'maggiore_eta', 'inadempienza', 'passaggio_altro_servizio'))
);

CREATE INDEX ix_chiusura_ente_id_persona_id ON chiusura (ente_id, persona_id);

CREATE TABLE evento_siuss (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    prestazione_codice TEXT NOT NULL,
    evento TEXT NOT NULL,
    data DATE NOT NULL,
    inviato_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_evento_siuss PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_evento_siuss_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_evento_siuss_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT ck_evento_siuss_evento CHECK (evento in ('inizio', 'fine'))
);

CREATE INDEX ix_evento_siuss_ente_id_persona_id ON evento_siuss (ente_id, persona_id)
"""

PROTECTED = {
    "fornitore": (
        "select, insert, update (al, durc_scade_il, zone, profili, ore_settimana, ultimo_incarico_at)"
    ),
    "operatore_fornitore": "select, insert, update (al)",
    "ordine": (
        "select, insert, update (stato, risposto_at, motivo_rifiuto, primo_intervento_il, "
        "operatore_riferimento, note, chiuso_dal, chiuso_motivo)"
    ),
    "passaggio_ordine": "select, insert",
    "sospensione_ordine": "select, insert, update (al)",
    "variazione_ordine": "select, insert",
    "rendiconto": "select, insert, update (stato, ore_validate, importo_eur, validato_at)",
    "evento_erogazione": "select, insert, update (controllo, controllo_motivo, costo_eur, stato)",
    "contestazione": "select, insert, update (risposta, risposta_at, accolta, decisione_motivo, decisa_at)",
    "monitoraggio": "select, insert",
    "chiusura": (
        "select, insert, update (motivo, descrizione, chiuso_dal, destinazione, follow_up, "
        "esiti, approvata, motivi, richiamata_il, situazione, nota, riaprire)"
    ),
    "evento_siuss": "select, insert, update (inviato_at)",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

"""create pratica, its suspensions, assignments and protocol: the procedimento of L. 241/1990 around a path.

`numeratore` gives numbers without gaps: its row stays locked until the transaction that took a number ends.
"""

from alembic import op

from migrations.rls import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE numeratore (
    ente_id INTEGER NOT NULL,
    registro TEXT NOT NULL,
    anno INTEGER NOT NULL,
    ultimo INTEGER NOT NULL,
    CONSTRAINT pk_numeratore PRIMARY KEY (ente_id, registro, anno),
    CONSTRAINT fk_numeratore_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT ck_numeratore_ultimo CHECK (ultimo > 0)
);

CREATE TABLE pratica (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    anno INTEGER NOT NULL,
    numero INTEGER NOT NULL,
    percorso TEXT NOT NULL,
    titolo TEXT NOT NULL,
    persona_id BIGINT,
    unita_id TEXT,
    contatto_id BIGINT,
    responsabile_id BIGINT,
    case_manager_id BIGINT,
    instance_id BIGINT,
    aperta_da_id BIGINT,
    aperta_at TIMESTAMP WITH TIME ZONE NOT NULL,
    chiusa_at TIMESTAMP WITH TIME ZONE,
    esito TEXT,
    termine_giorni INTEGER,
    riservatezza TEXT DEFAULT 'ordinaria' NOT NULL,
    sintetico BOOLEAN DEFAULT false NOT NULL,
    chiave TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_pratica PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_pratica_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT fk_pratica_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT fk_pratica_ente_id_unita_id FOREIGN KEY(ente_id, unita_id) REFERENCES unita (ente_id, id),
    CONSTRAINT fk_pratica_ente_id_contatto_id FOREIGN KEY(ente_id, contatto_id) REFERENCES contatto
        (ente_id, id),
    CONSTRAINT fk_pratica_ente_id_responsabile_id FOREIGN KEY(ente_id, responsabile_id) REFERENCES account
        (ente_id, id),
    CONSTRAINT fk_pratica_ente_id_case_manager_id FOREIGN KEY(ente_id, case_manager_id) REFERENCES account
        (ente_id, id),
    CONSTRAINT fk_pratica_ente_id_aperta_da_id FOREIGN KEY(ente_id, aperta_da_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_pratica_ente_id_instance_id FOREIGN KEY(ente_id, instance_id) REFERENCES engine_instance
        (ente_id, id),
    CONSTRAINT uq_pratica_ente_id_anno_numero UNIQUE (ente_id, anno, numero),
    CONSTRAINT uq_pratica_ente_id_instance_id UNIQUE (ente_id, instance_id),
    CONSTRAINT uq_pratica_ente_id_chiave UNIQUE (ente_id, chiave),
    CONSTRAINT ck_pratica_riservatezza CHECK (riservatezza in ('ordinaria', 'minori', 'giudiziaria',
        'violenza', 'adozione')),
    CONSTRAINT ck_pratica_termine CHECK (termine_giorni > 0)
);

CREATE INDEX ix_pratica_aperte ON pratica (ente_id, unita_id, aperta_at) WHERE chiusa_at is null;

CREATE INDEX ix_pratica_ente_id_persona_id ON pratica (ente_id, persona_id);

CREATE TABLE sospensione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    pratica_id BIGINT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    motivo TEXT NOT NULL,
    norma TEXT NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sospensione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_sospensione_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT ck_sospensione_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_sospensione_ente_id_pratica_id ON sospensione (ente_id, pratica_id);

CREATE UNIQUE INDEX uq_sospensione_aperta ON sospensione (ente_id, pratica_id) WHERE al is null;

CREATE TABLE assegnazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    pratica_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    ruolo TEXT NOT NULL,
    dal_at TIMESTAMP WITH TIME ZONE NOT NULL,
    al_at TIMESTAMP WITH TIME ZONE,
    entro_il DATE,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_assegnazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_assegnazione_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_assegnazione_ente_id_account_id FOREIGN KEY(ente_id, account_id) REFERENCES account
        (ente_id, id),
    CONSTRAINT ck_assegnazione_ruolo CHECK (ruolo in ('case_manager', 'responsabile', 'incaricato'))
);

CREATE INDEX ix_assegnazione_ente_id_account_id ON assegnazione (ente_id, account_id);

CREATE INDEX ix_assegnazione_ente_id_pratica_id ON assegnazione (ente_id, pratica_id);

CREATE TABLE presa_in_carico (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT NOT NULL,
    unita_id TEXT,
    case_manager_id BIGINT,
    area_utenza TEXT,
    dal DATE NOT NULL,
    al DATE,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_presa_in_carico PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_presa_in_carico_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_presa_in_carico_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_presa_in_carico_ente_id_unita_id FOREIGN KEY(ente_id, unita_id) REFERENCES unita (ente_id,
        id),
    CONSTRAINT fk_presa_in_carico_ente_id_case_manager_id FOREIGN KEY(ente_id, case_manager_id) REFERENCES
        account (ente_id, id),
    CONSTRAINT ck_presa_in_carico_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_presa_in_carico_ente_id_persona_id ON presa_in_carico (ente_id, persona_id);

CREATE INDEX ix_presa_in_carico_ente_id_pratica_id ON presa_in_carico (ente_id, pratica_id);

CREATE TABLE documento (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    pratica_id BIGINT,
    persona_id BIGINT,
    tipo TEXT NOT NULL,
    titolo TEXT NOT NULL,
    testo TEXT,
    impronta BYTEA,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_documento PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_documento_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id,
        id),
    CONSTRAINT fk_documento_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id)
);

CREATE INDEX ix_documento_ente_id_pratica_id ON documento (ente_id, pratica_id);

CREATE TABLE protocollo (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    anno INTEGER NOT NULL,
    numero INTEGER NOT NULL,
    verso TEXT NOT NULL,
    oggetto TEXT NOT NULL,
    destinatario TEXT,
    pratica_id BIGINT,
    persona_id BIGINT,
    documento_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_protocollo PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_protocollo_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT fk_protocollo_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_protocollo_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_protocollo_ente_id_documento_id FOREIGN KEY(ente_id, documento_id) REFERENCES documento
        (ente_id, id),
    CONSTRAINT uq_protocollo_ente_id_anno_numero UNIQUE (ente_id, anno, numero),
    CONSTRAINT ck_protocollo_verso CHECK (verso in ('in_arrivo', 'in_partenza'))
);

CREATE INDEX ix_protocollo_ente_id_pratica_id ON protocollo (ente_id, pratica_id)
"""

PROTECTED = {
    "numeratore": "select, insert, update (ultimo)",
    "pratica": (
        "select, insert, update (persona_id, unita_id, contatto_id, responsabile_id, "
        "case_manager_id, instance_id, chiusa_at, esito, termine_giorni, riservatezza)"
    ),
    "sospensione": "select, insert, update (al)",
    "assegnazione": "select, insert, update (al_at)",
    "presa_in_carico": "select, insert, update (al)",
    "documento": "select, insert",
    "protocollo": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

"""create the home care plan, its approvals and what the persona pays.

A draft may be written again; a version that was in force is only closed.
"""

from alembic import op

from migrations.rls import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE piano_domiciliare (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    pratica_id BIGINT,
    domanda_id BIGINT,
    radice_id BIGINT,
    versione INTEGER NOT NULL,
    stato TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    ore_mese NUMERIC(9, 2) NOT NULL,
    costo_mese NUMERIC(12, 2) NOT NULL,
    massimale_mensile NUMERIC(12, 2),
    massimale_motivo TEXT,
    accesso_casa TEXT,
    rischi_operatore TEXT[] NOT NULL,
    animali BOOLEAN,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_piano_domiciliare PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_piano_domiciliare_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_piano_domiciliare_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica
        (ente_id, id),
    CONSTRAINT fk_piano_domiciliare_ente_id_domanda_id FOREIGN KEY(ente_id, domanda_id) REFERENCES domanda
        (ente_id, id),
    CONSTRAINT fk_piano_domiciliare_ente_id_radice_id FOREIGN KEY(ente_id, radice_id) REFERENCES
        piano_domiciliare (ente_id, id),
    CONSTRAINT ck_piano_domiciliare_stato CHECK (stato in ('bozza', 'respinto', 'approvato', 'attivo',
        'superato', 'chiuso')),
    CONSTRAINT ck_piano_domiciliare_segno CHECK (massimale_mensile >= 0 and costo_mese >= 0)
);

CREATE INDEX ix_piano_domiciliare_ente_id_persona_id ON piano_domiciliare (ente_id, persona_id);

CREATE UNIQUE INDEX uq_piano_attivo ON piano_domiciliare (ente_id, coalesce(radice_id, id)) WHERE stato =
    'attivo';

CREATE TABLE turno (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    piano_id BIGINT NOT NULL,
    prestazione TEXT NOT NULL,
    profilo TEXT NOT NULL,
    giorno TEXT NOT NULL,
    dalle TIME WITHOUT TIME ZONE NOT NULL,
    alle TIME WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_turno PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_turno_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT ck_turno_prestazione CHECK (prestazione in ('igiene', 'aiuto_domestico', 'pasti',
        'accompagnamento', 'sorveglianza', 'telesoccorso', 'trasporto')),
    CONSTRAINT ck_turno_profilo CHECK (profilo in ('oss', 'assistente_familiare', 'educatore')),
    CONSTRAINT ck_turno_giorno CHECK (giorno in ('lun', 'mar', 'mer', 'gio', 'ven', 'sab', 'dom')),
    CONSTRAINT ck_turno_orario CHECK (alle > dalle)
);

CREATE INDEX ix_turno_ente_id_piano_id ON turno (ente_id, piano_id);

CREATE TABLE quota (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    piano_id BIGINT NOT NULL,
    fascia TEXT,
    tariffa_oraria NUMERIC(12, 2) NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    motivo TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_quota PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_quota_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT ck_quota_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_quota_ente_id_piano_id ON quota (ente_id, piano_id);

CREATE TABLE approvazione (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    progetto_id BIGINT,
    piano_id BIGINT,
    approvato BOOLEAN NOT NULL,
    motivi TEXT,
    da_chi TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_approvazione PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_approvazione_ente_id_progetto_id FOREIGN KEY(ente_id, progetto_id) REFERENCES progetto
        (ente_id, id),
    CONSTRAINT fk_approvazione_ente_id_piano_id FOREIGN KEY(ente_id, piano_id) REFERENCES piano_domiciliare
        (ente_id, id),
    CONSTRAINT ck_approvazione_oggetto CHECK (num_nonnulls(progetto_id, piano_id) = 1)
)
"""

PROTECTED = {
    "piano_domiciliare": (
        "select, insert, update (stato, dal, al, ore_mese, costo_mese, massimale_mensile, "
        "massimale_motivo, accesso_casa, rischi_operatore, animali, motivo, da_chi)"
    ),
    "turno": "select, insert, delete",
    "quota": "select, insert, update (al)",
    "approvazione": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

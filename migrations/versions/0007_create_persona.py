"""create the registry of people: who they are, how they are known, where and with whom they live.

Facts with a beginning and an end are closed, never changed: the grants allow nothing else. The database
itself prepares the words by which a persona is searched, so that whoever writes a name writes them too.
"""

from alembic import op

from migrations.rls import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE persona (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    cognome TEXT,
    nome TEXT,
    sesso TEXT,
    nata_il DATE,
    nata_a TEXT,
    cittadinanza TEXT,
    lingua TEXT,
    deceduta_il DATE,
    livello_riservatezza TEXT DEFAULT 'ordinaria' NOT NULL,
    unita_id TEXT,
    sintetico BOOLEAN DEFAULT false NOT NULL,
    ricerca TSVECTOR NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_persona PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_persona_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT fk_persona_ente_id_unita_id FOREIGN KEY(ente_id, unita_id) REFERENCES unita (ente_id, id),
    CONSTRAINT ck_persona_livello_riservatezza CHECK (livello_riservatezza in ('ordinaria', 'minori',
        'giudiziaria', 'violenza', 'adozione')),
    CONSTRAINT ck_persona_sesso CHECK (sesso in ('M', 'F')),
    CONSTRAINT ck_persona_vita CHECK (deceduta_il >= nata_il)
);

CREATE INDEX ix_persona_ente_id_nata_il ON persona (ente_id, nata_il);

CREATE INDEX ix_persona_ricerca ON persona USING gin (ricerca);

CREATE TABLE identificativo (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    tipo TEXT NOT NULL,
    valore TEXT NOT NULL,
    canonico TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_identificativo PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_identificativo_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT ck_identificativo_tipo CHECK (tipo in ('cf', 'omocodia', 'temporaneo', 'stp', 'eni')),
    CONSTRAINT ck_identificativo_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_identificativo_ente_id_canonico ON identificativo (ente_id, canonico);

CREATE INDEX ix_identificativo_ente_id_persona_id ON identificativo (ente_id, persona_id);

CREATE UNIQUE INDEX uq_identificativo_valore ON identificativo (ente_id, valore) WHERE al is null;

CREATE TABLE recapito (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    tipo TEXT NOT NULL,
    valore TEXT NOT NULL,
    riservato BOOLEAN DEFAULT false NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_recapito PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_recapito_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT ck_recapito_tipo CHECK (tipo in ('telefono', 'email', 'pec', 'posta')),
    CONSTRAINT ck_recapito_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_recapito_ente_id_persona_id ON recapito (ente_id, persona_id);

CREATE TABLE residenza (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    comune TEXT NOT NULL,
    indirizzo TEXT,
    cap TEXT,
    zona TEXT,
    protetta BOOLEAN DEFAULT false NOT NULL,
    fonte TEXT NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_residenza PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_residenza_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT ck_residenza_fonte CHECK (fonte in ('anpr', 'dichiarata', 'anagrafe')),
    CONSTRAINT ck_residenza_periodo CHECK (al is null or al >= dal - 1),
    CONSTRAINT ck_residenza_protetta CHECK (not protetta or indirizzo is null)
);

CREATE INDEX ix_residenza_ente_id_persona_id ON residenza (ente_id, persona_id);

CREATE TABLE stato_giuridico (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    persona_id BIGINT NOT NULL,
    stato TEXT NOT NULL,
    rappresentante_id BIGINT,
    atto TEXT,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_stato_giuridico PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_stato_giuridico_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona
        (ente_id, id),
    CONSTRAINT fk_stato_giuridico_ente_id_rappresentante_id FOREIGN KEY(ente_id, rappresentante_id)
        REFERENCES persona (ente_id, id),
    CONSTRAINT ck_stato_giuridico_stato CHECK (stato in ('capace', 'minore', 'interdetta', 'inabilitata',
        'amministrazione_sostegno')),
    CONSTRAINT ck_stato_giuridico_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_stato_giuridico_ente_id_persona_id ON stato_giuridico (ente_id, persona_id);

CREATE TABLE nucleo (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tipo TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_nucleo PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_nucleo_ente_id FOREIGN KEY(ente_id) REFERENCES ente (id),
    CONSTRAINT ck_nucleo_tipo CHECK (tipo in ('anagrafico', 'isee', 'isee_ristretto', 'relazionale',
        'fiscale'))
);

CREATE TABLE membro (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    nucleo_id BIGINT NOT NULL,
    persona_id BIGINT NOT NULL,
    relazione TEXT NOT NULL,
    convive BOOLEAN DEFAULT true NOT NULL,
    dal DATE NOT NULL,
    al DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_membro PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_membro_ente_id_nucleo_id FOREIGN KEY(ente_id, nucleo_id) REFERENCES nucleo (ente_id, id),
    CONSTRAINT fk_membro_ente_id_persona_id FOREIGN KEY(ente_id, persona_id) REFERENCES persona (ente_id,
        id),
    CONSTRAINT ck_membro_periodo CHECK (al is null or al >= dal - 1)
);

CREATE INDEX ix_membro_ente_id_nucleo_id ON membro (ente_id, nucleo_id);

CREATE INDEX ix_membro_ente_id_persona_id ON membro (ente_id, persona_id)
"""

PROTECTED = {
    "persona": (
        "select, insert, update (cognome, nome, sesso, nata_il, nata_a, cittadinanza, lingua, "
        "deceduta_il, livello_riservatezza, unita_id)"
    ),
    "identificativo": "select, insert, update (al)",
    "recapito": "select, insert, update (al)",
    "residenza": "select, insert, update (al)",
    "stato_giuridico": "select, insert, update (al)",
    "nucleo": "select, insert",
    "membro": "select, insert, update (al)",
}

# Lower case, without accents and signs: «D'Angelò» is found by «d angelo».
PLAIN_TEXT = """
create function testo_semplice(testo text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select btrim(regexp_replace(
        translate(lower(testo), 'àáâãäåèéêëìíîïòóôõöùúûüçñ', 'aaaaaaeeeeiiiiooooouuuucn'),
        '[^a-z0-9]+', ' ', 'g'
    ))
$$
"""

SEARCH_WORDS = """
create function persona_ricerca() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    new.ricerca := to_tsvector('simple', public.testo_semplice(concat_ws(' ', new.cognome, new.nome)));
    return new;
end
$$
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)
    op.execute(PLAIN_TEXT)
    op.execute(SEARCH_WORDS)
    op.execute(
        "create trigger persona_ricerca before insert or update of cognome, nome on persona "
        "for each row execute function persona_ricerca()"
    )


def downgrade() -> None:
    op.execute("drop trigger persona_ricerca on persona")
    op.execute("drop function persona_ricerca()")
    op.execute("drop function testo_semplice(text)")
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

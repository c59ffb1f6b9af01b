"""create file and file_contenuto: the files of pratiche, their bytes apart so that lists never read them.

Bytes are not compressed again: PDF and pictures already are. No row is ever deleted, only bytes are.
"""

from alembic import op

from migrations.rls import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE file (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    pratica_id BIGINT NOT NULL,
    task_id BIGINT,
    nome TEXT NOT NULL,
    media TEXT NOT NULL,
    dimensione INTEGER NOT NULL,
    impronta BYTEA NOT NULL,
    stato TEXT NOT NULL,
    controllato_at TIMESTAMP WITH TIME ZONE,
    tipo TEXT,
    titolo TEXT,
    da_chi TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_file_ente_id_pratica_id FOREIGN KEY(ente_id, pratica_id) REFERENCES pratica (ente_id, id),
    CONSTRAINT fk_file_ente_id_task_id FOREIGN KEY(ente_id, task_id) REFERENCES engine_task (ente_id, id),
    CONSTRAINT ck_file_stato CHECK (stato in ('accolto', 'da_controllare', 'infetto', 'rimosso')),
    CONSTRAINT ck_file_dimensione CHECK (dimensione between 1 and 20971520)
);

CREATE INDEX ix_file_ente_id_pratica_id ON file (ente_id, pratica_id);

CREATE INDEX ix_file_ente_id_task_id ON file (ente_id, task_id);

CREATE INDEX ix_file_da_controllare ON file (ente_id, id)
    WHERE controllato_at is null and stato in ('accolto', 'da_controllare');

CREATE TABLE file_contenuto (
    ente_id INTEGER NOT NULL,
    file_id BIGINT NOT NULL,
    contenuto BYTEA NOT NULL,
    CONSTRAINT pk_file_contenuto PRIMARY KEY (ente_id, file_id),
    CONSTRAINT fk_file_contenuto_ente_id_file_id FOREIGN KEY(ente_id, file_id) REFERENCES file (ente_id, id)
);

ALTER TABLE file_contenuto ALTER COLUMN contenuto SET STORAGE EXTERNAL
"""

PROTECTED = {
    "file": "select, insert, update (stato, controllato_at, tipo, titolo)",
    "file_contenuto": "select, insert, delete",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table, grant in PROTECTED.items():
        protect(op, table, grant)


def downgrade() -> None:
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")

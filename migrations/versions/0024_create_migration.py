"""create what moves running instances to another release, and keep from when a timer counts.

A term that a new release makes longer or shorter counts from the same day: an older timer, whose beginning was
not kept, counts from the migration.
"""

import sqlalchemy as sa
from alembic import op

from migrations.rls import protect, share

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE engine_migration (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    slug TEXT NOT NULL,
    from_release INTEGER NOT NULL,
    to_release INTEGER NOT NULL,
    mapping JSONB NOT NULL,
    begun_by TEXT NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_engine_migration PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_migration_from FOREIGN KEY(ente_id, slug, from_release)
        REFERENCES engine_release (ente_id, slug, number),
    CONSTRAINT fk_engine_migration_to FOREIGN KEY(ente_id, slug, to_release)
        REFERENCES engine_release (ente_id, slug, number)
);

CREATE TABLE engine_migrated (
    ente_id INTEGER NOT NULL,
    migration_id BIGINT NOT NULL,
    instance_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT,
    element_id TEXT,
    why TEXT,
    version INTEGER,
    before BYTEA,
    at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_engine_migrated PRIMARY KEY (ente_id, migration_id, instance_id),
    CONSTRAINT fk_engine_migrated_migration FOREIGN KEY(ente_id, migration_id)
        REFERENCES engine_migration (ente_id, id),
    CONSTRAINT fk_engine_migrated_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_engine_migrated_status
        CHECK (status in ('pending', 'moved', 'waiting', 'kept', 'to_undo', 'undone'))
);

CREATE INDEX ix_engine_migrated_instance ON engine_migrated (ente_id, instance_id);

CREATE INDEX ix_engine_migrated_pending ON engine_migrated (ente_id, migration_id, instance_id)
    WHERE status in ('pending', 'to_undo')
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    protect(op, "engine_migration", "select, insert")
    protect(op, "engine_migrated", "select, insert, update")
    op.add_column("engine_timer", sa.Column("begun_at", sa.DateTime(timezone=True)))
    share(op, "engine_incident", "update (element_id)")


def downgrade() -> None:
    op.execute("revoke update (element_id) on engine_incident from percorsi_app")
    op.drop_column("engine_timer", "begun_at")
    op.execute("drop table engine_migrated")
    op.execute("drop table engine_migration")

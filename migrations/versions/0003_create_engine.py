"""create the tables of the engine: releases, instances, and what they wait for.

History can only be appended to; bundles are immutable and shared between enti, since they name no person.
"""

from alembic import op

from migrations.rls import open_function, protect, share

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE engine_bundle (
    hash TEXT NOT NULL,
    slug TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_engine_bundle PRIMARY KEY (hash)
);

CREATE TABLE engine_release (
    ente_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    current BOOLEAN NOT NULL,
    published_by TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_engine_release PRIMARY KEY (ente_id, slug, number),
    CONSTRAINT fk_engine_release_hash FOREIGN KEY(hash)
        REFERENCES engine_bundle (hash)
);

CREATE UNIQUE INDEX uq_engine_release_current ON engine_release (ente_id, slug) WHERE current;

CREATE TABLE engine_instance (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    slug TEXT NOT NULL,
    release INTEGER NOT NULL,
    hash TEXT NOT NULL,
    version INTEGER DEFAULT '0' NOT NULL,
    status TEXT DEFAULT 'open' NOT NULL,
    ended_in TEXT,
    root_id BIGINT,
    parent_id BIGINT,
    parent_token UUID,
    started_by TEXT,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    state BYTEA NOT NULL,
    CONSTRAINT pk_engine_instance PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_instance_hash FOREIGN KEY(hash)
        REFERENCES engine_bundle (hash),
    CONSTRAINT fk_engine_instance_ente_id_parent_id FOREIGN KEY(ente_id, parent_id)
        REFERENCES engine_instance (ente_id, id),
    CONSTRAINT ck_engine_instance_status CHECK (status in ('open', 'done', 'cancelled'))
);

CREATE INDEX ix_engine_instance_root ON engine_instance (ente_id, root_id);

CREATE TABLE engine_task (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    root_id BIGINT NOT NULL,
    token UUID NOT NULL,
    slug TEXT NOT NULL,
    element_id TEXT NOT NULL,
    name TEXT NOT NULL,
    form_id TEXT,
    ruolo TEXT NOT NULL,
    unita_id TEXT,
    assignee_id BIGINT,
    excluded_id BIGINT,
    status TEXT DEFAULT 'open' NOT NULL,
    note TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_by BIGINT,
    CONSTRAINT pk_engine_task PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_task_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_engine_task_ente_id_token UNIQUE (ente_id, token),
    CONSTRAINT ck_engine_task_status CHECK (status in ('open', 'done', 'cancelled'))
);

CREATE INDEX ix_engine_task_group ON engine_task (ente_id, unita_id, ruolo, due_at, id) WHERE status = 'open';

CREATE INDEX ix_engine_task_instance ON engine_task (ente_id, instance_id);

CREATE INDEX ix_engine_task_mine ON engine_task (ente_id, assignee_id, due_at, id) WHERE status = 'open';

CREATE INDEX ix_engine_task_root ON engine_task (ente_id, root_id);

CREATE TABLE engine_timer (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_engine_timer PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_timer_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_engine_timer_due ON engine_timer (due_at);

CREATE INDEX ix_engine_timer_instance ON engine_timer (ente_id, instance_id);

CREATE TABLE engine_subscription (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    message TEXT NOT NULL,
    key TEXT NOT NULL,
    CONSTRAINT pk_engine_subscription PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_subscription_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_engine_subscription_instance ON engine_subscription (ente_id, instance_id);

CREATE INDEX ix_engine_subscription_key ON engine_subscription (ente_id, message, key);

CREATE TABLE engine_message (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    message_id TEXT NOT NULL,
    payload JSONB NOT NULL,
    status TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_engine_message PRIMARY KEY (ente_id, id),
    CONSTRAINT uq_engine_message_ente_id_source_message_id UNIQUE (ente_id, source, message_id),
    CONSTRAINT ck_engine_message_status CHECK (status in ('correlated', 'buffered', 'dead'))
);

CREATE INDEX ix_engine_message_buffered ON engine_message (ente_id, name, key) WHERE status = 'buffered';

CREATE TABLE engine_job (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    token UUID NOT NULL,
    element_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    request JSONB NOT NULL,
    status TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    retries INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_engine_job PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_job_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_engine_job_status CHECK (status in ('waiting', 'running', 'done', 'failed', 'cancelled'))
);

CREATE INDEX ix_engine_job_instance ON engine_job (ente_id, instance_id);

CREATE TABLE engine_incident (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    root_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    element_id TEXT NOT NULL,
    job_id BIGINT,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    CONSTRAINT pk_engine_incident PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_incident_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_engine_incident_instance ON engine_incident (ente_id, instance_id);

CREATE INDEX ix_engine_incident_open ON engine_incident (ente_id, created_at) WHERE resolved_at is null;

CREATE TABLE engine_history (
    ente_id INTEGER NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    instance_id BIGINT NOT NULL,
    root_id BIGINT NOT NULL,
    token TEXT,
    element_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT,
    answers JSONB,
    delta JSONB,
    why JSONB,
    CONSTRAINT pk_engine_history PRIMARY KEY (ente_id, id),
    CONSTRAINT fk_engine_history_instance FOREIGN KEY(ente_id, instance_id)
        REFERENCES engine_instance (ente_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_engine_history_instance ON engine_history (ente_id, instance_id, id);

CREATE INDEX ix_engine_history_root ON engine_history (ente_id, root_id, id)
"""

# One due timer at a time, of any ente, locked until the end of the worker's transaction: two workers never
# take the same one, and the worker learns nothing but where to look. A worker skips those it has just failed at.
TAKE_DUE_TIMER = """
create function engine_take_due_timer(skip bigint[]) returns table (ente_id int, timer_id bigint)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
    select t.ente_id, t.id from public.engine_timer t
    where t.due_at <= clock_timestamp() and t.id <> all (skip)
    order by t.due_at
    limit 1 for no key update skip locked
$$
"""

PROTECTED = {
    "engine_release": "select, insert, update (current)",
    "engine_instance": "select, insert, update",
    "engine_task": "select, insert, update",
    "engine_timer": "select, insert, delete",
    "engine_subscription": "select, insert, delete",
    "engine_message": "select, insert, update (status)",
    "engine_job": "select, insert, update",
    "engine_incident": "select, insert, update (resolved_at, resolved_by)",
    "engine_history": "select, insert",
}


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    share(op, "engine_bundle", "select, insert")
    for table, grant in PROTECTED.items():
        protect(op, table, grant)
    op.execute(TAKE_DUE_TIMER)
    open_function(op, "engine_take_due_timer(bigint[])")


def downgrade() -> None:
    op.execute("drop function engine_take_due_timer(bigint[])")
    for table in reversed(list(PROTECTED)):
        op.execute(f"drop table {table}")
    op.execute("drop table engine_bundle")

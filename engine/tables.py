"""The engine's tables, as SQLAlchemy Core: a step writes a handful of rows and needs no object mapping.

Every table about an instance starts its key with `ente_id`, so that row-level security and foreign keys
never look across enti. `engine_bundle` holds the immutable content of releases by hash and names no person.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _at(name: str, *, null: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _of_instance(table: str) -> list[Any]:
    """Columns and constraints that every table hanging on an instance begins with."""
    return [
        Column("ente_id", Integer, nullable=False),
        Column("id", BigInteger, Identity(always=True), nullable=False),
        Column("instance_id", BigInteger, nullable=False),
        PrimaryKeyConstraint("ente_id", "id", name=f"pk_{table}"),
        ForeignKeyConstraint(
            ["ente_id", "instance_id"],
            ["engine_instance.ente_id", "engine_instance.id"],
            name=f"fk_{table}_instance",
            ondelete="CASCADE",
        ),
    ]


bundle = Table(
    "engine_bundle",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the files of the bundle, one JSON object"),
)

release = Table(
    "engine_release",
    metadata,
    Column("ente_id", Integer, nullable=False),
    Column("slug", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    Column(
        "opens",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="events that open the path: message:<name>, signal:<name>",
    ),
    Column("published_by", Text, nullable=False),
    _at("published_at", null=False),
    PrimaryKeyConstraint("ente_id", "slug", "number"),
    ForeignKeyConstraint(["hash"], ["engine_bundle.hash"]),
    Index(
        "uq_engine_release_current",
        "ente_id",
        "slug",
        unique=True,
        postgresql_where=text("current"),
    ),
)

instance = Table(
    "engine_instance",
    metadata,
    Column("ente_id", Integer, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("slug", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default="open"),
    Column("ended_in", Text),
    Column("root_id", BigInteger, comment="null when this is the root"),
    Column("parent_id", BigInteger),
    Column("parent_token", UUID(as_uuid=True)),
    Column("started_by", Text),
    _at("started_at", null=False),
    _at("ended_at"),
    Column("state", LargeBinary, nullable=False),
    PrimaryKeyConstraint("ente_id", "id"),
    ForeignKeyConstraint(["hash"], ["engine_bundle.hash"]),
    ForeignKeyConstraint(["ente_id", "parent_id"], ["engine_instance.ente_id", "engine_instance.id"]),
    CheckConstraint("status in ('open', 'done', 'cancelled')", name="status"),
    Index("ix_engine_instance_root", "ente_id", "root_id"),
)


def of_root(root_id: int) -> ColumnElement[bool]:
    """That an instance is the root of a pratica or a path called from it: said so that both indexes serve."""
    i = instance.c
    return or_(and_(i.id == root_id, i.root_id.is_(None)), i.root_id == root_id)


task = Table(
    "engine_task",
    metadata,
    *_of_instance("engine_task"),
    Column("root_id", BigInteger, nullable=False),
    Column("token", UUID(as_uuid=True), nullable=False),
    Column("slug", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("form_id", Text),
    Column("ruolo", Text, nullable=False, comment="candidate group"),
    Column("unita_id", Text, comment="whose people see it; null: the whole ente"),
    Column("assignee_id", BigInteger),
    Column("excluded_id", BigInteger, comment="four eyes: who may not complete it"),
    Column("status", Text, nullable=False, server_default="open"),
    Column("note", Text, comment="why it came back, or what happened meanwhile"),
    _at("due_at"),
    _at("created_at", null=False),
    _at("closed_at"),
    Column("closed_by", BigInteger),
    UniqueConstraint("ente_id", "token"),
    CheckConstraint("status in ('open', 'done', 'cancelled')", name="status"),
    Index(
        "ix_engine_task_mine",
        "ente_id",
        "assignee_id",
        "due_at",
        "id",
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_engine_task_group",
        "ente_id",
        "unita_id",
        "ruolo",
        "due_at",
        "id",
        postgresql_where=text("status = 'open'"),
    ),
    Index("ix_engine_task_root", "ente_id", "root_id", "status", "ruolo", "closed_at", "closed_by"),
    Index("ix_engine_task_instance", "ente_id", "instance_id", "element_id", "closed_at"),
)

timer = Table(
    "engine_timer",
    metadata,
    *_of_instance("engine_timer"),
    Column("token", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    _at("due_at", null=False),
    _at("begun_at"),
    Index("ix_engine_timer_turn", "ente_id", "due_at"),
    Index("ix_engine_timer_instance", "ente_id", "instance_id"),
)

subscription = Table(
    "engine_subscription",
    metadata,
    *_of_instance("engine_subscription"),
    Column("token", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="message"),
    Column("message", Text, nullable=False, comment="the name of a message or of a signal"),
    Column("key", Text, nullable=False, comment="of a message; empty for a signal"),
    CheckConstraint("kind in ('message', 'signal')", name="kind"),
    Index("ix_engine_subscription_key", "ente_id", "message", "key"),
    Index("ix_engine_subscription_instance", "ente_id", "instance_id"),
)

message = Table(
    "engine_message",
    metadata,
    Column("ente_id", Integer, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    _at("received_at", null=False),
    _at("expires_at"),
    _at("seen_at"),
    PrimaryKeyConstraint("ente_id", "id"),
    UniqueConstraint("ente_id", "source", "message_id"),
    CheckConstraint("status in ('correlated', 'buffered', 'dead')", name="status"),
    Index(
        "ix_engine_message_buffered",
        "ente_id",
        "name",
        "key",
        postgresql_where=text("status = 'buffered'"),
    ),
    Index(
        "ix_engine_message_dead",
        "ente_id",
        "name",
        "source",
        postgresql_where=text("status = 'dead' and seen_at is null"),
    ),
)

job = Table(
    "engine_job",
    metadata,
    *_of_instance("engine_job"),
    Column("token", UUID(as_uuid=True), nullable=False),
    Column("element_id", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("request", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, comment="attempts allowed before an incident"),
    _at("created_at", null=False),
    _at("run_at"),
    _at("ended_at"),
    CheckConstraint("status in ('waiting', 'running', 'done', 'failed', 'cancelled')", name="status"),
    Index("ix_engine_job_instance", "ente_id", "instance_id"),
)

incident = Table(
    "engine_incident",
    metadata,
    *_of_instance("engine_incident"),
    Column("root_id", BigInteger, nullable=False),
    Column("token", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("job_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False, comment="for a person; no personal data"),
    _at("created_at", null=False),
    _at("resolved_at"),
    Column("resolved_by", Text),
    Column("assignee_id", BigInteger, comment="who sees to it; null: whoever comes first"),
    Index(
        "ix_engine_incident_open",
        "ente_id",
        "created_at",
        postgresql_where=text("resolved_at is null"),
    ),
    Index("ix_engine_incident_instance", "ente_id", "instance_id"),
)

history = Table(
    "engine_history",
    metadata,
    *_of_instance("engine_history"),
    Column("root_id", BigInteger, nullable=False),
    Column("token", Text),
    Column("element_id", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="element kind, or start, end, message, timer, error…"),
    Column("event", Text, nullable=False, comment="done, cancelled, started, ended, sent_back…"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text),
    Column("answers", JSONB, comment="what a person or an operation answered"),
    Column("delta", JSONB, comment="variables written: new values by name"),
    Column("why", JSONB, comment="decision tables and rules that matched, reasons"),
    Index("ix_engine_history_root", "ente_id", "root_id", "id"),
    Index("ix_engine_history_instance", "ente_id", "instance_id", "id"),
)

migration = Table(
    "engine_migration",
    metadata,
    Column("ente_id", Integer, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("slug", Text, nullable=False),
    Column("from_release", Integer, nullable=False),
    Column("to_release", Integer, nullable=False),
    Column("mapping", JSONB, nullable=False, comment="element id → element id"),
    Column("begun_by", Text, nullable=False),
    _at("begun_at", null=False),
    PrimaryKeyConstraint("ente_id", "id"),
    ForeignKeyConstraint(
        ["ente_id", "slug", "from_release"],
        ["engine_release.ente_id", "engine_release.slug", "engine_release.number"],
        name="fk_engine_migration_from",
    ),
    ForeignKeyConstraint(
        ["ente_id", "slug", "to_release"],
        ["engine_release.ente_id", "engine_release.slug", "engine_release.number"],
        name="fk_engine_migration_to",
    ),
)

migrated = Table(
    "engine_migrated",
    metadata,
    Column("ente_id", Integer, nullable=False),
    Column("migration_id", BigInteger, nullable=False),
    Column("instance_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome", Text, comment="what was decided of it: engine/migration/verdict.py"),
    Column("element_id", Text, comment="the element that decided"),
    Column("why", Text),
    Column(
        "version", Integer, comment="of the instance, once moved: another means that something was done since"
    ),
    Column("before", LargeBinary, comment="what undoing puts back; null when it cannot be undone"),
    _at("at"),
    PrimaryKeyConstraint("ente_id", "migration_id", "instance_id"),
    ForeignKeyConstraint(
        ["ente_id", "migration_id"],
        ["engine_migration.ente_id", "engine_migration.id"],
        name="fk_engine_migrated_migration",
    ),
    ForeignKeyConstraint(
        ["ente_id", "instance_id"],
        ["engine_instance.ente_id", "engine_instance.id"],
        name="fk_engine_migrated_instance",
        ondelete="CASCADE",
    ),
    CheckConstraint("status in ('pending', 'moved', 'waiting', 'kept', 'to_undo', 'undone')", name="status"),
    Index("ix_engine_migrated_instance", "ente_id", "instance_id"),
    Index(
        "ix_engine_migrated_pending",
        "ente_id",
        "migration_id",
        "instance_id",
        postgresql_where=text("status in ('pending', 'to_undo')"),
    ),
)

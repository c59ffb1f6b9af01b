"""Migrations go up, down and up again, and end where the models say."""

import importlib
import pkgutil
from itertools import chain

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

import app
from app.database import schema
from engine.tables import metadata

COMMENTS = ("modify_comment", "add_table_comment", "remove_table_comment")
NOT_OURS = ("procrastinate_", "alembic_version")


def _import_models() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] in ("model", "models"):
            importlib.import_module(module.name)


def _catalogue(engine: Engine) -> list[str]:
    """Every table, column, constraint, policy, function and grant, in words."""
    query = """
        select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
        from information_schema.columns where table_schema = 'public'
        union all
        select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace
        union all select 'index ' || indexname || ' ' || indexdef from pg_indexes where schemaname = 'public'
        union all select 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '')
        from pg_policies
        union all select 'function ' || oid::regprocedure || ' ' || coalesce(proacl::text, '') from pg_proc
        where pronamespace = 'public'::regnamespace
        union all select 'trigger ' || tgname || ' ' || tgrelid::regclass
        from pg_trigger where not tgisinternal
        union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace
        union all select 'grant ' || relname || ' ' || coalesce(relacl::text, '') from pg_class
        where relnamespace = 'public'::regnamespace
        order by 1
    """
    with engine.connect() as connection:
        return list(connection.scalars(text(query)).all())


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return schema.current(connection)


def test_every_migration_can_be_undone_and_done_again(owner_engine: Engine, owner_url: str) -> None:
    # given each migration undone, from the last to the first
    before = [_catalogue(owner_engine)]
    while _revision(owner_engine) is not None:
        schema.downgrade(owner_url, "-1")
        before.append(_catalogue(owner_engine))
    assert [line for line in before.pop() if "alembic_version" not in line] == []
    # when they are done again
    while before:
        schema.upgrade(owner_url, "+1")
        # then
        assert _catalogue(owner_engine) == before.pop()
    assert _revision(owner_engine) == schema.head()


def test_an_upgrade_of_a_current_schema_changes_nothing(owner_engine: Engine, owner_url: str) -> None:
    # given
    before = _catalogue(owner_engine)
    # when
    schema.upgrade(owner_url)
    # then
    assert _catalogue(owner_engine) == before


def test_the_models_describe_the_migrated_schema(owner_engine: Engine) -> None:
    # given
    _import_models()
    # when
    with owner_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        differences = compare_metadata(context, metadata)
    # then
    changes = chain.from_iterable(item if isinstance(item, list) else [item] for item in differences)
    assert [change for change in changes if change[0] not in COMMENTS] == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(NOT_OURS)

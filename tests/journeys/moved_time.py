"""A database whose clock can be moved: the instants that the whole application asks for.

The schema `tempo` stands before `pg_catalog` in the search path of one database, with functions of the same
names that add the same distance. What was bound when the tables were made (defaults, functions with a search
path of their own) is bound again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, NullPool, create_engine, text

_SCHEMA = """
create schema tempo;
create table tempo.distanza (di interval not null);
insert into tempo.distanza values ('0');
create function tempo.clock_timestamp() returns timestamptz language sql volatile as
    $$ select pg_catalog.clock_timestamp() + di from tempo.distanza $$;
create function tempo.statement_timestamp() returns timestamptz language sql stable as
    $$ select pg_catalog.statement_timestamp() + di from tempo.distanza $$;
create function tempo.now() returns timestamptz language sql stable as
    $$ select pg_catalog.now() + di from tempo.distanza $$;
grant usage on schema tempo to public;
grant select on tempo.distanza to public;
"""
_DEFAULTS = text("""
    select format('alter table %I.%I alter column %I set default tempo.now()', n.nspname, c.relname, a.attname)
    from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where n.nspname = 'public' and pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()')
""")
_FUNCTIONS = text("""
    select format('alter function %s set search_path = tempo, pg_catalog, public, pg_temp', p.oid::regprocedure)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proconfig::text like '%search_path=%'
""")
_MOVE = text("update tempo.distanza set di = cast(:instant as timestamptz) - pg_catalog.clock_timestamp()")


def prepare(superuser_url: str) -> Engine:
    """Give the database a clock that `move` moves; returns the connections that may do it."""
    engine = create_engine(superuser_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        bound = [*connection.scalars(_DEFAULTS), *connection.scalars(_FUNCTIONS)]
        for statement in (_SCHEMA, *bound):
            connection.exec_driver_sql(statement)
        name = connection.scalar(text("select current_database()"))
        connection.exec_driver_sql(f"alter database {name} set search_path = tempo, pg_catalog, public")
    return engine


def move(engine: Engine, instant: datetime) -> None:
    """From now on it is `instant`, and time goes on from there."""
    with engine.connect() as connection:
        connection.execute(_MOVE, {"instant": instant})

"""add ente.in_trasferimento_at: an ente that moves to another cell is closed here, and its work waits there.

Terms and calls of a closed ente are not taken. The audit arrives in the new cell with the hashes it left with.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN: Final = "where e.in_trasferimento_at is null"

# Rows that the owner of the table brings with their hash have been chained elsewhere; anybody else's are chained here.
BROUGHT: Final = """
    if new.hash is not null
       and current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = tg_relid) then
        return new;
    end if;"""

AUDIT_CHAIN: Final = """
create or replace function audit_incatena() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    ultimo_n bigint;
    ultimo_hash bytea;
begin%s
    new.catena := case
        when new.pratica_id is not null then 'pratica:' || new.pratica_id
        when new.persona_id is not null then 'persona:' || new.persona_id
        else 'ente'
    end;
    perform pg_advisory_xact_lock(hashtextextended('audit:' || new.ente_id || ':' || new.catena, 0));
    select a.n, a.hash into ultimo_n, ultimo_hash
    from public.audit a
    where a.ente_id = new.ente_id and a.catena = new.catena
    order by a.n desc limit 1;
    new.n := coalesce(ultimo_n, 0) + 1;
    new.prev_hash := coalesce(ultimo_hash, ''::bytea);
    new.at := clock_timestamp();
    new.hash := sha256(new.prev_hash || convert_to(public.audit_testo(new), 'UTF8'));
    return new;
end
$$
"""

TAKE_TIMER: Final = """
create or replace function engine_take_due_timer(skip bigint[], after int)
returns table (ente_id int, timer_id bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
declare
    turn int;
begin
    for turn in
        select e.id from public.ente e cross join lateral (
            select from public.engine_timer t
            where t.ente_id = e.id and t.due_at <= statement_timestamp() limit 1) due
        %s
        order by e.id <= after, e.id
    loop
        return query
            select t.ente_id, t.id from public.engine_timer t
            where t.ente_id = turn and t.due_at <= statement_timestamp() and t.id <> all (skip)
            order by t.due_at
            limit 1 for no key update skip locked;
        exit when found;
    end loop;
end $$
"""

TAKE_JOB: Final = """
create or replace function queue_take_job(worker bigint, after int) returns procrastinate_jobs
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
as $$
declare
    turn int;
    taken procrastinate_jobs;
begin
    for turn in
        with busy as (
            select (j.args ->> 'ente_id')::int as ente_id, count(*) as calls from procrastinate_jobs j
            where j.status = 'doing' and j.worker_id is not null group by 1)
        select e.id from ente e cross join lateral (
            select from procrastinate_jobs j
            where j.status = 'todo' and (j.args ->> 'ente_id')::int = e.id
              and coalesce(j.scheduled_at, '-infinity') <= statement_timestamp()
            limit 1) due
        left join busy b on b.ente_id = e.id
        %s
        order by coalesce(b.calls, 0), e.id <= after, e.id
    loop
        update procrastinate_jobs set status = 'doing', worker_id = worker
        where id = (
            select j.id from procrastinate_jobs j
            where j.status = 'todo' and (j.args ->> 'ente_id')::int = turn
              and coalesce(j.scheduled_at, '-infinity') <= statement_timestamp()
            order by coalesce(j.scheduled_at, '-infinity'), j.id
            limit 1 for no key update skip locked)
        returning * into taken;
        exit when found;
    end loop;
    return taken;
end $$
"""


def upgrade() -> None:
    op.add_column("ente", sa.Column("in_trasferimento_at", sa.DateTime(timezone=True)))
    op.execute(AUDIT_CHAIN % BROUGHT)
    op.execute(TAKE_TIMER % OPEN)
    op.execute(TAKE_JOB % OPEN)


def downgrade() -> None:
    op.execute(TAKE_JOB % "")
    op.execute(TAKE_TIMER % "")
    op.execute(AUDIT_CHAIN % "")
    op.drop_column("ente", "in_trasferimento_at")

"""count among the figures the messages that nobody ever awaited, and leave out the enti that are being moved.

What a closed ente has waiting is late for a reason, and would call somebody for nothing.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

METRICHE = """
create or replace function metriche() returns table (figura text, etichetta text, valore double precision)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select 'incidents', i.slug, count(*)::float8
        from public.engine_incident n
        join public.engine_instance i on i.ente_id = n.ente_id and i.id = n.instance_id
        where n.resolved_at is null group by i.slug
    union all
    select 'incident_age', i.slug, extract(epoch from statement_timestamp() - min(n.created_at))::float8
        from public.engine_incident n
        join public.engine_instance i on i.ente_id = n.ente_id and i.id = n.instance_id
        where n.resolved_at is null group by i.slug
    union all
    select 'timers_late', '', coalesce(sum(late.many), 0)::float8 from public.ente e cross join lateral (
        select count(*) as many from (
            select from public.engine_timer t
            where t.ente_id = e.id and t.due_at <= statement_timestamp() limit 10000) few) late
        {open}
    union all
    select 'timer_lateness', '', coalesce(extract(epoch from statement_timestamp() - min(late.due_at)), 0)::float8
        from public.ente e cross join lateral (
            select t.due_at from public.engine_timer t
            where t.ente_id = e.id and t.due_at <= statement_timestamp() order by t.due_at limit 1) late
        {open}
    union all
    select 'messages_waiting', '', count(*)::float8 from public.engine_message m where m.status = 'buffered'
    {dead}
    union all
    select 'queue', s.status::text, count(j.id)::float8
        from unnest(array['todo', 'doing', 'failed']::public.procrastinate_job_status[]) as s (status)
        left join public.procrastinate_jobs j on j.status = s.status
        group by s.status
    union all
    select 'queue_age', '', coalesce(extract(epoch from statement_timestamp() - min(old.since)), 0)::float8
        from public.ente e cross join lateral (
            (select (select min(v.at) from public.procrastinate_events v where v.job_id = j.id) as since
             from public.procrastinate_jobs j
             where j.status = 'todo' and (j.args ->> 'ente_id')::int = e.id
               and coalesce(j.scheduled_at, '-infinity') = '-infinity'
             order by j.id limit 1)
            union all
            (select j.scheduled_at
             from public.procrastinate_jobs j
             where j.status = 'todo' and (j.args ->> 'ente_id')::int = e.id
               and coalesce(j.scheduled_at, '-infinity') > '-infinity'
               and coalesce(j.scheduled_at, '-infinity') <= statement_timestamp()
             order by coalesce(j.scheduled_at, '-infinity') limit 1)) old
        {open}
    union all
    select 'workers', '', count(*)::float8 from public.procrastinate_workers w
        where w.last_heartbeat > statement_timestamp() - interval '60 seconds'
    union all
    select 'clocks', '', count(*)::float8 from pg_locks l
        join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
          and (l.classid::bigint << 32) + l.objid::bigint = 7405120001
$$
"""
OPEN = "where e.in_trasferimento_at is null"
DEAD = """union all
    select 'messages_dead', '', count(*)::float8 from public.engine_message m
        where m.status = 'dead' and m.seen_at is null"""


def upgrade() -> None:
    op.execute(METRICHE.format(open=OPEN, dead=DEAD))


def downgrade() -> None:
    op.execute(METRICHE.format(open="", dead=""))

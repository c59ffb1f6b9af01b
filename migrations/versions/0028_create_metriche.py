"""create the function that counts across enti what an installation is watched by, and tells numbers only.

Row-level security keeps the application's role from adding enti up; a sum with the slug of a path names nobody.
"""

from alembic import op

from migrations.rls import open_function

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# Each figure comes off an index, ente by ente where the index begins so: a scrape costs the same at a million rows.
# The clock holds advisory lock 7405120001 (app/clock.py), of which pg_locks shows the halves.
METRICHE = """
create function metriche() returns table (figura text, etichetta text, valore double precision)
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
    union all
    select 'timer_lateness', '', coalesce(extract(epoch from statement_timestamp() - min(late.due_at)), 0)::float8
        from public.ente e cross join lateral (
            select t.due_at from public.engine_timer t
            where t.ente_id = e.id and t.due_at <= statement_timestamp() order by t.due_at limit 1) late
    union all
    select 'messages_waiting', '', count(*)::float8 from public.engine_message m where m.status = 'buffered'
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


def upgrade() -> None:
    op.execute(METRICHE)
    open_function(op, "metriche()")


def downgrade() -> None:
    op.execute("drop function metriche()")

"""create engine_lock_task and engine_write_step: PostgreSQL plans the two large statements of a step once a connection.

Planned anew at each step, they cost more than they do. A function keeps its plan with the connection that ran it, a
pooler's too, where a prepared statement would be lost. Neither is SECURITY DEFINER: row-level security holds in them.
"""

from alembic import op

from migrations.rls import open_function

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LOCK_TASK = """
create function engine_lock_task(of_ente int, task bigint)
returns table (id bigint, slug text, release int, hash text, version int, status text, root_id bigint,
               parent_id bigint, parent_token uuid, ended_in text, state bytea, now timestamptz,
               task_id bigint, instance_id bigint, token uuid, element_id text, form_id text, task_status text,
               closed_by bigint, excluded_id bigint, assignee_id bigint)
language plpgsql volatile
as $$
begin
    return query
    select i.id, i.slug, i.release, i.hash, i.version, i.status, i.root_id,
           i.parent_id, i.parent_token, i.ended_in, i.state, clock_timestamp(),
           t.id, t.instance_id, t.token, t.element_id, t.form_id, t.status, t.closed_by, t.excluded_id, t.assignee_id
    from engine_task t join engine_instance i on i.ente_id = t.ente_id and i.id in (t.instance_id, t.root_id)
    where t.ente_id = of_ente and t.id = task
    order by i.id for no key update of i, t;
end $$
"""

# All parts of the statement see the tables as they were before it, so what this very step closes is asked of `shut`.
# The sticky assignee is whoever last did a step of the same role in this pratica, unless four eyes exclude them.
WRITE_STEP = """
create function engine_write_step(of_ente int, instance bigint, new_state bytea, new_status text, new_ended_in text,
                                  moment timestamptz, happened jsonb, closed jsonb, opened jsonb)
returns void
language plpgsql volatile
as $$
begin
    with written as (
        update engine_instance i set version = i.version + 1, state = new_state, status = new_status,
            ended_in = new_ended_in, ended_at = case when new_status = 'open' then null else moment end
        where i.ente_id = of_ente and i.id = instance
    ), told as (
        insert into engine_history (ente_id, instance_id, root_id, token, element_id, kind, event, at, by,
                                    answers, delta, why)
        select of_ente, r.instance_id, r.root_id, r.token, r.element_id, r.kind, r.event, moment, r.by,
               r.answers, r.delta, r.why
        from jsonb_to_recordset(happened) as r(instance_id bigint, root_id bigint, token text, element_id text,
             kind text, event text, by text, answers jsonb, delta jsonb, why jsonb)
    ), shut as (
        update engine_task t set status = r.status, closed_at = moment, closed_by = r.closed_by
        from jsonb_to_recordset(closed) as r(token uuid, status text, closed_by bigint)
        where t.ente_id = of_ente and t.token = r.token and t.status = 'open'
        returning t.instance_id, t.root_id, t.element_id, t.ruolo, t.unita_id, t.status, t.closed_by
    )
    insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, form_id, ruolo,
                             unita_id, excluded_id, assignee_id, note, due_at, created_at)
    select of_ente, r.instance_id, r.root_id, r.token, r.slug, r.element_id, r.name, r.form_id, r.ruolo,
           r.unita_id, eyes.closed_by, coalesce(r.assignee_id, just.closed_by, earlier.closed_by),
           r.note, r.due_at, moment
    from jsonb_to_recordset(opened) as r(instance_id bigint, root_id bigint, token uuid, slug text,
         element_id text, name text, form_id text, ruolo text, unita_id text, different_from text[],
         assignee_id bigint, note text, due_at timestamptz)
    left join lateral (
        (select shut.closed_by from shut
         where shut.instance_id = r.instance_id and shut.element_id = any(r.different_from) and shut.status = 'done')
        union all
        (select other.closed_by from engine_task other
         where other.ente_id = of_ente and other.instance_id = r.instance_id
           and other.element_id = any(r.different_from) and other.status = 'done'
         order by other.closed_at desc limit 1)
        limit 1) eyes on true
    left join lateral (
        select shut.closed_by from shut
        where shut.root_id = r.root_id and shut.ruolo = r.ruolo and shut.status = 'done'
          and shut.unita_id is not distinct from r.unita_id
          and shut.closed_by is not null and shut.closed_by is distinct from eyes.closed_by
        limit 1) just on true
    left join lateral (
        select same.closed_by from engine_task same
        where same.ente_id = of_ente and same.root_id = r.root_id and same.ruolo = r.ruolo
          and same.unita_id is not distinct from r.unita_id and same.status = 'done'
          and same.closed_by is not null and same.closed_by is distinct from eyes.closed_by
        order by same.closed_at desc limit 1) earlier on just.closed_by is null;
end $$
"""


def upgrade() -> None:
    op.execute(LOCK_TASK)
    op.execute(WRITE_STEP)
    open_function(op, "engine_lock_task")
    open_function(op, "engine_write_step")


def downgrade() -> None:
    op.execute("drop function engine_write_step")
    op.execute("drop function engine_lock_task")

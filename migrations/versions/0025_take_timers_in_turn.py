"""take due timers ente by ente, by an index: one ente's backlog must not hold back the terms of the others.

The function before compared with clock_timestamp(), which is volatile and so never a condition of an index: with
nothing due it read every timer that waits, 0.7 s at a million of them, once a second in every worker.
"""

from alembic import op

from migrations.rls import open_function

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The first ente after `after`, in a circle, that has a due timer; of that ente, the one that has been due longest.
# A loop and not a join: a plan that sorted last would lock a timer of every ente.
TAKE_IN_TURN = """
create function engine_take_due_timer(skip bigint[], after int) returns table (ente_id int, timer_id bigint)
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

# Workers of the release before go on asking in their own way, until they too are replaced.
AS_BEFORE = """
create or replace function engine_take_due_timer(skip bigint[]) returns table (ente_id int, timer_id bigint)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
    select ente_id, timer_id from public.engine_take_due_timer(skip, 0)
$$
"""

BEFORE = """
create or replace function engine_take_due_timer(skip bigint[]) returns table (ente_id int, timer_id bigint)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
    select t.ente_id, t.id from public.engine_timer t
    where t.due_at <= clock_timestamp() and t.id <> all (skip)
    order by t.due_at
    limit 1 for no key update skip locked
$$
"""


def upgrade() -> None:
    op.execute("create index if not exists ix_engine_timer_turn on engine_timer (ente_id, due_at)")
    op.execute("drop index ix_engine_timer_due")
    op.execute(TAKE_IN_TURN)
    open_function(op, "engine_take_due_timer(bigint[], int)")
    op.execute(AS_BEFORE)


def downgrade() -> None:
    op.execute(BEFORE)
    op.execute("drop function engine_take_due_timer(bigint[], int)")
    op.execute("create index ix_engine_timer_due on engine_timer (due_at)")
    op.execute("drop index ix_engine_timer_turn")

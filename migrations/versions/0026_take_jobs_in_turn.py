"""take jobs from the queue ente by ente: a bulk job of one must not hold back the calls of the others.

Procrastinate's own function takes the oldest job of all. Ours asks first who has the fewest calls under way, and
among those with equally few whose turn it is; of that ente, new jobs by age, then those that were put off.
"""

from alembic import op

from migrations.rls import open_function

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Every job of ours names its ente and nothing else does; none has a lock. Like procrastinate's, it always gives
# one row, empty when there is nothing to do. A loop and not a join: a plan that sorted last would lock too many.
TAKE_IN_TURN = """
create function queue_take_job(worker bigint, after int) returns procrastinate_jobs
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
    op.execute(
        "create index if not exists ix_procrastinate_jobs_turn on procrastinate_jobs "
        "(((args ->> 'ente_id')::int), (coalesce(scheduled_at, '-infinity')), id) where status = 'todo'"
    )
    op.execute(TAKE_IN_TURN)
    open_function(op, "queue_take_job(bigint, int)")


def downgrade() -> None:
    op.execute("drop function queue_take_job(bigint, int)")
    op.execute("drop index ix_procrastinate_jobs_turn")

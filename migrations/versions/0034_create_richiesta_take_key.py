"""create richiesta_take_key: hold an Idempotency-Key, then look for its answer, in one round trip.

Two statements of one volatile function: the second sees what the former holder of the key has committed, which one
statement would not. It runs with the caller's rights, so row-level security holds in it.
"""

from alembic import op

from migrations.rls import open_function

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TAKE_KEY = """
create function richiesta_take_key(of_ente int, of_token bigint, key bytea, lock bigint)
returns table (taken boolean, impronta bytea, risposta bytea)
language plpgsql volatile
as $$
begin
    taken := pg_try_advisory_xact_lock(lock);
    if taken then
        select r.impronta, r.risposta into impronta, risposta from richiesta_api r
        where r.ente_id = of_ente and r.token_id = of_token and r.chiave = key and r.expires_at > now();
    end if;
    return next;
end $$
"""


def upgrade() -> None:
    op.execute(TAKE_KEY)
    open_function(op, "richiesta_take_key")


def downgrade() -> None:
    op.execute("drop function richiesta_take_key")

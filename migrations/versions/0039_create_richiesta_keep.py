"""create richiesta_keep: the answer under an Idempotency-Key is kept by a statement planned once a connection.

Planning it, with the token that must still be good, took longer than writing. It runs with the caller's rights, so
row-level security holds in it.
"""

from alembic import op

from migrations.rls import open_function

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# Over an answer that has expired and was not swept yet. Nothing is kept for a token that is good no more: then false.
KEEP = """
create function richiesta_keep(bearer bytea, key bytea, of_request bytea, answer bytea) returns boolean
language plpgsql volatile
as $$
begin
    insert into richiesta_api (ente_id, token_id, chiave, impronta, risposta, expires_at)
    select good.ente_id, good.token_id, key, of_request, answer, now() + interval '24 hours'
    from accesso_token(bearer) good
    on conflict (ente_id, token_id, chiave) do update
    set impronta = excluded.impronta, risposta = excluded.risposta, expires_at = excluded.expires_at;
    return found;
end $$
"""


def upgrade() -> None:
    op.execute(KEEP)
    open_function(op, "richiesta_keep")


def downgrade() -> None:
    op.execute("drop function richiesta_keep")

"""add to a token when it was last used and who approved it: one that reads people's data takes two persons.

The tokens that are there were given with the rules of then: they stay approved.
"""

import sqlalchemy as sa
from alembic import op

from migrations.rls import open_function, share

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

FIND_BEARER = """
create function accesso_token(impronta bytea)
returns table (ente_id int, token_id bigint, nome text, scopes text[], da_segnare boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select t.ente_id, t.id, t.nome, t.scopes,
           t.last_used_at is null or t.last_used_at < now() - interval '1 minute'
    from public.token_api t
    where t.token_hash = impronta and t.revoked_at is null and t.approved_at is not null
      and (t.expires_at is null or t.expires_at > now())
$$
"""

FIND_BEARER_BEFORE = """
create function accesso_token(impronta bytea)
returns table (ente_id int, token_id bigint, nome text, scopes text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select t.ente_id, t.id, t.nome, t.scopes
    from public.token_api t
    where t.token_hash = impronta and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
$$
"""


def upgrade() -> None:
    op.add_column("token_api", sa.Column("last_used_at", sa.DateTime(timezone=True)))
    op.add_column("token_api", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.add_column("token_api", sa.Column("approved_by", sa.BigInteger))
    op.create_foreign_key(
        op.f("fk_token_api_ente_id_approved_by"),
        "token_api",
        "account",
        ["ente_id", "approved_by"],
        ["ente_id", "id"],
    )
    op.create_check_constraint(op.f("ck_token_api_due_persone"), "token_api", "approved_by <> created_by")
    op.execute("update token_api set approved_at = created_at")
    share(op, "token_api", "update (last_used_at, approved_at, approved_by)")
    op.execute("drop function accesso_token(bytea)")
    op.execute(FIND_BEARER)
    open_function(op, "accesso_token(bytea)")


def downgrade() -> None:
    op.execute("drop function accesso_token(bytea)")
    op.execute(FIND_BEARER_BEFORE)
    open_function(op, "accesso_token(bytea)")
    op.drop_constraint(op.f("ck_token_api_due_persone"), "token_api")
    op.drop_constraint(op.f("fk_token_api_ente_id_approved_by"), "token_api")
    for column in ("approved_by", "approved_at", "last_used_at"):
        op.drop_column("token_api", column)

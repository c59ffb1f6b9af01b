"""create account, its roles, sessions and tokens, break-glass accesses and the audit: who may, and who did.

Login knows a username or a token before it knows the ente, so three narrow functions look across enti: each
takes the exact key and returns what the login must check, never a list. Keys that are secrets are hashed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.rls import open_function, protect, share

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FIND_ACCOUNT = """
create function accesso_account(cercato text)
returns table (ente_id int, account_id bigint, password_hash text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select a.ente_id, a.id, a.password_hash
    from public.account a
    where a.nome_utente = lower(btrim(cercato)) and a.attivo
$$
"""

# An expired session is told too: whoever brings its token may get back the form that came too late.
FIND_SESSIONE = """
create function accesso_sessione(impronta bytea, inattivita interval)
returns table (ente_id int, account_id bigint, valida boolean, da_segnare boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select s.ente_id, s.account_id,
           s.expires_at > now() and s.last_seen_at > now() - inattivita,
           s.last_seen_at < now() - interval '1 minute'
    from public.sessione s join public.account a on a.ente_id = s.ente_id and a.id = s.account_id
    where s.token_hash = impronta and a.attivo
$$
"""

FIND_BEARER = """
create function accesso_token(impronta bytea)
returns table (ente_id int, token_id bigint, nome text, scopes text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select t.ente_id, t.id, t.nome, t.scopes
    from public.token_api t
    where t.token_hash = impronta and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
$$
"""

# The text that is hashed is a JSON array: anybody can compute it again from an export (app/audit/chain.py).
AUDIT_TEXT = """
create function audit_testo(riga audit) returns text
language sql stable set search_path = pg_catalog, public, pg_temp
as $$
    select jsonb_build_array(
        riga.ente_id, riga.catena, riga.n,
        to_char(riga.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        riga.account_id, riga.azione, riga.oggetto_tipo, riga.oggetto_id,
        riga.pratica_id, riga.persona_id, riga.scopo, riga.dettaglio
    )::text
$$
"""

# The lock makes writers of one chain wait for each other; unique (ente_id, catena, n) catches a fork anyway.
AUDIT_CHAIN = """
create function audit_incatena() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    ultimo_n bigint;
    ultimo_hash bytea;
begin
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


def upgrade() -> None:
    _create_account()
    _create_ruolo_operatore()
    _create_sessione()
    _create_token_api()
    _create_modulo_sospeso()
    _create_accesso_straordinario()
    _create_audit()
    op.create_table(
        "tentativo_accesso",
        sa.Column("chiave", sa.LargeBinary, nullable=False),
        sa.Column("fallimenti", sa.Integer, nullable=False),
        _at("ultimo_at"),
        _at("bloccato_fino_at", nullable=True),
        sa.PrimaryKeyConstraint("chiave", name="pk_tentativo_accesso"),
    )
    share(op, "tentativo_accesso")

    op.execute(FIND_ACCOUNT)
    open_function(op, "accesso_account(text)")
    op.execute(FIND_SESSIONE)
    open_function(op, "accesso_sessione(bytea, interval)")
    op.execute(FIND_BEARER)
    open_function(op, "accesso_token(bytea)")


def _at(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=nullable, server_default=sa.func.now() if default else None
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False)


def _to_account(table: str, column: str = "account_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ente_id", column], ["account.ente_id", "account.id"], name=f"fk_{table}_ente_id_{column}"
    )


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("ente_id", sa.Integer, nullable=False),
        _id(),
        sa.Column("nome_utente", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("nome", sa.Text, nullable=False),
        sa.Column("cognome", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("attivo", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("sintetico", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
        _at("created_at", default=True),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_account"),
        sa.ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_account_ente_id"),
        sa.UniqueConstraint("nome_utente", name="uq_account_nome_utente"),
        sa.CheckConstraint(
            "nome_utente = lower(btrim(nome_utente)) AND nome_utente <> ''", name="ck_account_nome_utente"
        ),
    )
    # An account is closed (attivo = false), never deleted: the audit names it.
    protect(op, "account", "select, insert, update")


def _create_ruolo_operatore() -> None:
    op.create_table(
        "ruolo_operatore",
        sa.Column("ente_id", sa.Integer, nullable=False),
        _id(),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("unita_id", sa.Text),
        sa.Column("ruolo", sa.Text, nullable=False),
        sa.Column("dal", sa.Date, nullable=False),
        sa.Column("al", sa.Date),
        sa.Column("granted_by", sa.BigInteger),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_ruolo_operatore"),
        _to_account("ruolo_operatore"),
        _to_account("ruolo_operatore", "granted_by"),
        sa.ForeignKeyConstraint(
            ["ente_id", "unita_id"], ["unita.ente_id", "unita.id"], name="fk_ruolo_operatore_ente_id_unita_id"
        ),
        sa.CheckConstraint("al IS NULL OR al >= dal - 1", name="ck_ruolo_operatore_periodo"),
    )
    op.create_index("ix_ruolo_operatore_ente_id_account_id", "ruolo_operatore", ["ente_id", "account_id"])
    # Only the end of a role may be set later: who could do what, and when, stays on record.
    protect(op, "ruolo_operatore", "select, insert, update (al)")


def _create_sessione() -> None:
    op.create_table(
        "sessione",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("ente_id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        _at("created_at", default=True),
        _at("last_seen_at", default=True),
        _at("expires_at"),
        sa.Column("user_agent_hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessione"),
        _to_account("sessione"),
    )
    op.create_index("ix_sessione_ente_id_account_id", "sessione", ["ente_id", "account_id"])
    op.create_index("ix_sessione_expires_at", "sessione", ["expires_at"])
    protect(op, "sessione", "select, insert, update (last_seen_at, expires_at), delete")


def _create_token_api() -> None:
    op.create_table(
        "token_api",
        sa.Column("ente_id", sa.Integer, nullable=False),
        _id(),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("nome", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("created_by", sa.BigInteger, nullable=False),
        _at("created_at", default=True),
        _at("expires_at", nullable=True),
        _at("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_token_api"),
        sa.ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_token_api_ente_id"),
        _to_account("token_api", "created_by"),
        sa.UniqueConstraint("token_hash", name="uq_token_api_token_hash"),
    )
    protect(op, "token_api", "select, insert, update (revoked_at)")


def _create_modulo_sospeso() -> None:
    op.create_table(
        "modulo_sospeso",
        sa.Column("ente_id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("percorso", sa.Text, nullable=False),
        sa.Column("campi", JSONB, nullable=False),
        _at("created_at", default=True),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("ente_id", "token_hash", name="pk_modulo_sospeso"),
        _to_account("modulo_sospeso"),
    )
    op.create_index("ix_modulo_sospeso_expires_at", "modulo_sospeso", ["expires_at"])
    protect(op, "modulo_sospeso", "select, insert, delete")


def _create_accesso_straordinario() -> None:
    op.create_table(
        "accesso_straordinario",
        sa.Column("ente_id", sa.Integer, nullable=False),
        _id(),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("persona_id", sa.Text),
        sa.Column("pratica_id", sa.BigInteger),
        sa.Column("unita_id", sa.Text),
        sa.Column("livello", sa.Text, nullable=False),
        sa.Column("motivo", sa.Text, nullable=False),
        _at("chiesto_at", default=True),
        _at("scade_at"),
        sa.Column("approvato_da", sa.BigInteger),
        _at("approvato_at", nullable=True),
        sa.Column("visto_da", sa.BigInteger),
        _at("visto_at", nullable=True),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_accesso_straordinario"),
        _to_account("accesso_straordinario"),
        _to_account("accesso_straordinario", "approvato_da"),
        _to_account("accesso_straordinario", "visto_da"),
        sa.CheckConstraint(
            "persona_id IS NOT NULL OR pratica_id IS NOT NULL", name="ck_accesso_straordinario_oggetto"
        ),
        sa.CheckConstraint("length(btrim(motivo)) >= 10", name="ck_accesso_straordinario_motivo"),
        sa.CheckConstraint("approvato_da <> account_id", name="ck_accesso_straordinario_due_persone"),
    )
    op.create_index(
        "ix_accesso_straordinario_ente_id_account_id_scade_at",
        "accesso_straordinario",
        ["ente_id", "account_id", "scade_at"],
    )
    protect(
        op,
        "accesso_straordinario",
        "select, insert, update (scade_at, approvato_da, approvato_at, visto_da, visto_at)",
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("ente_id", sa.Integer, nullable=False),
        _id(),
        sa.Column("catena", sa.Text, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        _at("at"),
        sa.Column("account_id", sa.BigInteger),
        sa.Column("azione", sa.Text, nullable=False),
        sa.Column("oggetto_tipo", sa.Text, nullable=False),
        sa.Column("oggetto_id", sa.Text),
        sa.Column("pratica_id", sa.BigInteger),
        sa.Column("persona_id", sa.Text),
        sa.Column("scopo", sa.Text, nullable=False),
        sa.Column("dettaglio", JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_audit"),
        sa.ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_audit_ente_id"),
        sa.UniqueConstraint("ente_id", "catena", "n", name="uq_audit_ente_id_catena_n"),
    )
    op.create_index(
        "ix_audit_ente_id_persona_id",
        "audit",
        ["ente_id", "persona_id", "id"],
        postgresql_where=sa.text("persona_id IS NOT NULL"),
    )
    op.create_index("ix_audit_ente_id_account_id_id", "audit", ["ente_id", "account_id", "id"])
    protect(op, "audit", "select, insert")
    op.execute(AUDIT_TEXT)
    op.execute(AUDIT_CHAIN)
    op.execute(
        "create trigger audit_incatena before insert on audit for each row execute function audit_incatena()"
    )


def downgrade() -> None:
    op.execute("drop function accesso_token(bytea)")
    op.execute("drop function accesso_sessione(bytea, interval)")
    op.execute("drop function accesso_account(text)")
    op.execute("drop trigger audit_incatena on audit")
    op.execute("drop function audit_incatena()")
    op.execute("drop function audit_testo(audit)")
    for table in (
        "audit",
        "accesso_straordinario",
        "modulo_sospeso",
        "token_api",
        "sessione",
        "ruolo_operatore",
        "tentativo_accesso",
        "account",
    ):
        op.drop_table(table)

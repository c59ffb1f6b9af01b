"""create ente, its unità and its parameters: everything else is kept apart by ente and belongs to one.

`ente` is not under row-level security: it names public bodies, and the tree is walked across enti.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.rls import open_function, protect, share

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A comune follows its ambito where it decided nothing itself. The first condition is what keeps the function
# narrow: it answers about the ente of the transaction only, whatever it is asked.
PARAMETRI_EREDITATI = """
create function parametri_ereditati(ente int, di_percorso text, on_date date)
returns table (chiave text, valore jsonb, da_ente_id int)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    with recursive linea (id, parent_id, distanza) as (
        select e.id, e.parent_id, 0 from public.ente e
        where e.id = ente and e.id = nullif(current_setting('app.ente_id', true), '')::int
        union all
        select e.id, e.parent_id, linea.distanza + 1
        from public.ente e join linea on e.id = linea.parent_id
        where linea.distanza < 10
    )
    select distinct on (p.chiave) p.chiave, p.valore, p.ente_id
    from linea join public.parametro p on p.ente_id = linea.id
    where p.percorso = di_percorso and p.dal <= on_date and (p.al is null or p.al >= on_date)
    order by p.chiave, linea.distanza, p.dal desc, p.id desc
$$
"""


def upgrade() -> None:
    op.create_table(
        "ente",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("nome", sa.Text, nullable=False),
        sa.Column("tipo", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("codice_istat", sa.Text),
        sa.Column("codice_belfiore", sa.Text),
        sa.Column("codice_ipa", sa.Text),
        sa.Column("codice_fiscale", sa.Text),
        sa.Column("sintetico", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("slug", name="uq_ente_slug"),
        sa.ForeignKeyConstraint(["parent_id"], ["ente.id"], name="fk_ente_parent_id"),
        sa.CheckConstraint("tipo in ('comune', 'ambito', 'consorzio')", name="ck_ente_tipo"),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="ck_ente_slug"),
        sa.CheckConstraint("parent_id <> id", name="ck_ente_parent"),
    )
    share(op, "ente", "select, insert, update")

    op.create_table(
        "unita",
        sa.Column("ente_id", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("nome", sa.Text, nullable=False),
        sa.Column("tipo", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("indirizzo", sa.Text),
        sa.Column("cap", sa.Text),
        sa.Column("telefono", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("attiva", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_unita"),
        sa.ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_unita_ente_id"),
        sa.ForeignKeyConstraint(
            ["ente_id", "parent_id"], ["unita.ente_id", "unita.id"], name="fk_unita_ente_id_parent_id"
        ),
        sa.CheckConstraint("tipo in ('ats', 'ufficio', 'fornitore')", name="ck_unita_tipo"),
        sa.CheckConstraint("id ~ '^[a-z0-9]+([_-][a-z0-9]+)*$'", name="ck_unita_id"),
    )
    protect(op, "unita", "select, insert, update")

    op.create_table(
        "parametro",
        sa.Column("ente_id", sa.Integer, nullable=False),
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("percorso", sa.Text, nullable=False),
        sa.Column("chiave", sa.Text, nullable=False),
        sa.Column("valore", JSONB, nullable=False),
        sa.Column("dal", sa.Date, nullable=False),
        sa.Column("al", sa.Date),
        sa.Column("da_chi", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("ente_id", "id", name="pk_parametro"),
        sa.ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_parametro_ente_id"),
        sa.CheckConstraint("al >= dal", name="ck_parametro_periodo"),
    )
    op.create_index("ix_parametro_lettura", "parametro", ["ente_id", "percorso", "chiave", "dal"])
    # What was in force, and who decided it, stays on record: only the end of a period may be set later.
    protect(op, "parametro", "select, insert, update (al)")

    op.execute(PARAMETRI_EREDITATI)
    open_function(op, "parametri_ereditati(int, text, date)")
    op.execute("grant select on alembic_version to percorsi_app")


def downgrade() -> None:
    op.execute("drop function parametri_ereditati(int, text, date)")
    op.drop_table("parametro")
    op.drop_table("unita")
    op.drop_table("ente")

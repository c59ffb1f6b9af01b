"""create the search among people: row-level security would cost full text its index.

One narrow function looks instead. It answers about the ente of the transaction only, whatever it is asked;
levels and unità narrow it more.
"""

from alembic import op

from migrations.rls import open_function

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Words begin words of the name; a code begins a code in any of its spellings; a birth is a span of days.
PERSONA_CERCA = """
create function persona_cerca(
    parole text, codice text, nata_dal date, nata_al date, di_unita text[], di_livello text[], limite int
)
returns table (
    persona_id bigint, cognome text, nome text, nata_il date, deceduta_il date,
    unita_id text, livello text, sintetico boolean, codice_fiscale text
)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    ente int := nullif(current_setting('app.ente_id', true), '')::int;
    cercate tsquery := to_tsquery('simple', (
        select string_agg(parola || ':*', ' & ')
        from unnest(string_to_array(public.testo_semplice(parole), ' ')) as parola
        where parola <> ''
    ));
begin
    return query
    with trovate as (
        select p.id from public.persona p
        where p.ente_id = ente and p.ricerca @@ cercate
          and (nata_dal is null or p.nata_il between nata_dal and nata_al)
        union
        select i.persona_id from public.identificativo i
        where i.ente_id = ente and i.canonico between codice and codice || repeat('Z', 16)
        union
        select i.persona_id from public.identificativo i
        where i.ente_id = ente and i.al is null and i.valore between codice and codice || repeat('Z', 16)
        union
        select p.id from public.persona p
        where p.ente_id = ente and cercate is null and p.nata_il between nata_dal and nata_al
    )
    select p.id, p.cognome, p.nome, p.nata_il, p.deceduta_il, p.unita_id, p.livello_riservatezza, p.sintetico,
        (
            select i.valore from public.identificativo i
            where i.ente_id = ente and i.persona_id = p.id and i.tipo = 'cf' and i.al is null
            order by i.id limit 1
        )
    from trovate t join public.persona p on p.ente_id = ente and p.id = t.id
    where p.livello_riservatezza = any (di_livello)
      and (
        di_unita is null or p.unita_id is null or p.unita_id = any (di_unita)
        or exists (
            select from public.pratica c
            where c.ente_id = ente and c.persona_id = p.id and c.unita_id = any (di_unita)
        )
      )
    order by p.cognome, p.nome, p.nata_il, p.id
    limit least(limite, 100);
end
$$
"""
SIGNATURE = "persona_cerca(text, text, date, date, text[], text[], int)"


def upgrade() -> None:
    op.execute(PERSONA_CERCA)
    open_function(op, SIGNATURE)


def downgrade() -> None:
    op.execute(f"drop function {SIGNATURE}")

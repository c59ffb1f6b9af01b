"""What must hold before serving: a weak role, tables that keep enti apart, a schema of this version."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from app.database import schema
from app.startup import StartupRefused

_STRONG_ROLES = text(
    """
    select rolname from pg_roles
    where (rolsuper or rolbypassrls or rolcreaterole) and pg_has_role(current_user, oid, 'member')
    """
)
_OWNED = text(
    """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')
      and pg_has_role(current_user, c.relowner, 'member')
    union all
    select datname from pg_database
    where datname = current_database() and pg_has_role(current_user, datdba, 'member')
    """
)
# A permissive policy lets rows through by itself, so each one that applies to us must ask for the ente.
# PostgreSQL prints the condition of migrations/rls.py in this form.
_UNPROTECTED = text(
    """
    select c.relname
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'ente_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and n.nspname = 'public'
      and (
        not c.relrowsecurity or not c.relforcerowsecurity
        or not exists (
            select from pg_policy p
            where p.polrelid = c.oid and p.polpermissive and 0 = any (p.polroles)
        )
        or exists (
            select from pg_policy p, unnest(p.polroles) as role
            where p.polrelid = c.oid and p.polpermissive
              and (role = 0 or pg_has_role(current_user, role, 'member'))
              and :ente <> any (array[
                coalesce(pg_get_expr(p.polqual, c.oid), :ente),
                coalesce(pg_get_expr(p.polwithcheck, c.oid), :ente)
              ])
        )
      )
    order by c.relname
    """
)
_ENTE = "(ente_id = (NULLIF(current_setting('app.ente_id'::text, true), ''::text))::integer)"
# What engine.py asks of each connection, and a pooler may drop on the way.
_UNLIMITED = text(
    """
    select name from pg_settings
    where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') and setting = '0'
       or name = 'TimeZone' and setting <> 'UTC'
    order by name
    """
)
# A view sees with the eyes of its owner, and the owner sees every ente.
_LEAKING_VIEWS = text(
    """
    select c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and has_table_privilege(c.oid, 'select')
      and (
        c.relkind = 'm'
        or c.relkind = 'v'
        and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
      )
    order by c.relname
    """
)


def problems(engine: Engine) -> list[str]:
    """What forbids serving from this database with this role: Italian sentences, none when all is well."""
    with engine.connect() as connection:
        return [
            *_of_role(connection),
            *_of_isolation(connection),
            *_of_limits(connection),
            *_of_schema(connection),
        ]


def verify(engine: Engine) -> None:
    """Raise StartupRefused with every problem found."""
    found = problems(engine)
    if found:
        raise StartupRefused("Il database non è in condizione di servire. " + " ".join(found))


def _of_role(connection: Connection) -> list[str]:
    found = []
    strong = connection.scalars(_STRONG_ROLES).all()
    if strong:
        found.append(
            f"Il ruolo di DATABASE_URL è troppo forte (tramite {', '.join(strong)}): "
            "non deve essere SUPERUSER, BYPASSRLS o CREATEROLE."
        )
    owned = connection.scalars(_OWNED).all()
    if owned and not strong:
        found.append(
            f"Il ruolo di DATABASE_URL possiede {', '.join(owned[:5])}: usa percorsi_app, "
            "che non possiede nulla, e lascia quello che possiede a DATABASE_OWNER_URL."
        )
    return found


def _of_isolation(connection: Connection) -> list[str]:
    found = []
    unprotected = connection.scalars(_UNPROTECTED, {"ente": _ENTE}).all()
    if unprotected:
        found.append(
            f"Le tabelle {', '.join(unprotected)} non separano gli enti: manca una politica di riga forzata, "
            "o ce n'è una che non chiede l'ente."
        )
    leaking = connection.scalars(_LEAKING_VIEWS).all()
    if leaking:
        found.append(f"Le viste {', '.join(leaking)} mostrano i dati di tutti gli enti (security_invoker).")
    return found


def _of_limits(connection: Connection) -> list[str]:
    lacking = connection.scalars(_UNLIMITED).all()
    if not lacking:
        return []
    return [
        f"Al collegamento di DATABASE_URL mancano {', '.join(lacking)}: un pooler non li lascia passare. Dalli al "
        "ruolo con ALTER ROLE … SET, come dice app/README.md."
    ]


def _of_schema(connection: Connection) -> list[str]:
    current, head = schema.current(connection), schema.head()
    if current == head:
        return []
    if current is not None and current > head:  # the next release has migrated, and is taking our place
        oldest = schema.oldest(connection)
        if oldest is None or head >= oldest:
            return []
        return [
            f"Lo schema del database è alla migrazione {current} e non serve più i programmi prima della {oldest}; "
            f"questo si ferma alla {head}: usa la versione nuova."
        ]
    return [
        f"Lo schema del database è alla migrazione {current or '(nessuna)'}, "
        f"questa versione richiede la {head}: esegui «percorsi migrate»."
    ]

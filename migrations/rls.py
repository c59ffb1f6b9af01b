"""Isolation between enti, by row-level security: every table that has `ente_id` goes through `protect`.

Two policies per table. One for everybody: rows of the ente in the transaction's `app.ente_id`, and none
without it. One for the owner, who is bound too because security is forced: SECURITY DEFINER functions and
data migrations run as the owner and must state their own narrow condition. Views see with the eyes of the
owner unless they are `security_invoker`; the start-up self-check refuses those that are not.
"""

from typing import Any

from alembic.operations import Operations
from sqlalchemy import text

APPLICATION = "percorsi_app"
ENTE = "ente_id = nullif(current_setting('app.ente_id', true), '')::int"
EVERYTHING = "select, insert, update, delete"

_OWNED_SEQUENCES = text(
    """
    select sequence.oid::regclass::text
    from pg_class sequence
    join pg_depend on pg_depend.objid = sequence.oid and pg_depend.classid = 'pg_class'::regclass
    where sequence.relkind = 'S' and pg_depend.refobjid = cast(:table as regclass)
    """
)


def protect(op: Operations | Any, table: str, grant: str = EVERYTHING) -> None:
    """Put `table` under row-level security and grant the application what `grant` says.

    `grant` is PostgreSQL's list of privileges: "select, insert" for an append-only table,
    "select, insert, update (state)" to let a single column change.
    """
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy {table}_ente on {table} using ({ENTE}) with check ({ENTE})")
    op.execute(f"create policy {table}_owner on {table} to current_user using (true) with check (true)")
    share(op, table, grant)


def share(op: Operations | Any, table: str, grant: str = EVERYTHING) -> None:
    """Grant the application a table without row-level security: one that names no ente and no person."""
    op.execute(f"grant {grant} on {table} to {APPLICATION}")
    if "insert" in grant:
        for sequence in op.get_bind().scalars(_OWNED_SEQUENCES, {"table": table}).all():
            op.execute(f"grant usage, select on sequence {sequence} to {APPLICATION}")


def open_function(op: Operations | Any, signature: str) -> None:
    """Let the application, and nobody else, call a SECURITY DEFINER function such as "f(int, text)"."""
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to {APPLICATION}")

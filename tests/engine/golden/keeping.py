"""The rows of a pratica as a golden file keeps them: taken out of a database, and put back into one."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import json
from engine.scenario import NOBODY

FOLDER = Path(__file__).parent

OF_INSTANCE = (
    "engine_task",
    "engine_timer",
    "engine_subscription",
    "engine_job",
    "engine_incident",
    "engine_history",
)
"""After the instances themselves; an incident may name a job, so jobs come before."""


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.json.gz"))


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(path.read_bytes())))


def write(path: Path, golden: dict[str, Any]) -> None:
    """Raises FileExistsError: what a release has stored is never stored anew."""
    with path.open("xb") as file:
        file.write(gzip.compress(json.dumps(golden), mtime=0))


def take(session: Session, root_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of a pratica, by table."""
    mine = "select id from engine_instance where ente_id = :ente and coalesce(root_id, id) = :root"
    instances = (
        "select to_jsonb(t) || jsonb_build_object('state', convert_from(t.state, 'UTF8')) from engine_instance t "
        f"where ente_id = :ente and id in ({mine}) order by id"
    )
    statements = {"engine_instance": instances} | {
        table: f"select to_jsonb(t) from {table} t where ente_id = :ente and instance_id in ({mine}) order by id"  # noqa: S608
        for table in OF_INSTANCE
    }
    values = {"ente": NOBODY, "root": root_id}
    return {table: list(session.scalars(text(sql), values)) for table, sql in statements.items()}


def put(session: Session, rows: dict[str, list[dict[str, Any]]]) -> int:
    """Put the rows of a pratica into a database, under new ids; the id of its root."""
    ids = {
        table: {row["id"]: _next(session, table) for row in rows[table]}
        for table in ("engine_instance", *OF_INSTANCE)
    }
    for table in ("engine_instance", *OF_INSTANCE):
        _insert(session, table, [_renumbered(table, row, ids) for row in rows[table]])
    return next(
        ids["engine_instance"][row["id"]] for row in rows["engine_instance"] if row["root_id"] is None
    )


def _next(session: Session, table: str) -> int:
    return int(session.execute(text(f"select nextval(pg_get_serial_sequence('{table}', 'id'))")).scalar_one())


def _renumbered(table: str, row: dict[str, Any], ids: dict[str, dict[int, int]]) -> dict[str, Any]:
    instances, found = ids["engine_instance"], {**row, "id": ids[table][row["id"]]}
    for column in ("instance_id", "root_id", "parent_id"):
        if found.get(column) is not None:
            found[column] = instances[found[column]]
    if found.get("job_id") is not None:
        found["job_id"] = ids["engine_job"][found["job_id"]]
    for old, new in instances.items():
        # an event subprocess of the process itself waits under «<instance>/<subprocess>»
        if table == "engine_instance":
            found["state"] = found["state"].replace(f'"{old}/', f'"{new}/')
        elif str(found.get("token", "")).startswith(f"{old}/"):
            found["token"] = found["token"].replace(f"{old}/", f"{new}/", 1)
    if table == "engine_instance":
        found["state"] = "\\x" + found["state"].encode().hex()
    return found


def _insert(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    """Columns that a row does not name take their default, as a migration would have given it."""
    for row in rows:
        columns = ", ".join(f'"{name}"' for name in row)
        session.execute(
            text(
                f"insert into {table} ({columns}) overriding system value "  # noqa: S608 - names of our own columns
                f"select {columns} from jsonb_populate_record(null::{table}, cast(:row as jsonb))"
            ),
            {"row": json.dumps_text(row)},
        )

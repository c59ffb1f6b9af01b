"""No table of the domain lets one ente see, write or change what is of another; no fact loses its beginning."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

import app
from app.database.context import ente_context
from engine.tables import metadata

OF_THE_ENGINE = "engine_"


def _tables() -> list[str]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] in ("model", "models"):
            importlib.import_module(module.name)
    return sorted(
        table.name
        for table in metadata.tables.values()
        if "ente_id" in table.columns and not table.name.startswith(OF_THE_ENGINE)
    )


TABLES = _tables()
# Versions get their beginning when they come into force; an accreditation another with its next deed, and the audit
# keeps the days it had.
BEGUN_AGAIN = {"progetto", "piano_domiciliare", "fornitore"}
WITH_A_BEGINNING = [
    name
    for name in TABLES
    if name not in BEGUN_AGAIN and {"dal", "al"} <= set(metadata.tables[name].columns.keys())
]


def _blank(name: str, owner: Connection) -> None:
    """Put a row of ente 2 into a table, its links and checks let aside."""
    constraints = owner.scalars(
        text(
            "select conname from pg_constraint "
            "where conrelid = cast(:name as regclass) and contype in ('c', 'f')"
        ),
        {"name": name},
    ).all()
    for constraint in constraints:
        owner.execute(text(f'alter table {name} drop constraint "{constraint}"'))
    names, literals = _row(name)
    owner.execute(text(f"insert into {name} ({names}) values ({literals})"))


def _row(name: str) -> tuple[str, str]:
    """Columns and values of a row of ente 2."""
    values = {"ente_id": "2"}
    for column in metadata.tables[name].columns:
        if column.name != "ente_id" and not column.nullable and column.identity is None:
            values[column.name] = _some(str(column.type).upper())
    return ", ".join(values), ", ".join(values.values())


def _some(kind: str) -> str:
    for word, value in {
        "ARRAY": "'{}'",
        "[]": "'{}'",
        "INT": "1",
        "NUMERIC": "1",
        "BOOL": "true",
        "DATE": "'2026-11-23'",
        "TIMESTAMP": "now()",
        "TIME": "'09:00'",
        "JSON": "'{}'",
        "TSVECTOR": "''::tsvector",
        "BYTEA": "'\\x00'",
        "BLOB": "'\\x00'",
        "VARBINARY": "'\\x00'",
    }.items():
        if word in kind:
            return value
    return "'x'"


def test_no_table_shows_the_rows_of_another_ente(owner_engine: Engine, session: Session, ente: int) -> None:
    # given a row of ente 2 in each table
    with owner_engine.begin() as connection:
        for name in TABLES:
            _blank(name, connection)
    # then
    assert _seen_by(session, 1) == []
    assert _seen_by(session, None) == []
    assert _seen_by(session, 2) == TABLES


def _seen_by(session: Session, ente_id: int | None) -> list[str]:
    with ente_context(ente_id):
        seen = [name for name in TABLES if session.scalar(text(f"select count(*) from {name}")) == 1]
        session.rollback()
    return seen


def test_no_table_takes_a_row_for_another_ente(session: Session, ente: int) -> None:
    for name in TABLES:
        names, literals = _row(name)
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(text(f"insert into {name} ({names}) values ({literals})"))
        session.rollback()


@pytest.mark.parametrize("name", TABLES)
def test_every_link_begins_with_the_ente(name: str) -> None:
    for link in metadata.tables[name].foreign_key_constraints:
        if "ente_id" in link.referred_table.columns:
            assert link.column_keys[0] == "ente_id"


def test_the_beginning_of_a_fact_is_never_overwritten(session: Session, ente: int) -> None:
    assert WITH_A_BEGINNING
    for name in WITH_A_BEGINNING:
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(f"update {name} set dal = dal"))
        session.rollback()

"""What a migration may not do to a table that has grown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import migrations

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"))
# Up to here an installation builds its indexes beforehand (migrations/README.md).
BEFOREHAND = "0026"
INDEX = re.compile(
    r"create\s+(?:unique\s+)?index\s+(concurrently\s+)?.*?\s+on\s+(\w+)", re.IGNORECASE | re.DOTALL
)
CREATED = re.compile(r"create\s+table\s+(\w+)|create_table\(\s*\"(\w+)\"", re.IGNORECASE)
OF_ALEMBIC = re.compile(r"create_index\(\s*\"\w+\",\s*\"(\w+)\"(.*?)\)\n", re.DOTALL)


def locking(source: str) -> list[str]:
    """The tables, not made by this migration, of which it builds an index while nobody can write."""
    body = source.partition("def downgrade")[0]
    new = {name for pair in CREATED.findall(body) for name in pair if name}
    built = [(table, bool(how)) for how, table in INDEX.findall(body)]
    built += [(table, "postgresql_concurrently=True" in rest) for table, rest in OF_ALEMBIC.findall(body)]
    return [table for table, aside in built if not aside and table not in new]


@pytest.mark.parametrize("file", [v for v in VERSIONS if v.name[:4] > BEFOREHAND], ids=lambda file: file.stem)
def test_an_index_of_a_table_that_is_there_is_built_while_it_is_written(file: Path) -> None:
    assert locking(file.read_text()) == []


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ('op.execute("create index ix_a on audit (at)")', ["audit"]),
        ('op.execute("CREATE UNIQUE INDEX ix_a ON audit (at)")', ["audit"]),
        ('op.create_index("ix_a", "audit", ["at"])\n', ["audit"]),
        ('op.execute("create index concurrently if not exists ix_a on audit (at)")', []),
        ('op.execute("create table nuova (id int); create index ix_n on nuova (id)")', []),
    ],
)
def test_what_is_refused(statement: str, refused: list[str]) -> None:
    assert locking(f"def upgrade():\n    {statement}\n\ndef downgrade():\n    pass\n") == refused

"""The schema's migrations, run in code: upgrade, downgrade, and at which revision a database stands.

Alembic is imported by what migrates: whoever only asks whether the schema is its own (web, worker, clock) does
not carry it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "head"
BASE = "base"


def config(owner_url: str | None = None) -> Config:
    """Alembic's configuration for the migrations of this installation, as the owner behind `owner_url`."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["url"] = owner_url
    return settings


def upgrade(owner_url: str, to: str = HEAD) -> None:
    """Bring the database to revision `to`; nothing happens when it is already there."""
    from alembic import command

    command.upgrade(config(owner_url), to)


def downgrade(owner_url: str, to: str) -> None:
    """Take the database back to revision `to`, "base" for an empty one."""
    from alembic import command

    command.downgrade(config(owner_url), to)


def head() -> str:
    """The newest revision that this program knows: migrations are linear, and files are named by their number."""
    return max(file.name for file in (_folder() / "versions").glob("[0-9]*_*.py")).partition("_")[0]


def knows(revision: str) -> bool:
    """Whether `revision` is among the migrations of this program."""
    from alembic.script import ScriptDirectory

    return any(
        script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions()
    )


def current(connection: Connection) -> str | None:
    """The revision at which the database stands, None when it was never migrated."""
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("select version_num from alembic_version"))
    return revision


def oldest(connection: Connection) -> str | None:
    """The revision that a program must know to work on this schema, newer than its own; None: any program may.

    A migration that takes something away says so, as a comment on alembic_version (migrations/README.md).
    """
    revision: str | None = connection.scalar(
        text("select obj_description('alembic_version'::regclass, 'pg_class')")
    )
    return revision


def _folder() -> Path:
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("migrations")
    return Path(next(iter(spec.submodule_search_locations)))

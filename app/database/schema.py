"""The schema's migrations, run in code: upgrade, downgrade, and at which revision a database stands."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

HEAD = "head"
BASE = "base"


def config(owner_url: str | None = None) -> Config:
    """Alembic's configuration for the migrations of this installation, as the owner behind `owner_url`."""
    settings = Config()
    settings.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["url"] = owner_url
    return settings


def upgrade(owner_url: str, to: str = HEAD) -> None:
    """Bring the database to revision `to`; nothing happens when it is already there."""
    command.upgrade(config(owner_url), to)


def downgrade(owner_url: str, to: str) -> None:
    """Take the database back to revision `to`, "base" for an empty one."""
    command.downgrade(config(owner_url), to)


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def knows(revision: str) -> bool:
    """Whether `revision` is among the migrations of this program."""
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions()
    )


def current(connection: Connection) -> str | None:
    """The revision at which the database stands, None when it was never migrated."""
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("select version_num from alembic_version"))
    return revision


def _folder() -> Path:
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("migrations")
    return Path(next(iter(spec.submodule_search_locations)))

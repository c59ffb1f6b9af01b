"""`percorsi demo`: the synthetic city, in the database of DATABASE_URL or in the embedded one."""

from __future__ import annotations

from dataclasses import replace

from app.commands.place import opened
from app.demo.command import prepare
from app.settings import Settings


def run(settings: Settings, persons: int) -> int:
    """Lay and fill the city, and print who can log in. Raises StartupRefused."""
    with opened(settings) as database:
        url = database.url.render_as_string(hide_password=False)
        print(*prepare(replace(settings, database_url=url), persons), sep="\n")
    return 0

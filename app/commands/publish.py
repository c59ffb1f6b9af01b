"""`percorsi push` and `percorsi pull`: a bundle folder to a release of an ente, and back."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.journal import record
from app.commands import earlier, letters, roles
from app.commands.folder import FORMS, path_of
from app.commands.place import opened
from app.database.context import ente_context
from app.enti.model import Ente
from app.settings import Settings
from app.startup import StartupRefused
from app.wiring import engines
from engine import Bundle, ReleaseNotFound, ReleaseRefused, from_folder, system

BY = system("comando")


class EnteNotFound(StartupRefused):
    """No ente has this slug."""

    def __init__(self, slug: str, known: list[str]) -> None:
        super().__init__(f"L'ente «{slug}» non c'è. Ci sono: {', '.join(known) or 'nessuno'}.")


class EnteNotSaid(StartupRefused):
    """More enti than one work here, and nobody said which."""

    def __init__(self, known: list[str]) -> None:
        super().__init__(f"Di' per quale ente, con --ente. Ci sono: {', '.join(known) or 'nessuno'}.")


def push(settings: Settings, folder: Path, of_ente: str | None) -> int:
    """Publish a folder to an ente, the only one unless told; prints its number, or why it is refused.

    Raises StartupRefused.
    """
    bundle = from_folder(folder)
    with opened(settings) as database:
        ente = of_ente or _only(database)
        ente_id = ente_of(database, ente)
        try:
            if found := [*roles.check(bundle), *letters.check(bundle), *earlier.check(bundle, folder)]:
                raise ReleaseRefused(bundle.slug, found)
            number = _publish(database, ente_id, bundle)
        except ReleaseRefused as error:
            for problem in error.problems:
                print(f"{path_of(folder, problem.file)}:{problem.element}: {problem.message}")
            return 1
    print(f"{bundle.slug}: è in vigore la versione {number} per «{ente}»")
    return 0


def _publish(database: Database, ente_id: int, bundle: Bundle) -> int:
    with ente_context(ente_id), Session(database) as session, session.begin():
        number = engines()(session, ente_id).publish(bundle, BY)
        record(
            session,
            "release.publish",
            "release",
            bundle.slug,
            by=None,
            dettaglio={"numero": number, "hash": bundle.hash},
        )
    return number


def pull(settings: Settings, folder: Path, of_ente: str | None) -> int:
    """Write the release in force in an ente, the only one unless told, into a folder: afterwards it holds that
    release and no more.

    Raises StartupRefused.
    """
    slug = folder.resolve().name
    with opened(settings) as database:
        ente = of_ente or _only(database)
        ente_id = ente_of(database, ente)
        try:
            with ente_context(ente_id), Session(database) as session:
                number, program = engines()(session, ente_id).current(slug)
        except ReleaseNotFound:
            print(f"«{slug}» non è pubblicato per «{ente}»", file=sys.stderr)
            return 1
    _write(folder, program.bundle)
    print(f"{slug}: nella cartella c'è la versione {number} di «{ente}»")
    return 0


def _write(folder: Path, bundle: Bundle) -> None:
    for name, content in bundle.files.items():
        path = path_of(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"scritto {path}")
    for name in set(from_folder(folder).files) - set(bundle.files):
        if not name.startswith(f"{FORMS}common/"):  # other paths share these
            path_of(folder, name).unlink()
            print(f"tolto {path_of(folder, name)}")


def ente_of(database: Database, slug: str) -> int:
    """The id of an ente by its slug. Raises EnteNotFound."""
    with ente_context(None), Session(database) as session:
        found = session.scalar(select(Ente.id).where(Ente.slug == slug))
        if found is None:
            raise EnteNotFound(slug, _slugs(session))
    return found


def _only(database: Database) -> str:
    """The slug of the only ente here. Raises EnteNotSaid."""
    with ente_context(None), Session(database) as session:
        known = _slugs(session)
    if len(known) != 1:
        raise EnteNotSaid(known)
    return known[0]


def _slugs(session: Session) -> list[str]:
    return list(session.scalars(select(Ente.slug).order_by(Ente.slug)))

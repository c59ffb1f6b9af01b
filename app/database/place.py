"""Where an embedded cluster keeps its data, its socket and its log."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from app.database import account as accounts
from app.database.account import Account
from app.startup import StartupRefused

SYSTEM = Path("/var/lib/percorsi")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # bytes: sun_path holds 108 on Linux and 104 on macOS


@dataclass(frozen=True)
class Place:
    """The directories of one cluster, all private to `account`."""

    account: Account
    room: Path
    sockets: Path

    @property
    def data(self) -> Path:
        return self.room / "data"

    @property
    def log(self) -> Path:
        return self.room / "postgres.log"


def prepare(home: Path) -> Place:
    """Make the directories of the cluster of `home`; raises StartupRefused when they cannot be written."""
    try:
        make_home(home)
        account, room = _room(home)
        return Place(account, room, _sockets(home, room, account))
    except OSError as error:
        raise refusal(home, error) from error


def refusal(home: Path, error: OSError) -> StartupRefused:
    """What to tell whoever gave us a home in which we cannot write."""
    return StartupRefused(
        f"Non posso scrivere in «{error.filename or home}» ({os.strerror(error.errno or 0)}): "
        "controlla di chi è la cartella e lo spazio sul disco, oppure indicane un'altra con PERCORSI_HOME."
    )


def make_home(home: Path) -> None:
    """Make `home`; when root makes it, PostgreSQL's account may pass through it but not list it."""
    if not home.is_dir():
        home.mkdir(parents=True)
        home.chmod(0o711 if os.geteuid() == accounts.ROOT else 0o700)


def _room(home: Path) -> tuple[Account, Path]:
    """The cluster's own directory: in `home`, or elsewhere when its account cannot go there (/root)."""
    named = home / "postgres"
    account = accounts.for_data(named)
    if not named.exists() and not account.reaches(home):
        elsewhere = SYSTEM / _digest(home)
        elsewhere.mkdir(parents=True, exist_ok=True)
        account = accounts.for_data(elsewhere)
        named.unlink(missing_ok=True)
        named.symlink_to(elsewhere, target_is_directory=True)
    room = named.resolve()
    room.mkdir(exist_ok=True)
    if room.stat().st_uid not in (os.geteuid(), account.uid):
        raise StartupRefused(
            f"I dati in «{room}» appartengono a un altro utente del sistema: "
            "avvia il programma con quell'utente, oppure indica un'altra cartella con PERCORSI_HOME."
        )
    _make_private(room, account)
    return account, room


def _sockets(home: Path, room: Path, account: Account) -> Path:
    """The socket's directory, under /tmp when a path in `room` would not fit in a socket address."""
    directory = room / "run"
    if len(os.fsencode(directory / SOCKET_NAME)) > LONGEST_SOCKET:
        directory = Path("/tmp") / f"percorsi-{_digest(home)}"  # noqa: S108 - checked below to be ours alone
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.uid):
        raise StartupRefused(
            f"La cartella «{directory}», che serve per parlare con PostgreSQL, "
            "appartiene a un altro utente: rimuovila."
        )
    _make_private(directory, account)
    return directory


def _make_private(directory: Path, account: Account) -> None:
    account.own(directory)
    if stat.S_IMODE(directory.stat().st_mode) != 0o700:
        directory.chmod(0o700)


def _digest(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]

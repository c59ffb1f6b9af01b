"""An embedded PostgreSQL cluster: private data, one unix socket, started and stopped by its users.

Whoever calls `start` first makes and starts it, the others attach; the last to `stop` stops it. A server
left behind by a killed process is adopted, an unclean stop recovers by itself. Trust is the only
authentication, so the socket's directory is closed to everybody but the account that runs the server.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from app.database import binaries, place, postmaster, url
from app.database.lock import LockTimeout, Share, exclusive
from app.database.place import Place
from app.startup import StartupRefused

SUPERUSER = "postgres"
OWNER = "percorsi_owner"
APPLICATION = "percorsi_app"
DATABASE = "percorsi"

_PATIENCE = 60  # seconds for a start or a stop; recovery after a long outage is the slow case
_ANSWER = 10.0  # seconds for a running server to answer
_ORPHANS = 5.0  # seconds that backends take to notice that their postmaster was killed
_LOG_LIMIT = 10_000_000  # bytes
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "max_connections": "100",
    "lc_messages": "C",
    "log_min_messages": "warning",
    # A statement or a DETAIL quotes the values it was given, and values are about people.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "off",
}
_FORGETFUL = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Urls:
    """The addresses of one database: as its owner, as the application, as the cluster's superuser."""

    owner: str
    application: str
    superuser: str


class Cluster:
    """The cluster of one PERCORSI_HOME; `durable=False` is for tests, which can lose their data."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self._place: Place | None = None
        self._share = Share(home / "postgres.users")

    @property
    def place(self) -> Place:
        """Its directories, made on first use."""
        if self._place is None:
            self._place = place.prepare(self.home)
        return self._place

    @property
    def urls(self) -> Urls:
        return self.urls_of(DATABASE)

    def urls_of(self, database: str) -> Urls:
        """The addresses of another database of the same cluster."""
        sockets = self.place.sockets
        return Urls(
            owner=url.on_socket(sockets, OWNER, database),
            application=url.on_socket(sockets, APPLICATION, database),
            superuser=url.on_socket(sockets, SUPERUSER, database),
        )

    def start(self) -> Urls:
        """Become a user of the running cluster, starting it if need be. Raises StartupRefused."""
        try:
            place.make_home(self.home)
            with exclusive(self.home / "postgres.lock"):
                if not self._is_serving():
                    self._run()
                self._share.take()
        except LockTimeout as error:
            raise StartupRefused(
                f"Un altro programma tiene fermo l'avvio di PostgreSQL («{error.path}»): "
                "aspetta che finisca e riprova."
            ) from error
        except OSError as error:
            raise place.refusal(self.home, error) from error
        return self.urls

    def stop(self) -> bool:
        """Leave the cluster; True when we were its last user and it is stopped."""
        with exclusive(self.home / "postgres.lock"):
            if not self._share.leave():
                return False
            data = self.place.data
            if postmaster.read(data) is not None:
                stop = ["pg_ctl", "stop", "-t", str(_PATIENCE), "-D", str(data), "-m"]
                if self._pg(*stop, "fast").returncode != 0 and self.is_running():
                    self._pg(*stop, "immediate")
            return True

    def is_running(self) -> bool:
        """Whether our server is there and ready. Raises StartupRefused for one that is not ours."""
        data = self.place.data
        found = postmaster.read(data)
        if found is None or not postmaster.works_in(data, found.pid):
            return False
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if found is None or not postmaster.works_in(data, found.pid):
                return False
            if found.ready and found.sockets == self.place.sockets:
                return True
            if found.ready:
                break
            time.sleep(0.02)
            found = postmaster.read(data)
        pid = found.pid if found else 0
        raise StartupRefused(
            f"Sui dati in «{data}» lavora già un altro PostgreSQL (processo {pid}), "
            "che non è stato avviato da qui: fermalo, oppure usalo indicando DATABASE_URL."
        )

    def _is_serving(self) -> bool:
        """Whether it runs and answers: a server killed a moment ago still looks alive, but answers nobody."""
        deadline = time.monotonic() + _ANSWER
        while self.is_running():
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise StartupRefused(
                    f"PostgreSQL è acceso ma non risponde: fermalo e riprova. Registro: «{self.place.log}»."
                )
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            psycopg2.connect(url.libpq(self.urls_of("postgres").superuser), connect_timeout=5).close()
        except psycopg2.OperationalError as error:
            return "FATAL" in str(error)  # no free connection is an answer too
        return True

    def _run(self) -> None:
        self._make_data()
        self._clear_the_dead()
        log = self.place.log
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            os.truncate(log, 0)
        start = ["start", "-w", "-t", str(_PATIENCE), "-D", str(self.place.data), "-l", str(log)]
        before = log.stat().st_size if log.exists() else 0
        result = self._pg("pg_ctl", *start, "-o", self._options())
        if result.returncode != 0:
            raise self._refusal(_tail(log, before) or result.stdout)

    def _options(self) -> str:
        settings = {"unix_socket_directories": f'"{self.place.sockets}"', **_SETTINGS}
        if not self.durable:
            settings |= _FORGETFUL
        return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())

    def _make_data(self) -> None:
        data = self.place.data
        version = data / "PG_VERSION"
        if version.exists():
            major = version.read_text().strip()
            if major != str(binaries.MAJOR):
                raise StartupRefused(
                    f"I dati in «{data}» sono di PostgreSQL {major}, i programmi di questa versione sono "
                    f"della {binaries.MAJOR}: salva i dati con pg_dump della versione {major} e ripristinali "
                    "in una cartella nuova, oppure torna alla versione precedente del programma."
                )
            return
        # Made aside and renamed, so that an interrupted initdb leaves nothing that looks like data.
        unfinished = self.place.room / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The built-in locale has Unicode's case rules, and an order that no upgrade changes under an index.
        result = self._pg(
            "initdb",
            *(
                "-D",
                str(unfinished),
                "-U",
                SUPERUSER,
                "-E",
                "UTF8",
                "--auth-local=trust",
                "--auth-host=reject",
            ),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        )
        if result.returncode != 0:
            raise self._refusal(result.stdout)
        unfinished.rename(data)

    def _clear_the_dead(self) -> None:
        """Remove the pid files of a dead server, once no process works on its data.

        PostgreSQL does it by itself unless the pid is now another program's, or a zombie's that nobody
        collects.
        """
        data = self.place.data
        if not postmaster.can_see_processes():
            return
        deadline = time.monotonic() + _ORPHANS
        while busy := postmaster.processes(data):
            if time.monotonic() > deadline:
                raise StartupRefused(
                    f"Sui dati in «{data}» lavorano ancora i processi {', '.join(map(str, busy))} "
                    "di un PostgreSQL interrotto: fermali e riprova."
                )
            time.sleep(0.02)
        for left in (data / "postmaster.pid", self.place.sockets / f"{place.SOCKET_NAME}.lock"):
            left.unlink(missing_ok=True)

    def _pg(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the cluster's account, in a session of its own.

        A session of its own keeps the terminal's Ctrl-C from reaching the server before its users leave it.
        """
        room = self.place.room
        directory = binaries.reachable(self.place.account, room)
        environment = {"PATH": f"{directory}:{os.defpath}", "LC_ALL": "C", "TZ": "UTC", "HOME": str(room)}
        return subprocess.run(  # noqa: S603 - our own arguments, no shell
            [str(directory / program), *arguments],
            cwd=room,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            check=False,
            **self.place.account.identity,
        )

    def _refusal(self, log: str) -> StartupRefused:
        if "No space left on device" in log:
            return StartupRefused(
                f"Il disco di «{self.place.room}» è pieno: libera almeno 200 MB e riprova. "
                "I dati salvati sono integri."
            )
        if "could not look up effective user ID" in log:
            return StartupRefused(
                f"PostgreSQL vuole un utente che abbia un nome, e il numero {os.geteuid()} qui non ne ha: "
                "avvia il programma con un utente del sistema, oppure usa un tuo database con DATABASE_URL."
            )
        last = " · ".join(line.strip() for line in log.splitlines()[-3:])
        return StartupRefused(f"PostgreSQL non è partito. Registro: «{self.place.log}». Ultime righe: {last}")


def _tail(log: Path, start: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(start)
        return file.read(100_000).decode(errors="replace")

"""`percorsi run`: all of it on one machine, for a trial: database, simulated bodies, web, worker and clock.

An installation starts `web`, `worker` and `clock` by its own means, as many as it wants, and names its
database.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TextIO

from app.child import Child
from app.database import provision
from app.database.cluster import Cluster
from app.observe import metrics
from app.settings import Settings
from app.startup import StartupRefused
from app.stop import Stop, asked_by
from connectors.inps.sandbox import Sandbox

READY_WITHIN = 120.0  # seconds
READY_PATH = "/health/ready"
STOP_WITHIN = 30.0  # seconds given to requests and jobs that are under way
BEAT = 0.2
DEATHS_IN_A_ROW = 3
THREADS = 8
WITHOUT = {
    "worker": "Le chiamate agli altri enti non partono e le scadenze non scattano finché non riparte",
    "clock": "I lavori di calendario non si fanno finché non riparte",
}
"""What people would miss without a process, though every page answers."""

Prepare = Callable[[Settings], Sequence[str]]


def nothing(_: Settings) -> Sequence[str]:
    """Prepare nothing, print nothing."""
    return ()


def run(settings: Settings, prepare: Prepare = nothing) -> int:
    """Run until a signal; 0 after a clean stop, 1 when the web never became ready. Raises StartupRefused.

    `prepare` gets settings whose database is provisioned (it may load demo data) and returns the lines to
    print once everything answers, such as the demo accounts.
    """
    refuse_busy_port(settings)
    with ExitStack() as stack:
        stop = stack.enter_context(asked_by(signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        cluster, provisioned = _database(settings, stack)
        lines = prepare(provisioned)
        children = children_of(provisioned, stack)
        return _Watch(provisioned, cluster, children, stop).keep(lines)


def refuse_busy_port(settings: Settings) -> None:
    """Raise StartupRefused when somebody listens where the web server will."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StartupRefused(
                f"La porta {settings.port} non è libera ({os.strerror(error.errno or 0)}): chiudi il "
                "programma che la usa, oppure scegline un'altra, per esempio con "
                f"«PORT={settings.port % 65535 + 1} make run»."
            ) from error


def _database(settings: Settings, stack: ExitStack) -> tuple[Cluster | None, Settings]:
    """The database, migrated and fit to serve; the cluster when it is ours."""
    cluster = None
    if settings.database_url is None:
        cluster = Cluster(settings.home)
        cluster.start()
        stack.callback(cluster.stop)
        urls = provision.embedded(cluster)
        settings = replace(settings, database_url=urls.application, database_owner_url=urls.owner)
    elif settings.database_owner_url is not None:
        provision.external(settings.database_owner_url, settings.database_url)
    provision.check(settings.database_url or "")
    return cluster, settings


def children_of(settings: Settings, stack: ExitStack) -> list[Child]:
    """The web, the worker and the clock, to be started; `stack` stops them."""
    environ = {**os.environ, **_environ(settings), **_simulated_bodies(settings, stack)}
    environ.pop("DATABASE_OWNER_URL", None)  # only migrations may act as the owner
    environ.pop("DATABASE_OWNER_URL_FILE", None)
    own = {"web": metrics.together(settings)}
    children = [
        Child(name, command, environ | own.get(name, {})) for name, command in commands(settings).items()
    ]
    stack.callback(_stop, children)
    return children


def commands(settings: Settings) -> dict[str, list[str]]:
    """What each process runs, by its name."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "app.wsgi:application"),
            *("--bind", f"{host}:{settings.port}", "--worker-class", "gthread", "--threads", str(THREADS)),
            *("--timeout", "60", "--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"),
        ],
        "worker": [sys.executable, "-m", "app.cli", "worker"],
        "clock": [sys.executable, "-m", "app.cli", "clock"],
    }


def _environ(settings: Settings) -> dict[str, str]:
    environ = {"PERCORSI_HOME": str(settings.home), "PERCORSI_ENV": settings.environment}
    if "DATABASE_URL_FILE" not in os.environ:
        environ["DATABASE_URL"] = settings.database_url or ""
    return environ


def _simulated_bodies(settings: Settings, stack: ExitStack) -> Mapping[str, str]:
    """Simulate the outside bodies that nobody configured, and say where they answer; never in production."""
    if settings.is_production or "PERCORSI_INPS_ADDRESS" in os.environ:
        return {}
    return stack.enter_context(Sandbox()).environ()


def _stop(children: Sequence[Child]) -> None:
    """Stop all at once, the web first to hear of it."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        child.wait(deadline)


@dataclass
class _Watch:
    """The children and the cluster, looked at in turn until a stop is asked for.

    The web starts first, since people wait for it: three processes that begin together make each other late.
    """

    settings: Settings
    cluster: Cluster | None
    children: Sequence[Child]
    stop: Stop
    _missed: set[str] = field(default_factory=set)

    def keep(self, lines: Sequence[str]) -> int:
        ready = False
        deadline = time.monotonic() + READY_WITHIN
        web = self.children[:1]
        self._tend(web)
        while not self.stop.wait(BEAT):
            self._tend(self.children if ready else web)
            if ready:
                continue
            if _is_ready(self.settings):
                ready = True
                _print("\n".join([f"pronto: {self.settings.address}", *lines]), sys.stdout)
            elif time.monotonic() > deadline or self._gives_up():
                _say("Non tutto è partito: gli errori sono qui sopra.")
                return 1
        return 0

    def _tend(self, children: Sequence[Child]) -> None:
        if self.cluster is not None and not self.cluster.is_running():
            _say("PostgreSQL si è fermato: lo riavvio.")
            self.cluster.start()
        for child in children:
            code = child.tend()
            if code is not None:
                _say(f"{child.name} si è fermato (codice {code}): lo riavvio tra {child.pause:.0f} s.")
                self._despair(child)
            elif child.name in self._missed and child.is_well:
                self._missed.remove(child.name)
                _say(f"{child.name} funziona di nuovo.")

    def _despair(self, child: Child) -> None:
        """Say once what does not happen while a process does not start: the web answers all the same."""
        if child.deaths >= DEATHS_IN_A_ROW and child.name in WITHOUT and child.name not in self._missed:
            self._missed.add(child.name)
            _say(f"Attenzione: {child.name} non parte. {WITHOUT[child.name]}. L'errore è qui sopra.")

    def _gives_up(self) -> bool:
        return any(child.deaths >= DEATHS_IN_A_ROW for child in self.children)


def _is_ready(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.own_host, settings.port, timeout=5)
    try:
        connection.request("GET", READY_PATH)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _say(sentence: str) -> None:
    _print(sentence, sys.stderr)


def _print(lines: str, file: TextIO) -> None:
    """In one write, also without a buffer: the children write to the same pipe."""
    print(f"{lines}\n", end="", file=file, flush=True)

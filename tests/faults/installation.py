"""An installation on one database: its processes, started, killed and stopped one by one."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from app import supervisor
from app.settings import Settings
from tests import ports
from tests.faults import outside
from tests.faults.process import BEGUN

ROOT = Path(__file__).parent.parent.parent
SOON = 60.0  # seconds within which what must happen happens
T = TypeVar("T")


def eventually(look: Callable[[], T], what: str = "it never happened", within: float = SOON) -> T:
    """The first true value of `look`."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Process:
    """One process, in a session of its own, with what it wrote in `log`."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._said_before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def begins(self) -> None:
        """Wait until it has looked at its database: before, its absence finds nothing at work."""
        eventually(lambda: self._has_begun() or not self.runs, f"{self.name} does not begin")
        assert self.runs, self.said()

    def _has_begun(self) -> bool:
        return BEGUN in self.log.read_bytes()[self._said_before :].decode(errors="replace")

    def kill(self) -> None:
        """SIGKILL, to it and to what it started: as when the machine loses power."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self.runs:
            os.killpg(self.pid, number)

    def ends(self, within: float = SOON) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(within)

    def ask_to_stop(self) -> None:
        """Also of one that stands still."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)

    def stop(self) -> int:
        """Ask it to end; its exit code. One that does not is killed, and told with what it wrote last."""
        self.ask_to_stop()
        try:
            return self._process.wait(SOON)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop:\n{self.said()[-4000:]}") from None

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Installation:
    """`web`, `worker` and `clock` on `database_url`; a second of the same kind is `worker-2`.

    Stopped when its block ends, whatever became of the test.
    """

    def __init__(self, database_url: str, home: Path, register: outside.Register) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        self.port = ports.free()
        self.threads = supervisor.THREADS
        self.environ = {
            **os.environ,
            "PERCORSI_ENV": "test",
            "PERCORSI_HOME": str(home),
            "DATABASE_URL": database_url,
            "SECRET_KEY": "k" * 40,
            "PORT": str(self.port),
            outside.ADDRESS: register.address,
        }
        self.processes: dict[str, Process] = {}
        self._commands: list[Process] = []

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, **environ: str) -> Process:
        """Start a process, unless it runs already; the web is waited for."""
        running = self.processes.get(name)
        if running is not None and running.runs:
            return running
        kind = name.partition("-")[0]
        log = self.home / f"{name}.log"
        process = Process(name, self._command(kind), {**self.environ, **environ}, log)
        self.processes[name] = process
        if kind == "web":
            eventually(lambda: self.is_ready() or not process.runs, f"not ready:\n{process.said()}")
            assert process.runs, process.said()
        return process

    def starts(self, *names: str) -> None:
        """Start these, and wait until each has begun: before the database goes away under them."""
        started = [self.start(name) for name in names]
        for process in started:
            if not process.name.startswith("web"):
                process.begins()

    def run(self, *words: str) -> Process:
        """A command of an operator, in a process of its own."""
        command = [sys.executable, "-m", "tests.faults.process", *words]
        self._commands.append(Process(words[0], command, self.environ, self.home / f"{words[0]}.log"))
        return self._commands[-1]

    def lacks(self, *names: str) -> None:
        """Stop these processes, if they run."""
        for name in names:
            if name in self.processes:
                self.processes[name].stop()

    def stop(self) -> None:
        """All at once; every one is waited for, also when another does not end."""
        with ExitStack() as stack:
            for process in (*self.processes.values(), *self._commands):
                process.ask_to_stop()
                stack.callback(process.stop)

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()

    def is_ready(self) -> bool:
        return self.answers("/health/ready") == http.client.OK

    def answers(self, path: str) -> int | None:
        """The status of a page; None when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def _command(self, kind: str) -> list[str]:
        if kind != "web":
            return [sys.executable, "-m", "tests.faults.process", kind]
        command = supervisor.commands(Settings.from_env(self.environ))["web"]
        command[command.index("--threads") + 1] = str(self.threads)
        return [part.replace("app.wsgi", "tests.faults.wsgi") for part in command]

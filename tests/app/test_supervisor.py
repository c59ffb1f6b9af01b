"""`percorsi run` as its user meets it, with small stand-ins for the web, the worker and the clock."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from app import supervisor
from app.database import postmaster
from app.observe import metrics
from app.settings import Settings
from app.startup import StartupRefused
from tests import ports

PATIENCE = 60  # seconds: a busy machine is slow, not wrong
WEB = """
import http.server, os, sys
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = self.path == "/health/ready" and os.environ["DATABASE_URL"].startswith("postgresql")
        self.send_response(200 if ready else 503)
        self.end_headers()
    def log_message(self, *args): pass
os.write(1, f"web {os.getpid()}\\n".encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Web).serve_forever()
"""
# A line is one write: of two processes that print to one pipe the words would come mixed.
IDLE = "import os, sys, time; os.write(1, f'{sys.argv[1]} {os.getpid()}\\n'.encode()); time.sleep(600)"
RUN = """
import sys
from app import supervisor
from app.settings import Settings
web, worker, idle, port = sys.argv[1:]
python = [sys.executable, "-c"]
supervisor.commands = lambda settings: {
    "web": [*python, web, port], "worker": [*python, worker, "worker"], "clock": [*python, idle, "clock"]
}
sys.exit(supervisor.run(Settings.from_env(), lambda settings: ["utente: a.rossi"]))
"""


class Run:
    """A supervisor at work, and the lines it printed. It has ended when its block ends, whatever became of the test."""

    def __init__(self, home: Path, port: int, web: str = WEB, worker: str = IDLE) -> None:
        self.port = port
        self.lines: Queue[str] = Queue()
        self.seen: list[str] = []
        environ = {**os.environ, "PERCORSI_HOME": str(home), "PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, web, worker, IDLE, str(port)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def wait_for(self, start: str) -> str:
        """The next line that begins so."""
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except Empty:
                code = self.process.poll()
                pytest.fail(f"no line «{start}…»; its exit code is {code}, and it said: {self.seen}")
            self.seen.append(line)
            if line.startswith(start):
                return line

    def pid_of(self, name: str) -> int:
        return int(self.wait_for(f"{name} ").split()[1])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join()
            if self.process.stdout:
                self.process.stdout.close()


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that PostgreSQL's account can reach."""
    made = Path(tempfile.mkdtemp(prefix="percorsi-run-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def port() -> int:
    return ports.free()


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_it_says_when_everything_answers_and_stops_cleanly(home: Path, port: int) -> None:
    # given
    with Run(home, port) as run:
        pids = [run.pid_of("web")]
        # when
        ready = run.wait_for("pronto")
        # then
        assert ready == f"pronto: http://127.0.0.1:{port}"
        assert run.wait_for("utente") == "utente: a.rossi"
        database = postmaster.read(home / "postgres" / "data")
        assert database is not None
        assert run.stop(signal.SIGINT) == 0
        assert all(_is_gone(pid) for pid in [*pids, database.pid])


def test_a_dead_process_is_started_again(home: Path, port: int) -> None:
    # given
    with Run(home, port) as run:
        run.wait_for("pronto")
        worker = run.pid_of("worker")
        # when
        os.kill(worker, signal.SIGKILL)
        # then
        assert "worker si è fermato" in run.wait_for("worker si è")
        assert run.pid_of("worker") != worker
        assert run.stop() == 0


def test_a_dead_database_is_started_again(home: Path, port: int) -> None:
    # given
    with Run(home, port) as run:
        run.wait_for("pronto")
        before = postmaster.read(home / "postgres" / "data")
        assert before is not None
        # when
        os.kill(before.pid, signal.SIGKILL)
        run.wait_for("PostgreSQL si è fermato")
        deadline = time.monotonic() + PATIENCE
        now = before
        while time.monotonic() < deadline and not (now.pid != before.pid and now.ready):
            now = postmaster.read(home / "postgres" / "data") or before
            time.sleep(0.05)
        # then
        assert now.pid != before.pid
        assert run.stop() == 0


def test_a_killed_supervisor_leaves_no_process_on_the_port(home: Path, port: int) -> None:
    # given
    with Run(home, port) as run:
        web = run.pid_of("web")
        run.wait_for("pronto")
        # when
        run.stop(signal.SIGKILL)
        # then
        assert _is_gone(web)
    # and the next start adopts the database that was left
    with Run(home, port) as again:
        again.wait_for("pronto")
        assert again.stop() == 0


def test_a_web_that_keeps_dying_ends_the_run(home: Path, port: int) -> None:
    # when
    with Run(home, port, web="raise SystemExit(3)") as run:
        run.wait_for("Non tutto è partito")
        # then
        assert run.process.wait(PATIENCE) == 1
        assert sum("web si è fermato (codice 3)" in line for line in run.seen) == 3


def test_a_worker_that_never_starts_is_tried_later_and_later_and_missed_aloud(home: Path, port: int) -> None:
    # given the web answers
    with Run(home, port, worker="raise SystemExit(4)") as run:
        run.wait_for("pronto")
        # when
        missed = run.wait_for("Attenzione: worker non parte")
        # then
        assert "le scadenze non scattano" in missed
        told = [line for line in run.seen if line.startswith("worker si è fermato (codice 4)")]
        assert [line.partition("lo riavvio ")[2] for line in told] == ["tra 1 s.", "tra 2 s.", "tra 4 s."]
        # and it is said once
        run.wait_for("worker si è fermato")
        assert run.stop() == 0
    assert sum("Attenzione" in line for line in [*run.seen, *run.lines.queue]) == 1


def test_a_busy_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    # given
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        settings = Settings.from_env({"PERCORSI_HOME": str(tmp_path), "PORT": str(port)})
        # when
        with pytest.raises(StartupRefused, match=f"La porta {port} non è libera"):
            supervisor.run(settings)
    # then
    assert not (tmp_path / "postgres").exists()


def test_the_owners_address_is_kept_from_the_children(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    # given an external database, whose owner only migrates
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://percorsi_owner:segreta@db/percorsi")
    settings = Settings.from_env({"PERCORSI_HOME": str(home), "DATABASE_URL": "postgresql://a@db/percorsi"})
    # when
    with ExitStack() as stack:
        made = supervisor.children_of(settings, stack)
    # then
    assert [child.name for child in made] == ["web", "worker", "clock"]
    assert not any("segreta" in value for child in made for value in child.environ.values())
    assert {child.environ["DATABASE_URL"] for child in made} == {"postgresql+psycopg2://a@db/percorsi"}


def test_the_processes_of_the_web_alone_count_together_and_start_from_nothing(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    # given what an earlier web has left
    left = home / "metrics" / "8000" / "histogram_12.db"
    left.parent.mkdir(parents=True)
    left.touch()
    settings = Settings.from_env(
        {
            "PERCORSI_HOME": str(home),
            "DATABASE_URL": "postgresql://a@db/percorsi",
            "PERCORSI_METRICS_TOKEN": "m" * 32,
        }
    )
    # when
    with ExitStack() as stack:
        made = supervisor.children_of(settings, stack)
    # then
    assert [child.environ.get(metrics.TOGETHER) for child in made] == [str(left.parent), None, None]
    assert not left.exists()

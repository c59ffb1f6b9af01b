"""How soon a worker is ready, and what it weighs while it waits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from sqlalchemy import Engine as Database

from app.database import engine as engines
from app.database import provision
from app.database.cluster import Cluster
from tests.bench.figure import Figure
from tests.bench.process import LONGEST, environ, registered, wait_for

TIMES = 5
SETTLES = 2.0  # seconds after which a worker that started has nothing left to do
WORKER = ["-m", "app.cli", "worker"]
LIBRARIES = [
    "-c",
    "import flask_sqlalchemy, sqlalchemy.orm, psycopg2, psycopg_pool, procrastinate, lxml.etree",
]


def measure() -> Iterator[Figure]:
    """Measure on a cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home, durable=False)
    try:
        cluster.start()
        address = provision.embedded(cluster).application
        database = engines.connect(address, pool_size=1)
        yield from _figures(database, environ(address, home))
        database.dispose()
    finally:
        cluster.stop()
        shutil.rmtree(home)


def _figures(database: Database, variables: dict[str, str]) -> Iterator[Figure]:
    """Ours and the libraries alone take turns; the first of each compiles and is not counted."""
    floors, starts, efforts, weights = [], [], [], []
    for _ in range(TIMES + 1):
        floors.append(_libraries(variables))
        seconds, effort, weight = _worker(database, variables)
        starts.append(seconds)
        efforts.append(effort)
        weights.append(weight)
    floor, start = median(floors[1:]), median(starts[1:])
    yield Figure("worker_libraries_s", floor, "s")
    yield Figure("worker_start_s", start, "s", start / floor, "worker_libraries_s")
    yield Figure(
        "worker_start_processor_s", median(efforts[1:]), "s"
    )  # what a machine with other work cannot blur
    yield Figure("worker_idle_mb", median(weight["Pss"] for weight in weights), "MB")
    yield Figure("worker_idle_resident_mb", median(weight["Rss"] for weight in weights), "MB")


def _libraries(variables: dict[str, str]) -> float:
    begun = time.perf_counter()
    _run(LIBRARIES, variables).wait(LONGEST)
    return time.perf_counter() - begun


def _worker(database: Database, variables: dict[str, str]) -> tuple[float, float, dict[str, float]]:
    """Seconds until it is ready, seconds of processor until then, megabytes once it has settled."""
    before = registered(database)
    begun = time.perf_counter()
    process = _run(WORKER, variables)
    wait_for(lambda: registered(database) > before, 0.005)
    seconds, effort = time.perf_counter() - begun, _processor(process.pid)
    time.sleep(SETTLES)
    weight = _megabytes(process.pid)
    process.terminate()
    process.wait(LONGEST)
    return seconds, effort, weight


def _run(arguments: Sequence[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *arguments], env=variables)


def _processor(pid: int) -> float:
    """Seconds of processor that the process has used, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> dict[str, float]:
    """Rss counts every page of the process, Pss divides those that it shares with others among them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name.rstrip(":"): int(value) / 1024 for name, value, *_ in map(str.split, lines)}

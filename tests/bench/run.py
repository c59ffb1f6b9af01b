"""`make run` in a fresh clone, from nothing to the first page served; and once more, with everything there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import ports
from tests.bench.figure import Figure

CHECKOUT = Path(__file__).parent.parent.parent
READY = b"pronto: "
LONGEST = 600.0  # seconds


def measure() -> Iterator[Figure]:
    """Clone what is committed into an empty folder and run it there twice."""
    folder = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    try:
        clone = folder / "percorsi"
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)  # noqa: S603, S607
        cold = _seconds_to_ready(clone)
        yield Figure("run_cold_s", cold, "s")
        yield Figure("run_warm_s", _seconds_to_ready(clone), "s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _seconds_to_ready(clone: Path) -> float:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PERCORSI_"))
    }
    environ["PORT"] = str(ports.free())
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        ["make", "run"],  # noqa: S607
        cwd=clone,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(READY):
                return time.monotonic() - begun
            if time.monotonic() - begun > LONGEST:
                break
        raise RuntimeError("make run never became ready")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)

"""A process that is kept running: started again when it dies, later and later while it keeps dying."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 30.0
WELL_AFTER = 60.0  # seconds of life after which a death counts as the first again


class Child:
    """One process of the installation, in a session of its own: the terminal's Ctrl-C comes through us."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.command = [sys.executable, "-m", "app.leash", *command]
        self.environ = dict(environ)
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._resume_at = 0.0

    @property
    def pause(self) -> float:
        """Seconds between its last death and its next start."""
        longer: float = FIRST_PAUSE * 2 ** (self.deaths - 1)
        return min(LONGEST_PAUSE, longer)

    @property
    def is_well(self) -> bool:
        """Whether it has lived long enough for its deaths to be over."""
        return self._process is not None and time.monotonic() - self._started_at > WELL_AFTER

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            self.command, env=self.environ, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def tend(self) -> int | None:
        """Start it again when its pause is over; the exit code when it is found dead just now."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._resume_at:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        self._process = None
        self.deaths = 1 if now - self._started_at > WELL_AFTER else self.deaths + 1
        self._resume_at = now + self.pause
        return code

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until the monotonic time `deadline`, then kill it with everything it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

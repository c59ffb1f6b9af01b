"""A process as an installation starts it, with one more operation and shorter pauses: `worker`, `clock`."""

from __future__ import annotations

import os
import sys

from app import cli, clock, worker
from app.wiring import engines
from tests.faults import outside


def prepare() -> None:
    """What differs from an installation: the outside body of the tests, and nobody waits half a minute."""
    engines().operations.add(outside.operation(os.environ[outside.ADDRESS]))
    worker.TIMER_PAUSE = 0.1
    worker.JOB_PAUSE = 0.2
    worker.FIRST_RETRY = 1
    clock.STALLED_EVERY = 1


if __name__ == "__main__":
    prepare()
    sys.exit(cli.main(sys.argv[1:]))

"""A process as an installation starts it, with one more operation and shorter pauses: `worker`, `clock`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine

from app import cli, clock, election, worker
from app.database import provision, silence
from app.wiring import engines
from tests.faults import outside

BEGUN = "il database c’è"  # said once, by a process that has looked at its database and not refused it
HOURS = "PERCORSI_PROVA_ORE"  # by which the clock of its machine is wrong


def prepare() -> None:
    """What differs from an installation: the outside body of the tests, and nobody waits half a minute."""
    if HOURS in os.environ:
        wrong = datetime.now(UTC) + timedelta(hours=int(os.environ[HOURS]))
        time_machine.travel(wrong, tick=True).start()
    engines().operations.add(outside.operation(os.environ[outside.ADDRESS]))
    worker.TIMER_PAUSE = 0.1
    worker.JOB_PAUSE = 0.2
    worker.FIRST_RETRY = 1
    worker.CLOCK_LOOK = 0.5
    election.LONG = 3.0
    silence.LONGEST, silence.EVERY = 4.0, 0.2
    clock.STALLED_EVERY = 1
    check = provision.check

    def check_and_tell(address: str) -> None:
        check(address)
        print(BEGUN, flush=True)

    provision.check = check_and_tell


if __name__ == "__main__":
    prepare()
    sys.exit(cli.main(sys.argv[1:]))

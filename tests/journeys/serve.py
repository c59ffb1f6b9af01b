"""The whole application in one process whose clock can be moved: web, worker, timers, the simulated INPS.

`python -m tests.journeys.serve DATABASE_URL INSTANT` lays the synthetic city, prints its address and obeys its
standard input: each line is an instant to move to, answered when it is that time. It ends with its input.
"""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import time_machine
from argon2 import PasswordHasher
from sqlalchemy import Engine as Database
from werkzeug.serving import make_server

from app import worker
from app.accounts import passwords
from app.database import engine as databases
from app.demo import foundation
from app.settings import Settings
from app.web import create_app
from app.wiring import QUEUE, EngineMaker, make_engines
from connectors.inps.sandbox import Sandbox
from tests.journeys import services


def main(database_url: str, instant: str) -> None:
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    worker.TIMER_PAUSE = 0.1
    with ExitStack() as stack:
        travel = time_machine.travel(datetime.fromisoformat(instant))
        travel.start()
        maker = make_engines(stack.enter_context(Sandbox()).environ())
        database = databases.connect(database_url)
        foundation.lay(database, maker)
        services.lay(database)
        _work(database_url, database, maker, stack)
        server = make_server("127.0.0.1", 0, create_app(_settings(database_url), maker), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.port}", flush=True)
        for line in sys.stdin:
            travel.stop()
            travel = time_machine.travel(datetime.fromisoformat(line.strip()))
            travel.start()
            print("ok", flush=True)
        server.shutdown()


def _settings(database_url: str) -> Settings:
    return Settings(
        environment="test",
        home=Path(),
        host="127.0.0.1",
        port=8000,
        secret_key="k" * 40,
        database_url=database_url,
        database_owner_url=None,
    )


def _work(database_url: str, database: Database, maker: EngineMaker, stack: ExitStack) -> None:
    """The worker as it is installed: its queue and its timers, each in a thread that dies with the process."""
    stop = threading.Event()
    stack.callback(stop.set)
    threading.Thread(target=worker.fire_timers, args=(database, maker, stop), daemon=True).start()
    jobs = worker.queue(database_url, database, maker)
    options = {
        "queues": [QUEUE],
        "concurrency": 1,
        "install_signal_handlers": False,
        "fetch_job_polling_interval": 0.3,
    }
    threading.Thread(target=jobs.run_worker, kwargs=options, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])

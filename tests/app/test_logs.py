"""A process of ours says what libraries say, and dies, without a word that somebody wrote."""

from __future__ import annotations

import subprocess
import sys

from engine.json import loads

ROW = "Failing row contains (12, Ermenegilda Quattromani, QTTRNG46P50D969B)"
PROCESS = """
import asyncio, gc, logging, sys, threading, warnings
from app import logs

row = sys.argv[1]
other = logging.getLogger("apscheduler.executors")
other.addHandler(logging.StreamHandler())
logs.configure()
logs.take_over()
other.error('Job "%s" raised an exception', row)
logging.getLogger("library").warning("row: " + row)
warnings.warn(row)
try:
    raise ValueError(row)
except ValueError as error:
    logging.getLogger("library").error(f"failed with {error}", exc_info=True)
def fail():
    raise ValueError(row)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
async def forgotten():
    asyncio.ensure_future(raising())
    await asyncio.sleep(0)
async def raising():
    raise ValueError(row)
asyncio.run(forgotten())
gc.collect()
class Dying:
    def __del__(self):
        raise ValueError(row)
Dying()
raise ValueError(row)
"""


def test_what_libraries_say_and_nobody_catches_names_nobody() -> None:
    # when
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", PROCESS, ROW], capture_output=True, text=True, check=False
    )
    # then
    assert done.returncode == 1
    assert done.stdout == ""
    lines = [loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line.get("error")) for line in lines] == [
        ("library", None),
        ("library", None),
        ("library", None),
        ("library", "ValueError"),
        ("thread.died", "ValueError"),
        ("library", "ValueError"),
        ("exception.ignored", "ValueError"),
        ("process.died", "ValueError"),
    ]
    # what comes apart from its values is told without them
    assert lines[0]["text"] == 'Job "%s" raised an exception'
    assert not any(word in done.stderr for word in ("Ermenegilda", "QTTRNG46P50D969B"))

"""A process that is asked to stop by a signal hears it, whatever the signal interrupts."""

from __future__ import annotations

import signal
import subprocess
import sys

from app.stop import asked_by

SOON = 60  # seconds
# The signal comes before each line that a wait goes through, its own and those of the standard library.
EVERYWHERE = """
import signal, sys
from app.stop import asked_by

def interrupted_before(line):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        seen += 1
        if seen == line:
            signal.raise_signal(signal.SIGTERM)
        return trace
    with asked_by(signal.SIGTERM) as stop:
        sys.settrace(trace)
        stop.wait(0.001)
        sys.settrace(None)
        if seen >= line:
            assert stop.wait(60), line
    return seen >= line

line = 1
while interrupted_before(line):
    line += 1
print(line)
"""


def test_a_signal_is_heard_before_any_line_of_the_wait_that_it_interrupts() -> None:
    # when
    done = subprocess.run([sys.executable, "-c", EVERYWHERE], capture_output=True, text=True, timeout=SOON)
    # then
    assert done.stderr == ""
    assert int(done.stdout) > 2


def test_a_thousand_signals_ask_once_and_the_next_wait_begins_anew() -> None:
    with asked_by(signal.SIGUSR1) as stop:
        for _ in range(1_000):
            signal.raise_signal(signal.SIGUSR1)
        assert stop.is_set()
    with asked_by(signal.SIGUSR1) as another:
        assert not another.is_set()

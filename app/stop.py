"""The request to stop a process, made by a signal."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Stop:
    """What a signal sets and a process waits on: a byte in a pipe, which needs no lock.

    A signal interrupts its process anywhere. A `threading.Event` cannot be set there, nor a thread begun that sets
    it: whom the signal has interrupted may hold the lock for that, and the process would wait for itself for ever.
    """

    def __init__(self) -> None:
        self._ready, self._asked = os.pipe()
        os.set_blocking(self._asked, False)

    def ask(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Stop; asking again changes nothing."""
        with suppress(BlockingIOError):  # full: it has been asked for often enough
            os.write(self._asked, b".")

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is asked for; whether it was."""
        return bool(select.select([self._ready], [], [], seconds)[0])

    def is_set(self) -> bool:
        """Whether it was asked for."""
        return self.wait(0)

    def close(self) -> None:
        for end in (self._ready, self._asked):
            os.close(end)


@contextmanager
def asked_by(*numbers: signal.Signals) -> Iterator[Stop]:
    """A stop that these signals ask for; until the block ends they do nothing else."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stop.close()

"""Locks on files, released by the kernel when their process dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.02


class LockTimeout(Exception):
    """Somebody else kept the lock for too long."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def exclusive(path: Path, timeout: float = 120.0) -> Iterator[None]:
    """Hold `path` alone; raises LockTimeout after `timeout` seconds, OSError when it cannot be written."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise LockTimeout(path)
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)


class Share:
    """One of several users of something; the last to leave learns that it is the last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Become a user; call it while holding the exclusive lock that guards the thing."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop being a user; True when nobody else is one."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return _try(descriptor, fcntl.LOCK_EX)
        finally:
            os.close(descriptor)

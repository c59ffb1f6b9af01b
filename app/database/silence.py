"""Connections on which the database says nothing any more, though it was asked: a line that swallows what is sent.

Both ends believe in such a line, and libpq waits for ever. PostgreSQL ends every statement of ours within a time, or
says why not; after that and a little more nothing will come. One thread of the process looks at what the kernel knows
of each connection, and hangs up on those, so that whoever waits there is told; a statement costs nothing by it. Where
the kernel does not tell (not Linux, or PostgreSQL's socket on the same machine) nobody looks.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakSet

import structlog

log = structlog.get_logger()

EVERY = 1.0  # seconds between two looks
LONGEST = 35.0  # seconds: app/database/engine.py lets a statement take 30

_ACTIVE = 1  # PQTRANS_ACTIVE: a statement has been sent, and its answer has not come
# struct tcp_info of Linux: eight octets and nine numbers, then the milliseconds since data, and its
# acknowledgement, went out, and since data came in
_TIMES = struct.Struct("44xIII")


class Watched(Protocol):
    """A connection, of whatever driver."""

    def fileno(self) -> int: ...


@dataclass
class _Watch:
    """The connections of this process, and the thread that looks at them, begun with the first."""

    lock: threading.Lock
    known: WeakSet[Any]
    begun: bool = False

    def add(self, connection: Watched) -> None:
        with self.lock:
            self.known.add(connection)
            begins, self.begun = not self.begun, True
        if begins:
            threading.Thread(target=self._look, name="silence", daemon=True).start()

    def _look(self) -> None:
        while True:
            time.sleep(EVERY)
            with self.lock:
                connections = list(self.known)
            for connection in connections:
                _hang_up_if_silent(connection)
            del connections


_watch = _Watch(threading.Lock(), WeakSet())


def watch(connection: Watched, *_: object) -> None:
    """Hang up on a connection when it has been silent for too long."""
    if hasattr(socket, "TCP_INFO"):
        _watch.add(connection)


def _hang_up_if_silent(connection: Any) -> None:
    if connection.closed or connection.info.transaction_status != _ACTIVE:
        return
    try:
        with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
            if _silence(line) > LONGEST:
                log.error("database.silent", seconds=LONGEST)
                line.shutdown(socket.SHUT_RDWR)
    except Exception:  # noqa: BLE001 - it was closed meanwhile: whatever the driver says of that, it is over
        return


def _silence(line: socket.socket) -> float:
    """Seconds since anything was sent or heard; 0 of what is no line between machines."""
    if line.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN) not in (socket.AF_INET, socket.AF_INET6):
        return 0.0
    sent, _, heard = _TIMES.unpack_from(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104))
    return float(min(sent, heard)) / 1_000

"""Ports of this machine for servers of the tests."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack

# Below those that the system gives to connections (32768 and more): between the moment a port is found free and
# its server's start a connection could take it, even one that asks whether the server answers yet.
FIRST, LAST = 20_000, 32_000
_random = random.SystemRandom()  # processes that ask at once must not try in the same order


def free(many: int = 1) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        first = _random.randrange(FIRST, LAST - many)
        with ExitStack() as stack:
            try:
                for port in range(first, first + many):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first

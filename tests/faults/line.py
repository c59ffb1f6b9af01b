"""The line between a process and its database, which can be cut: a TCP port before PostgreSQL's socket."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from tests import ports

COMMIT = b"COMMIT\x00"
CHUNK = 65_536


class Line:
    """Carries everything, until it is told not to. `target`: the address of a database behind a socket."""

    def __init__(self, target: str) -> None:
        self._url = make_url(target)
        self.socket = Path(str(self._url.query["host"])) / ".s.PGSQL.5432"
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._cut_after_commit = 0
        self._swallows = False
        self._listener: socket.socket | None = None
        self._carries = False
        self.port = ports.free()
        self.mend()

    @property
    def url(self) -> str:
        """The same database, by this line."""
        through = self._url.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    def cut_after_commit(self) -> None:
        """Let the next COMMIT arrive and be done, and cut before its answer comes back."""
        self._cut_after_commit = 1

    def cut(self) -> None:
        """Nobody passes any more, and who was passing is cut off."""
        self._carries = False
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for pair in list(self._open):
            for end in pair:
                _reset(end)

    def swallow(self) -> None:
        """Whatever is sent from now on is taken and comes nowhere; both ends believe in the line."""
        self._swallows = True

    def hush(self) -> None:
        """Who comes is let in, and never answered; cut it first."""
        assert self._listener is None
        self._listener = self._listen()

    def mend(self) -> None:
        """Carry again, for who comes from now on."""
        self._swallows = False
        if self._carries:
            return
        self.cut()
        self._carries = True
        self._listener = self._listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _listen(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self._listener is not listener:
                client.close()
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        pair = (client, server)
        with client, server, suppress(OSError):
            server.connect(str(self.socket))
            self._open.append(pair)
            self._exchange(client, server)
        if pair in self._open:
            self._open.remove(pair)

    def _exchange(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as ends:
            ends.register(client, selectors.EVENT_READ, server)
            ends.register(server, selectors.EVENT_READ, client)
            doomed = False
            while True:
                for key, _ in ends.select():
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    data = source.recv(CHUNK)
                    if not data:
                        return
                    if self._swallows:
                        continue
                    if source is client and self._cut_after_commit and COMMIT in data:
                        self._cut_after_commit, doomed = 0, True
                    if source is server and doomed:
                        _reset(client)
                        return
                    key.data.sendall(data)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)

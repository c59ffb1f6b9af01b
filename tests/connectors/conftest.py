"""A real sandbox and a peer that answers anything, both on free loopback ports."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connectors.base import CallInfo
from connectors.errors import ConnectorError
from connectors.inps.connector import Inps, InpsSettings
from connectors.inps.sandbox import PERSONE, Sandbox

PATIENCE = 60  # seconds: a busy machine is slow, not wrong
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROSA = PERSONE["rosa"].codice_fiscale

Read = Callable[..., dict[str, Any]]


class Peer:
    """A server that answers every POST in one way and keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.headers: dict[str, str] = {}
        self.drip_s: float | None = None
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.stopped = threading.Event()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                headers = {name.lower(): value for name, value in self.headers.items()}
                peer.received.append((headers, self.rfile.read(length)))
                self.send_response(peer.status)
                for name, value in {"Content-Type": "text/xml", **peer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(peer.body)))
                self.end_headers()
                self.write(peer.body)

            def write(self, body: bytes) -> None:
                try:
                    if peer.drip_s is None:
                        self.wfile.write(body)
                        return
                    for place in range(len(body)):
                        self.wfile.write(body[place : place + 1])
                        peer.stopped.wait(peer.drip_s)
                except ConnectionError:
                    # The client had enough: that is what some tests want.
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> str:
        return f"http://{self.host}/isee"

    def stop(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def settings_for(address: str, host: str, timeout_s: int = PATIENCE) -> InpsSettings:
    return InpsSettings(address, "PERCORSI", "001", timeout_s, frozenset({host}))


def reader(settings: InpsSettings) -> Read:
    """The operation as the worker calls it: `read(codice_fiscale, tipo=…, …)` gives the response."""
    (operation,) = Inps(settings).operations()

    def read(codice_fiscale: str = ROSA, **request: Any) -> dict[str, Any]:
        info = CallInfo(ente_id=1, idempotency_key=request.pop("key", "1:7:leggi_isee:1"), now=NOW)
        asked = {"codice_fiscale": codice_fiscale, "tipo": "Ordinario", "prestazione": "A2.07"}
        return operation.call(info, asked | {"valido_il": TODAY.isoformat()} | request)

    return read


def told(error: ConnectorError) -> str:
    """Everything that a log or an incident could show of an error."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(today=lambda: TODAY) as running:
        yield running


@pytest.fixture
def read(sandbox: Sandbox) -> Read:
    return reader(settings_for(sandbox.address, sandbox.host))


@pytest.fixture
def impatient_read(sandbox: Sandbox) -> Read:
    return reader(settings_for(sandbox.address, sandbox.host, timeout_s=1))


@pytest.fixture
def peer() -> Iterator[Peer]:
    running = Peer()
    yield running
    running.stop()


@pytest.fixture
def read_from_peer(peer: Peer) -> Read:
    return reader(settings_for(peer.address, peer.host))


@pytest.fixture
def impatient_read_from_peer(peer: Peer) -> Read:
    return reader(settings_for(peer.address, peer.host, timeout_s=1))

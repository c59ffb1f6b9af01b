"""What every sandbox shares: an HTTP server that counts the calls and misbehaves on command.

The control addresses answer to this machine only:
`POST /sandbox/guasti {"esito": …, "volte": n or null}`, `DELETE /sandbox/guasti`,
`GET /sandbox/chiamate`, `DELETE /sandbox/chiamate`.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

MAX_BODY = 1_000_000
MAX_CALLS = 10_000
HANG_S = 120


@dataclass(frozen=True)
class Incoming:
    """An HTTP request, read to its end; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    content_type: str = "text/xml; charset=utf-8"

    @classmethod
    def json(cls, status: int, data: object) -> Answer:
        return cls(status, json.dumps(data, ensure_ascii=False).encode(), "application/json")


class Faults:
    """The outcome that the next calls must have, if someone ordered one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._esito: str | None = None
        self._left: int | None = None

    def order(self, esito: str | None, times: int | None = None) -> None:
        """`times` None: until another order comes."""
        with self._lock:
            self._esito, self._left = esito, times

    def take(self) -> str | None:
        with self._lock:
            esito = self._esito
            if esito is not None and self._left is not None:
                self._left -= 1
                if self._left <= 0:
                    self._esito = None
            return esito


class Calls:
    """The calls seen, oldest first; without names or codici fiscali, for logs outlive their purpose."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self._count = 0

    def record(self, **facts: object) -> int:
        """Remember a call and give its number, from 1."""
        with self._lock:
            self._count += 1
            self._calls.append({"numero": self._count, "quando": datetime.now(UTC).isoformat(), **facts})
            return self._count

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(call) for call in self._calls]

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()


class SandboxServer(ABC):
    """A simulated body on `host:port` (0: any free one). `guasti` are the faults of its own protocol."""

    slug: ClassVar[str]
    title: ClassVar[str]
    guasti: ClassVar[frozenset[str]] = frozenset()
    common_guasti: ClassVar[frozenset[str]] = frozenset({"limite_giornaliero", "timeout", "http_500"})

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.faults = Faults()
        self.calls = Calls()
        self.stopped = threading.Event()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=f"sandbox-{self.slug}", daemon=True
        )

    @abstractmethod
    def answer(self, incoming: Incoming) -> Answer | None:
        """Answer a call of the body's protocol; None hangs up without a word."""

    @property
    def host(self) -> str:
        """As an allow-list wants it: `host:port`."""
        address, port = self._server.server_address[:2]
        return f"{address!s}:{port}"

    @property
    def root(self) -> str:
        return f"http://{self.host}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def misbehave(self, esito: str) -> Answer | None:
        """The faults that any HTTP server can have."""
        if esito == "limite_giornaliero":
            return Answer(429, b"Too Many Requests", "text/plain")
        if esito == "http_500":
            return Answer(500, b"<html>Errore</html>", "text/html")
        self.stopped.wait(HANG_S)
        return None

    def control(self, incoming: Incoming) -> Answer:
        """Answer one of the control addresses."""
        match incoming.method, incoming.path:
            case "GET", "/sandbox/chiamate":
                return Answer.json(200, {"chiamate": self.calls.list()})
            case "DELETE", "/sandbox/chiamate":
                self.calls.clear()
                return Answer.json(200, {})
            case "DELETE", "/sandbox/guasti":
                self.faults.order(None)
                return Answer.json(200, {})
            case "POST", "/sandbox/guasti":
                return self._order(incoming.body)
        return Answer.json(404, {"errore": "indirizzo sconosciuto"})

    def _order(self, body: bytes) -> Answer:
        known = sorted(self.guasti | self.common_guasti)
        try:
            order = json.loads(body)
        except ValueError:
            return Answer.json(400, {"errore": "il corpo non è JSON"})
        esito, times = (order.get("esito"), order.get("volte")) if isinstance(order, dict) else (None, None)
        if esito not in known:
            return Answer.json(400, {"errore": "esito sconosciuto", "ammessi": known})
        if times is not None and (type(times) is not int or times < 1):
            return Answer.json(400, {"errore": "volte deve essere un intero positivo o null"})
        self.faults.order(esito, times)
        return Answer.json(200, {"esito": esito, "volte": times})


class _Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks the DNS for this host's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that hangs up is everyday business here.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._serve(b"")

    def do_DELETE(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self._send(Answer(413 if length.isdigit() else 411, b"", "text/plain"))
            return
        self._serve(self.rfile.read(int(length)))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, parts.path, parts.query, headers, body)
        answer = self._answer(incoming)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def _answer(self, incoming: Incoming) -> Answer | None:
        if not incoming.path.startswith("/sandbox/"):
            return self.server.sandbox.answer(incoming)
        if not ip_address(self.client_address[0]).is_loopback:
            return Answer.json(403, {"errore": "solo da questa macchina"})
        return self.server.sandbox.control(incoming)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the calls are listed by the control address."""

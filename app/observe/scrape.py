"""`/metrics`: what Prometheus reads, with the installation's own token and nobody else.

The web answers among its pages; worker and clock, which have none, on a port of their own.
"""

from __future__ import annotations

import hmac
import socket
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from flask import Flask, Response, request

from app.accounts.gate import public
from app.database import db
from app.observe import gauges, metrics
from app.settings import Settings
from app.startup import StartupRefused

PATH: Final = "/metrics"
WORKER, CLOCK = 0, 1  # how far beyond PERCORSI_METRICS_PORT each answers
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def init_app(app: Flask, token: str) -> None:
    """Answer at `/metrics` to who has the token."""

    @public
    def figures() -> Response:
        if not is_token(request.headers.get("Authorization", ""), token):
            return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(metrics.exposition() + gauges.exposition(db.engine), content_type=CONTENT_TYPE)

    app.add_url_rule(PATH, "metrics", figures)


def is_token(authorization: str, token: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def serve(settings: Settings, beyond: int) -> Callable[[], None]:
    """Answer at `/metrics` on the port that is `beyond` the one set, in a thread; returns what ends it.

    Nothing when no port is set. Raises StartupRefused.
    """
    if settings.metrics_port is None or settings.metrics_token is None:
        return _nothing
    port = settings.metrics_port + beyond
    try:
        server = _Server((settings.host, port), _handler(settings.metrics_token))
    except (OSError, OverflowError) as error:
        raise StartupRefused(
            f"La porta {port} delle misure non si può usare: scegline un'altra con PERCORSI_METRICS_PORT."
        ) from error
    threading.Thread(target=server.serve_forever, args=(0.5,), name="metrics", daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end


def _nothing() -> None:
    """There is nothing to end."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks the DNS for this host's name, which can take seconds
        socketserver.TCPServer.server_bind(self)


def _handler(token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path != PATH:
                self._send(404, b"")
            elif not is_token(self.headers.get("Authorization", ""), token):
                self._send(401, b"")
            else:
                self._send(200, metrics.exposition())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a scrape every few seconds is no event."""

    return Handler

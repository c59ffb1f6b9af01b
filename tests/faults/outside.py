"""The outside body of these tests: a register that counts what reaches it, and answers as it is told to."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from engine import Broken, Call, Operation, Refused, Transient
from engine.json import dumps, loads

ADDRESS = "PERCORSI_PROVA_ADDRESS"
NAME = "prova.protocolla"
PATIENCE = 20  # seconds
DEADLY = 418  # an answer that no worker survives


def operation(address: str = "") -> Operation:
    """`prova.protocolla`: sends its request under the step's key, as every connector must."""

    def call(call: Call, request: dict[str, object]) -> dict[str, object]:
        headers = {"Idempotency-Key": call.idempotency_key}
        try:
            answer = requests.post(address, data=dumps(request), headers=headers, timeout=PATIENCE)
        except requests.RequestException as error:
            raise Transient("il registro non risponde") from error
        if answer.status_code == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        if answer.status_code == 409:
            raise Refused("doppione", "C'è già.")
        if answer.status_code == 503:
            raise Transient("il registro è chiuso")
        if answer.status_code != 200:
            raise Broken("il registro non capisce")
        found: dict[str, object] = loads(answer.content)
        return found

    return Operation(NAME, "Protocolla", {}, {"type": "object"}, call, inside=False, errors=("doppione",))


def answer_all(_key: str, _attempt: int) -> int:
    return 200


class Register:
    """A server in this process. `calls`: the keys that reached it, in order; `effects`: number given to each key."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._times: list[float] = []
        self.effects: dict[str, int] = {}
        self.status: Callable[[str, int], int] = answer_all
        self._lock = threading.Lock()
        self._hold = False
        self._release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def calls_of(self, instance_id: int) -> list[str]:
        """The keys that came from one instance."""
        with self._lock:
            return [key for key in self.calls if _instance(key) == instance_id]

    def times_of(self, instance_id: int) -> list[float]:
        """When one instance called, in seconds."""
        with self._lock:
            return [
                at for key, at in zip(self.calls, self._times, strict=True) if _instance(key) == instance_id
            ]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Take effect but do not answer: whoever calls stands at a known point until the block ends."""
        self._release.clear()
        self._hold = True
        try:
            yield
        finally:
            self._hold = False
            self._release.set()

    def _receive(self, key: str) -> int:
        with self._lock:
            self.calls.append(key)
            self._times.append(time.monotonic())
            status = self.status(key, self.calls.count(key))
            if status == 200:
                self.effects.setdefault(key, len(self.effects) + 1)
        if self._hold:
            self._release.wait(PATIENCE)
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                key = self.headers["Idempotency-Key"]
                self.rfile.read(int(self.headers["Content-Length"]))
                status = register._receive(key)
                try:
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(dumps({"numero": register.effects.get(key)}))
                except OSError:
                    pass  # who called is dead: that is what these tests are for

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _instance(key: str) -> int:
    """The instance in a key `ente:instance:element:token`."""
    return int(key.split(":")[1])

"""Runs every sandbox: the outside bodies as they are on a developer's machine and in a trial."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from connectors.inps.sandbox import Sandbox as InpsSandbox

FIRST_PORT = 8710
SANDBOXES = (InpsSandbox,)


class Sandboxes(ExitStack):
    """All of them, each on its own port from `port` on (0: free ones); stopped on leaving the context."""

    def __init__(self, host: str = "127.0.0.1", port: int = FIRST_PORT) -> None:
        super().__init__()
        self.running = [
            self.enter_context(sandbox(host, port + place if port else 0))
            for place, sandbox in enumerate(SANDBOXES)
        ]

    def environ(self) -> dict[str, str]:
        """The settings that point every connector here."""
        together: dict[str, str] = {}
        hosts = ",".join(sandbox.host for sandbox in self.running)
        for sandbox in self.running:
            together |= sandbox.environ()
        return together | {"PERCORSI_CONNECTOR_HOSTS": hosts}


def serve(host: str = "127.0.0.1", port: int = FIRST_PORT) -> None:
    """Run them all until interrupted, after printing where they are and how to point the connectors there."""
    with Sandboxes(host, port) as sandboxes:
        for sandbox in sandboxes.running:
            print(f"{sandbox.title} (simulato): {sandbox.address}", flush=True)
        for name, value in sandboxes.environ().items():
            print(f"  {name}={value}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return

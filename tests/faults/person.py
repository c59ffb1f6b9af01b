"""Somebody of the ente at work in a browser without script."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import requests

from tests.faults.foundation import PASSWORD
from tests.faults.program import PATIENCE

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """Logged in at `address`."""

    def __init__(self, address: str, username: str) -> None:
        self._address = address
        self._browser = requests.Session()
        assert self.sends("/accesso", self.opens("/accesso"), nome_utente=username, password=PASSWORD) == 303

    def opens(self, path: str) -> str:
        """A page."""
        return self._browser.get(f"{self._address}{path}", timeout=PATIENCE).text

    def sends(self, path: str, page: str, file: bytes | None = None, **fields: str) -> int:
        """Send a form of a page that was opened; the status that comes back. Raises requests.RequestException."""
        written = self._written(path, page, file, fields)
        return self._browser.send(written, timeout=PATIENCE, allow_redirects=False).status_code

    def sends_half(self, path: str, page: str, file: bytes, **fields: str) -> socket.socket:
        """Send the form up to the middle of its file; the line on which the rest would go."""
        written = self._written(path, page, file, fields)
        address = urlsplit(self._address)
        head = "".join(f"{name}: {value}\r\n" for name, value in written.headers.items())
        assert isinstance(written.body, bytes)
        line = socket.create_connection((address.hostname or "", address.port or 0), PATIENCE)
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{head}\r\n".encode())
        line.sendall(written.body[: len(written.body) // 2])
        return line

    def _written(
        self, path: str, page: str, file: bytes | None, fields: dict[str, str]
    ) -> requests.PreparedRequest:
        found = TOKEN.search(page)
        assert found is not None, page[:2_000]
        return self._browser.prepare_request(
            requests.Request(
                "POST",
                f"{self._address}{path}",
                data={"csrf_token": found[1], **fields},
                files=None if file is None else {"file": ("verbale.pdf", file, "application/pdf")},
            )
        )

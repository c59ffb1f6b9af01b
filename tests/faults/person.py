"""Somebody of the ente at work in a browser without script."""

from __future__ import annotations

import re

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

    def sends(self, path: str, page: str, **fields: str) -> int:
        """Send a form of a page that was opened; the status that comes back."""
        found = TOKEN.search(page)
        assert found is not None, page[:2_000]
        answer = self._browser.post(
            f"{self._address}{path}",
            data={"csrf_token": found[1], **fields},
            timeout=PATIENCE,
            allow_redirects=False,
        )
        return answer.status_code

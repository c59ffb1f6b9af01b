"""HTTP to an outside body: only towards allow-listed hosts, with time and size limits, no redirects."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3

from connectors.errors import Broken, LimitReached, Transient

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
DEFAULT_PORT = {"http": 80, "https": 443}
CONNECT_TIMEOUT_S = 5
LONGEST_WAIT_S = 2 * 24 * 3600
CHUNK = 65_536


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, read to its end."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str | None = None


class Http:
    """A way out towards one body, called `body` in messages; answers are read up to `limit` bytes."""

    def __init__(
        self, body: str, allowed_hosts: frozenset[str], timeout_s: int, limit: int = 2_000_000
    ) -> None:
        self.body = body
        self.allowed_hosts = allowed_hosts
        self.timeout_s = timeout_s
        self.limit = limit

    def find_refusal(self, address: str) -> str | None:
        """Why this address may not be called, in Italian; None when it may."""
        try:
            parts = urlsplit(address)
            port = parts.port or DEFAULT_PORT.get(parts.scheme, 0)
        except ValueError:
            return "l'indirizzo non è scritto bene"
        host = (parts.hostname or "").lower()
        if parts.scheme not in DEFAULT_PORT or not host or parts.username is not None:
            return "l'indirizzo non è scritto bene"
        if parts.scheme == "http" and host not in LOOPBACK:
            return "l'indirizzo non usa https"
        standard = port == DEFAULT_PORT[parts.scheme]
        if f"{host}:{port}" in self.allowed_hosts or (standard and host in self.allowed_hosts):
            return None
        return "l'indirizzo non è fra quelli ammessi"

    def post(self, address: str, data: bytes, headers: Mapping[str, str]) -> Reply:
        """Send and read everything. Raises Broken (address, certificate, size) or Transient (the rest)."""
        refusal = self.find_refusal(address)
        if refusal:
            raise Broken(f"{self.body}: {refusal}.")
        try:
            return self._post(address, data, headers)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise Transient(f"{self.body} non ha risposto entro {self.timeout_s} secondi.") from None
        except requests.exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Broken(f"{self.body}: il certificato del server non è valido.") from None
            raise Transient(f"{self.body}: il collegamento cifrato non è riuscito.") from None
        except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError):
            raise Transient(f"{self.body} non è raggiungibile.") from None

    def _post(self, address: str, data: bytes, headers: Mapping[str, str]) -> Reply:
        deadline = time.monotonic() + self.timeout_s
        with requests.Session() as session:
            # No proxy, .netrc or certificate bundle that the environment might slip in.
            session.trust_env = False
            with session.post(
                address,
                data=data,
                # Identity: a compressed answer could be a bomb.
                headers={**headers, "Accept-Encoding": "identity"},
                timeout=(min(CONNECT_TIMEOUT_S, self.timeout_s), self.timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = b"".join(self._read(response, deadline))
                return Reply(response.status_code, dict(response.headers), content)

    def _read(self, response: requests.Response, deadline: float) -> Iterator[bytes]:
        size = 0
        # read1 returns at every packet, so a body dripped byte by byte still meets the deadline.
        while chunk := response.raw.read1(CHUNK, decode_content=False):
            size += len(chunk)
            if size > self.limit:
                raise Broken(f"{self.body} ha mandato una risposta troppo grande.")
            if time.monotonic() > deadline:
                raise Transient(f"{self.body} non ha finito di rispondere entro {self.timeout_s} secondi.")
            yield chunk

    def refuse_status(self, reply: Reply) -> None:
        """Raise what an HTTP status that is no success means: LimitReached, Transient or Broken."""
        status = reply.status_code
        if status == 429:
            raise LimitReached(f"{self.body}: raggiunto il numero massimo di richieste.", _read_wait(reply))
        if status >= 500 or status == 408:
            raise Transient(f"{self.body} ha un guasto (HTTP {status}).", _read_wait(reply))
        if status in (401, 403):
            raise Broken(f"{self.body} non accetta le nostre credenziali (HTTP {status}).")
        if status != 200:
            raise Broken(f"{self.body} ha risposto in modo inatteso (HTTP {status}).")


def _read_wait(reply: Reply) -> int | None:
    """Retry-After in seconds, within reason; its other form, a date, would hang on a foreign clock."""
    text = next((value for name, value in reply.headers.items() if name.lower() == "retry-after"), "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(int(text), LONGEST_WAIT_S)

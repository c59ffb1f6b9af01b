"""The antivirus of the installation: ClamAV's clamd, when PERCORSI_CLAMD says where it is."""

from __future__ import annotations

import os
import re
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from flask import Flask, current_app

from app.settings import SettingRefused

VARIABLE: Final = "PERCORSI_CLAMD"
PATIENCE: Final = 20.0  # seconds for each exchange
_PIECE: Final = 65_536  # bytes
_LONGEST_REPLY: Final = 4_096  # bytes
_EXTENSION: Final = "percorsi_antivirus"
_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})")


class AntivirusSilent(Exception):
    """The antivirus does not answer, or could not judge: the file waits."""


class Antivirus(Protocol):
    def is_clean(self, content: bytes) -> bool:
        """Whether nothing bad was found. Raises AntivirusSilent."""


@dataclass(frozen=True)
class Clamd:
    """clamd behind a TCP port (host, port) or a UNIX socket (path). Its protocol: clamd(8), INSTREAM."""

    address: tuple[str, int] | str

    def is_clean(self, content: bytes) -> bool:
        """Raises AntivirusSilent: also when clamd refuses to judge, as it does beyond its StreamMaxLength."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                for at in range(0, len(content), _PIECE):
                    piece = content[at : at + _PIECE]
                    connection.sendall(struct.pack(">I", len(piece)) + piece)
                connection.sendall(struct.pack(">I", 0))
                said = _reply(connection)
        except OSError as error:
            raise AntivirusSilent(type(error).__name__) from error
        if said.endswith(b"OK"):
            return True
        if said.endswith(b"FOUND"):
            return False
        raise AntivirusSilent("no verdict")

    def _connect(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=PATIENCE)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection


def _reply(connection: socket.socket) -> bytes:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_REPLY:
        piece = connection.recv(_LONGEST_REPLY)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].strip()


def from_env(environ: Mapping[str, str] = os.environ) -> Antivirus | None:
    """The antivirus that the environment names, None without one. Raises SettingRefused."""
    value = environ.get(VARIABLE, "").strip()
    if not value:
        return None
    if value.startswith("/"):
        return Clamd(value)
    found = _ADDRESS.fullmatch(value)
    if found is None or not 1 <= int(found[3]) <= 65_535:
        raise SettingRefused(VARIABLE, "serve host:porta, o il percorso di un socket che comincia con /.")
    return Clamd((found[1] or found[2], int(found[3])))


def init_app(app: Flask, environ: Mapping[str, str] = os.environ) -> None:
    """Give the application its antivirus. Raises SettingRefused."""
    app.extensions[_EXTENSION] = from_env(environ)


def of_app() -> Antivirus | None:
    """The antivirus of the application that answers now."""
    found: Antivirus | None = current_app.extensions[_EXTENSION]
    return found

"""The file in which an ente travels: a ZIP with the rows of each table, as COPY writes them, and a manifest.

It holds everything about everybody: it is written for its owner alone and appears under its name when it is whole.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from app.audit.chain import Head
from engine.json import dumps, loads

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True)
class Table:
    """What the file holds of a table."""

    columns: list[str]
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What arrives must be as it says. `schema`: the migration; `parent`: the slug of the ente above.

    `heads`: last row of each chain of the audit, [n, hash in hexadecimal]; `found`: what did not hold already.
    """

    schema: str
    ente_id: int
    slug: str
    parent: str | None
    tables: dict[str, Table]
    heads: dict[str, list[int | str]]
    found: list[list[str | int]]

    @property
    def noted(self) -> dict[str, Head]:
        """The heads as `app.audit.chain.verify` wants them."""
        return {name: Head(int(n), bytes.fromhex(str(digest))) for name, (n, digest) in self.heads.items()}

    @property
    def receipt(self) -> str:
        """Told by who received the ente to who will remove it."""
        return sha256(dumps(asdict(self))).hexdigest()[:12]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


class ParcelUnreadable(Exception):
    """The file is not one of ours, or not whole."""


@contextmanager
def writing(path: Path) -> Iterator[ZipFile]:
    """A new file; it gets its name, and replaces an older one, only when all is written. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.parte")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            yield archive
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


@contextmanager
def reading(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """A file and its manifest. Raises ParcelUnreadable, OSError."""
    try:
        with ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise ParcelUnreadable
            yield archive, _manifest(archive)
    except (BadZipFile, zlib.error) as error:
        raise ParcelUnreadable from error


def write_manifest(archive: ZipFile, manifest: Manifest) -> None:
    archive.writestr(MANIFEST, dumps({"formato": FORMAT, **asdict(manifest)}))


def entry(archive: ZipFile, table: str, mode: str = "r") -> IO[bytes]:
    """The rows of a table."""
    name = f"{table}.copy"
    return archive.open(name, "w", force_zip64=True) if mode == "w" else archive.open(name)


def _manifest(archive: ZipFile) -> Manifest:
    try:
        read = loads(archive.read(MANIFEST))
        if read.pop("formato") != FORMAT:
            raise ParcelUnreadable
        tables = {name: Table(**table) for name, table in read.pop("tables").items()}
        return Manifest(tables=tables, **read)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParcelUnreadable from error

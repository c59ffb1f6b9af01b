"""A file as it arrives: read, named, looked into and passed by the antivirus, before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import structlog
from werkzeug.datastructures import FileStorage

from app.documenti.antivirus import Antivirus, AntivirusSilent
from app.documenti.esame import examine
from app.documenti.kind import kind_of
from app.documenti.model import LARGEST
from app.documenti.name import safe_name
from app.documenti.refused import FileRefused

log = structlog.get_logger()


@dataclass(frozen=True)
class Received:
    """A file that may be kept; `checked` when the antivirus saw it, `waits` when it should have and did not."""

    nome: str
    media: str
    content: bytes = field(repr=False)
    checked: bool = False
    waits: bool = False

    @property
    def impronta(self) -> bytes:
        return hashlib.sha256(self.content).digest()


def receive(upload: FileStorage, antivirus: Antivirus | None) -> Received:
    """Read what a browser sent. Raises FileRefused."""
    content = upload.stream.read(LARGEST + 1)
    if not content:
        raise FileRefused("vuoto")
    if len(content) > LARGEST:
        raise FileRefused("grande")
    nome = safe_name(upload.filename or "")
    media = kind_of(nome, upload.mimetype or "", content)
    examine(media, content)
    if antivirus is None:
        return Received(nome, media, content)
    try:
        clean = antivirus.is_clean(content)
    except AntivirusSilent as silence:
        log.warning("antivirus.silent", error=str(silence))
        return Received(nome, media, content, waits=True)
    if not clean:
        raise FileRefused("virus")
    return Received(nome, media, content, checked=True)

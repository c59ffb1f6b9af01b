"""Reading one document: through the rights of its pratica, and never without a trace in the audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app.accounts.operator import Operator
from app.audit import record
from app.avvisi.model import Avviso
from app.database import db
from app.database.transaction import transactional
from app.documenti import antivirus, store
from app.documenti.model import ACCOLTO, INFETTO, RIMOSSO, File
from app.documenti.tipo import require_read
from app.pratiche.access import subject_of
from app.pratiche.model import Documento, Pratica
from app.rights.checks import Reason
from app.rights.policy import Decision

_GONE: Final = (INFETTO, RIMOSSO)


class FileWaiting(Exception):
    """The antivirus has not seen the file yet."""


class FileGone(Exception):
    """The bytes are no longer kept: there was a virus in them, or the form that brought them was left."""


@dataclass(frozen=True)
class Served:
    """A file to give to a browser."""

    nome: str
    media: str
    content: bytes = field(repr=False)


def is_open(file: File) -> bool:
    """Whether the file may be given to somebody at all. Once there is an antivirus, it must have seen it."""
    unseen = file.controllato_at is None and antivirus.of_app() is not None
    return file.stato == ACCOLTO and not unseen


@transactional
def open_file(operator: Operator, file_id: int) -> Served:
    """A file's bytes. Raises NotFound, NotAllowed, FileWaiting, FileGone, ContentAltered."""
    file = db.session.scalar(select(File).where(File.id == file_id))
    if file is None:
        raise NotFound
    pratica = _pratica(file.pratica_id)
    decision = require_read(operator, subject_of(db.session, pratica), file.tipo)
    if file.stato in _GONE:
        raise FileGone(file.id)
    if not is_open(file):
        raise FileWaiting(file.id)
    _trace(operator, pratica, "file", file.id, decision)
    return Served(file.nome, file.media, store.content_of(db.session, file))


@transactional
def open_text(operator: Operator, documento_id: int) -> tuple[Documento, Pratica]:
    """A text that a step wrote. Raises NotFound, NotAllowed."""
    documento = db.session.scalar(select(Documento).where(Documento.id == documento_id))
    if documento is None:
        raise NotFound
    pratica = _pratica(documento.pratica_id)
    decision = require_read(operator, subject_of(db.session, pratica), documento.tipo)
    _trace(operator, pratica, "documento", documento.id, decision)
    return documento, pratica


@transactional
def open_letter(operator: Operator, avviso_id: int) -> tuple[Avviso, Pratica]:
    """A letter that was sent. Raises NotFound, NotAllowed."""
    avviso = db.session.scalar(select(Avviso).where(Avviso.id == avviso_id))
    if avviso is None:
        raise NotFound
    pratica = _pratica(avviso.pratica_id)
    decision = require_read(operator, subject_of(db.session, pratica), None)
    _trace(operator, pratica, "avviso", avviso.id, decision)
    return avviso, pratica


def _pratica(pratica_id: int | None) -> Pratica:
    """What belongs to no pratica has nobody's rights to be read under."""
    pratica = db.session.scalar(select(Pratica).where(Pratica.id == pratica_id))
    if pratica is None:
        raise NotFound
    return pratica


def _trace(operator: Operator, pratica: Pratica, what: str, number: int, decision: Decision) -> None:
    extraordinary = decision.reason is Reason.EXTRAORDINARY
    record(
        db.session,
        f"{what}.read",
        what,
        number,
        by=operator,
        pratica_id=pratica.id,
        persona_id=pratica.persona_id,
        dettaglio={"titolo": "accesso_straordinario"} if extraordinary else {},
    )

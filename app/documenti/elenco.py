"""The documents of a pratica, newest first: files, texts and letters, as far as the operator may read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from flask import url_for
from sqlalchemy import or_, select

from app.accounts.operator import Operator
from app.avvisi.model import Avviso
from app.database import db
from app.documenti import store
from app.documenti.kind import NAMES
from app.documenti.model import INFETTO, RIMOSSO, File
from app.documenti.reading import is_open
from app.documenti.tipo import may_read, title_of
from app.format import number
from app.pratiche.model import Documento, Pratica
from app.rights.subject import Subject
from app.values import day_of

MOST: Final = 50
_KILO: Final = 1_024


@dataclass(frozen=True)
class Voce:
    """A line of the list; without `url` it cannot be opened, and `nota` says why."""

    at: datetime
    nome: str
    nota: str
    url: str | None


def of_pratica(operator: Operator, pratica: Pratica, subject: Subject) -> list[Voce]:
    """At most the newest MOST of each sort; `subject`: the facts of the pratica, of which the rights are asked."""
    found = [
        *_files(operator, pratica, subject),
        *_texts(operator, pratica, subject),
        *_letters(operator, pratica, subject),
    ]
    return sorted(found, key=lambda voce: voce.at, reverse=True)


def _files(operator: Operator, pratica: Pratica, subject: Subject) -> Iterator[Voce]:
    named = store.named_in_answers(db.session, pratica.ente_id, pratica.instance_id or 0)
    query = (
        select(File)
        .where(
            File.pratica_id == pratica.id,
            File.stato != RIMOSSO,
            or_(File.titolo.is_not(None), File.id.in_(named)),
        )
        .order_by(File.id.desc())
        .limit(MOST)
    )
    for file in db.session.scalars(query):
        if may_read(operator, subject, file.tipo):
            opens = is_open(file)
            url = url_for("documenti.download", file_id=file.id) if opens else None
            yield Voce(file.recorded_at, file.titolo or file.nome, _note(file, opens), url)


def _note(file: File, opens: bool) -> str:
    if file.stato == INFETTO:
        return "tolto: conteneva un virus"
    facts = [day(file.recorded_at), title_of(file.tipo), f"{NAMES[file.media]}, {size(file.dimensione)}"]
    return ", ".join(facts) + ("" if opens else ". In attesa del controllo antivirus")


def _texts(operator: Operator, pratica: Pratica, subject: Subject) -> Iterator[Voce]:
    query = (
        select(Documento).where(Documento.pratica_id == pratica.id).order_by(Documento.id.desc()).limit(MOST)
    )
    for documento in db.session.scalars(query):
        if may_read(operator, subject, documento.tipo):
            url = url_for("documenti.text", documento_id=documento.id) if documento.testo else None
            note = f"{day(documento.recorded_at)}, {title_of(documento.tipo)}"
            yield Voce(documento.recorded_at, documento.titolo, note, url)


def _letters(operator: Operator, pratica: Pratica, subject: Subject) -> Iterator[Voce]:
    if not may_read(operator, subject, None):
        return
    query = select(Avviso).where(Avviso.pratica_id == pratica.id).order_by(Avviso.id.desc()).limit(MOST)
    for avviso in db.session.scalars(query):
        url = url_for("documenti.letter", avviso_id=avviso.id)
        yield Voce(avviso.inviato_at, avviso.oggetto, f"{day(avviso.inviato_at)}, Lettera", url)


def day(at: datetime) -> str:
    return f"{day_of(at):%d/%m/%Y}"


def size(count: int) -> str:
    """«37 kB», «1,2 MB»."""
    kilos = Decimal(count) / _KILO
    return f"{number(kilos / _KILO, 1)} MB" if kilos >= _KILO else f"{number(max(kilos, Decimal(1)), 0)} kB"

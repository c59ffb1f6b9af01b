"""Keeping files in the database: row and bytes in one transaction. Rights are the callers' to ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.operator import Operator
from app.audit import record
from app.documenti.model import ACCOLTO, DA_CONTROLLARE, RIMOSSO, File, FileContenuto, number_of
from app.documenti.received import Received
from app.documenti.refused import FileRefused
from app.pratiche.model import Pratica
from engine.tables import history

AnySession = Session | scoped_session[Any]

MOST: Final = 500  # files of one pratica: more is a mistake, or an attempt to fill the disk


class ContentAltered(Exception):
    """The bytes kept are not those received."""

    def __init__(self, file_id: int) -> None:
        super().__init__(f"file {file_id}")
        self.file_id = file_id


def keep(
    session: AnySession,
    by: Operator,
    pratica: Pratica,
    received: Received,
    task_id: int | None = None,
    tipo: str | None = None,
) -> File:
    """Write a file of a pratica, and of a task when its form asked for it; flushes, the caller commits.

    Raises FileRefused (`spazio`).
    """
    count = select(func.count()).where(File.pratica_id == pratica.id, File.stato != RIMOSSO)
    if (session.scalar(count) or 0) >= MOST:
        raise FileRefused("spazio")
    file = File(
        ente_id=pratica.ente_id,
        pratica_id=pratica.id,
        task_id=task_id,
        tipo=tipo,
        nome=received.nome,
        media=received.media,
        dimensione=len(received.content),
        impronta=received.impronta,
        stato=DA_CONTROLLARE if received.waits else ACCOLTO,
        controllato_at=func.now() if received.checked else None,
        da_chi=str(by),
    )
    session.add(file)
    session.flush()
    session.add(FileContenuto(ente_id=file.ente_id, file_id=file.id, contenuto=received.content))
    session.flush()
    record(
        session,
        "file.add",
        "file",
        file.id,
        by=by,
        pratica_id=pratica.id,
        persona_id=pratica.persona_id,
        dettaglio={"task": task_id, "media": file.media, "stato": file.stato},
    )
    return file


def sent_before(session: AnySession, by: Operator, task_id: int, received: Received) -> File | None:
    """The same file that the same operator has sent to the same task: a browser sends it again with each answer
    that changes the questions."""
    return session.scalar(
        select(File)
        .where(
            File.ente_id == by.ente_id,
            File.task_id == task_id,
            File.da_chi == str(by),
            File.nome == received.nome,
            File.impronta == received.impronta,
            File.stato.in_((ACCOLTO, DA_CONTROLLARE)),
        )
        .order_by(File.id)
        .limit(1)
    )


def content_of(session: AnySession, file: File) -> bytes:
    """The bytes of a file. Raises ContentAltered."""
    query = select(FileContenuto.contenuto).where(
        FileContenuto.ente_id == file.ente_id, FileContenuto.file_id == file.id
    )
    content = session.scalar(query)
    if content is None or hashlib.sha256(content).digest() != file.impronta:
        raise ContentAltered(file.id)
    return bytes(content)


def named_in_answers(session: AnySession, ente_id: int, root_id: int) -> frozenset[int]:
    """The files that the answers given in a pratica name."""
    h = history.c
    answers = session.scalars(
        select(h.answers).where(
            h.ente_id == ente_id, h.root_id == root_id, h.event == "done", h.answers.is_not(None)
        )
    )
    return frozenset(number for given in answers for number in _numbers(given))


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, str):
        number = number_of(value)
        if number is not None:
            yield number
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)

"""What the clock does with files, ente by ente: scan those that wait, forget those that nobody wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.audit import record
from app.documenti import store
from app.documenti.antivirus import Antivirus, AntivirusSilent
from app.documenti.model import ACCOLTO, DA_CONTROLLARE, INFETTO, RIMOSSO, File, FileContenuto
from app.pratiche.model import Pratica
from engine.tables import task as task_table

log = structlog.get_logger()

KEPT: Final = timedelta(days=30)  # of a file sent with a form that nobody completed
AT_ONCE: Final = 100


@dataclass(frozen=True)
class Scanned:
    """How many files of a round were clean, and how many were not."""

    clean: int = 0
    infected: int = 0


def scan_waiting(session: Session, antivirus: Antivirus, limit: int = AT_ONCE) -> Scanned:
    """Scan the files of the session's ente that no antivirus has seen; commits after each.

    Stops without harm when the antivirus falls silent: the next round goes on.
    """
    clean = infected = after = 0
    for _ in range(limit):
        file = _next_waiting(session, after)
        if file is None:
            break
        after = file.id
        try:
            passed = antivirus.is_clean(store.content_of(session, file))
        except AntivirusSilent as silence:
            session.rollback()
            log.warning("antivirus.silent", error=str(silence))
            break
        except store.ContentAltered:
            session.rollback()
            log.error("file.altered", ente=file.ente_id, file=after)
            continue
        clean, infected = clean + passed, infected + (not passed)
        file.stato, file.controllato_at = (ACCOLTO if passed else INFETTO), func.now()
        if not passed:
            _forget(session, file, "file.infected")
        session.commit()
    return Scanned(clean, infected)


def _next_waiting(session: Session, after: int) -> File | None:
    """Another clock may be at the same work: what it holds is passed over."""
    return session.scalar(
        select(File)
        .where(File.controllato_at.is_(None), File.stato.in_([ACCOLTO, DA_CONTROLLARE]), File.id > after)
        .order_by(File.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def settle(session: Session, limit: int = AT_ONCE) -> int:
    """Judge once the old files of forms: those that an answer names stay, the bytes of the others go.

    Gives how many went; the caller commits.
    """
    t = task_table.c
    open_task = exists().where(t.ente_id == File.ente_id, t.id == File.task_id, t.status == "open")
    old = session.execute(
        select(File, Pratica.instance_id)
        .join(Pratica, and_(Pratica.ente_id == File.ente_id, Pratica.id == File.pratica_id))
        .where(
            File.titolo.is_(None),
            File.stato.in_([ACCOLTO, DA_CONTROLLARE]),
            File.recorded_at < func.now() - KEPT,
            or_(File.task_id.is_(None), ~open_task),
        )
        .order_by(File.id)
        .limit(limit)
    )
    dropped = 0
    for file, root_id in old:
        if file.id in store.named_in_answers(session, file.ente_id, root_id or 0):
            file.titolo = file.nome
        else:
            file.stato = RIMOSSO
            _forget(session, file, "file.drop")
            dropped += 1
    session.flush()
    return dropped


def _forget(session: Session, file: File, azione: str) -> None:
    session.execute(
        delete(FileContenuto).where(FileContenuto.ente_id == file.ente_id, FileContenuto.file_id == file.id)
    )
    record(session, azione, "file", file.id, by=None, pratica_id=file.pratica_id)

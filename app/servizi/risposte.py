"""What the domain keeps of the answers of outside bodies, in the transaction that brings them to the path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.pratiche.service import of_root
from app.servizi import isee
from engine import JobToRun

Keep = Callable[[Session, int, JobToRun, dict[str, Any], datetime], None]


def keep(session: Session, ente_id: int, job: JobToRun, response: dict[str, Any], now: datetime) -> None:
    """Keep what the domain wants of an answer; most it leaves to the path."""
    wanted = KEPT.get(job.operation)
    if wanted is not None:
        wanted(session, ente_id, job, response, now)


def _isee(session: Session, ente_id: int, job: JobToRun, response: dict[str, Any], now: datetime) -> None:
    pratica = of_root(session, ente_id, job.root_id)
    found = response.get("isee")
    if pratica is None or pratica.persona_id is None or not isinstance(found, dict):
        return
    kept = {name: value for name, value in found.items() if name != "componenti"}
    isee.keep(session, ente_id, pratica.persona_id, str(job.request.get("tipo")), found, now, kept)


KEPT: dict[str, Keep] = {"inps.isee.read": _isee}

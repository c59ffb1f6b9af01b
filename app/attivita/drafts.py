"""Keeping and finding drafts. A draft is what was typed, understood or not: nothing written is ever lost."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from app.accounts.operator import Operator
from app.attivita.model import Bozza
from app.database import db

FIELDS = 2_000
LONGEST = 100_000  # characters in one field
SERVICE = ("csrf_token", "azione", "_azione")

_TABLE = cast(Table, Bozza.__table__)
_DROP = delete(_TABLE).where(_TABLE.c.task_id == bindparam("task_id"))


def keep(operator: Operator, task_id: int, values: MultiDict[str, str]) -> datetime:
    """Keep what is typed in a task's form; returns when."""
    written = [
        [name, text[:LONGEST].replace("\0", "")]
        for name, text in values.items(multi=True)
        if name not in SERVICE
    ][:FIELDS]
    statement = insert(Bozza).values(
        ente_id=operator.ente_id,
        task_id=task_id,
        account_id=operator.account_id,
        campi=written,
        saved_at=func.now(),
    )
    saved = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ente_id", "task_id", "account_id"],
            set_={"campi": statement.excluded.campi, "saved_at": statement.excluded.saved_at},
        ).returning(Bozza.saved_at)
    )
    return saved.scalar_one()


def find(operator: Operator, task_id: int) -> Bozza | None:
    """The operator's own draft of a task."""
    return db.session.scalar(
        select(Bozza).where(Bozza.task_id == task_id, Bozza.account_id == operator.account_id)
    )


def drop(task_id: int) -> None:
    """The task is done: nobody's draft of it is needed any more."""
    db.session.execute(_DROP, {"task_id": task_id})


def fields(draft: Bozza) -> MultiDict[str, str]:
    """The draft as a form would send it."""
    return MultiDict((str(name), str(text)) for name, text in draft.campi)

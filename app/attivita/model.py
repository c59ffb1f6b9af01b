"""Drafts: what somebody has written in a task's form and not yet sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Instant
from app.database import Base


class Bozza(Base):
    """One draft for each person and task. `campi`: the form's fields as typed, [[name, text], …]."""

    __tablename__ = "bozza"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ente_id", "task_id"],
            ["engine_task.ente_id", "engine_task.id"],
            name="fk_bozza_task",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["ente_id", "account_id"], ["account.ente_id", "account.id"], name="fk_bozza_account"
        ),
    )

    ente_id: Mapped[EnteId]
    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campi: Mapped[list[Any]] = mapped_column(JSONB)
    saved_at: Mapped[Instant]

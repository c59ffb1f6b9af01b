"""The table of break-glass accesses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.database import Base

Instant = DateTime(timezone=True)


def _account(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["ente_id", column], [Account.ente_id, Account.id])


class AccessoStraordinario(Base):
    """Who opened the case of another, why, until when; and which responsabile looked at it.

    For a sealed case (violence, adoption) it opens nothing until another person approves it.
    """

    __tablename__ = "accesso_straordinario"
    __table_args__ = (
        _account("account_id"),
        _account("approvato_da"),
        _account("visto_da"),
        CheckConstraint("persona_id IS NOT NULL OR pratica_id IS NOT NULL", name="oggetto"),
        CheckConstraint("length(btrim(motivo)) >= 10", name="motivo"),
        CheckConstraint("approvato_da <> account_id", name="due_persone"),
        Index(None, "ente_id", "account_id", "scade_at"),
    )

    ente_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    persona_id: Mapped[str | None] = mapped_column(Text)
    pratica_id: Mapped[int | None] = mapped_column(BigInteger)
    unita_id: Mapped[str | None] = mapped_column(Text)
    livello: Mapped[str] = mapped_column(Text)
    motivo: Mapped[str] = mapped_column(Text)
    chiesto_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    scade_at: Mapped[datetime] = mapped_column(Instant)
    approvato_da: Mapped[int | None] = mapped_column(BigInteger)
    approvato_at: Mapped[datetime | None] = mapped_column(Instant)
    visto_da: Mapped[int | None] = mapped_column(BigInteger)
    visto_at: Mapped[datetime | None] = mapped_column(Instant)

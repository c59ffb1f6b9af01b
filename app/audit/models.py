"""The audit table. The database numbers, dates and chains the rows (trigger in migration 0002)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.enti.model import Ente


class Audit(Base):
    """One deed or one reading. `dettaglio` has codes and ids, never the content that was read or written.

    `catena` names the chain the row hangs on: `pratica:<id>`, else `persona:<id>`, else `ente`.
    """

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("ente_id", "catena", "n"),
        Index(
            "ix_audit_ente_id_persona_id",
            "ente_id",
            "persona_id",
            "id",
            postgresql_where="persona_id IS NOT NULL",
        ),
        Index(None, "ente_id", "account_id", "id"),
    )

    ente_id: Mapped[int] = mapped_column(ForeignKey(Ente.id), primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    catena: Mapped[str] = mapped_column(Text, server_default=FetchedValue())
    n: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=FetchedValue())
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    azione: Mapped[str] = mapped_column(Text)
    oggetto_tipo: Mapped[str] = mapped_column(Text)
    oggetto_id: Mapped[str | None] = mapped_column(Text)
    pratica_id: Mapped[int | None] = mapped_column(BigInteger)
    persona_id: Mapped[str | None] = mapped_column(Text)
    scopo: Mapped[str] = mapped_column(Text)
    dettaglio: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary, server_default=FetchedValue())
    hash: Mapped[bytes] = mapped_column(LargeBinary, server_default=FetchedValue())

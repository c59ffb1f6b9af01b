"""The requests that were answered: what `Idempotency-Key` compares and gives back."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Instant, RecordedAt, index, to
from app.database import Base


class RichiestaApi(Base):
    """One answered command of a token, kept a day.

    Nothing in it can be read without the token itself, which the database does not have: `chiave` and `impronta`
    are keyed hashes of the Idempotency-Key and of the request, `risposta` is the answer, encrypted.
    """

    __tablename__ = "richiesta_api"
    __table_args__ = (
        to("token_api", "token_id"),
        CheckConstraint("length(chiave) = 32 and length(impronta) = 32", name="impronte"),
        index("expires_at"),
    )

    ente_id: Mapped[EnteId]
    token_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chiave: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    impronta: Mapped[bytes] = mapped_column(LargeBinary)
    risposta: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[RecordedAt]
    expires_at: Mapped[Instant]

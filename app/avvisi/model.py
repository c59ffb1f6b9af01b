"""Letters sent: the text as it left, to whom, by which channel, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Id, Instant, RecordedAt, Ref, Str, index, one_of, to, to_ente, unique
from app.database import Base

CANALI = ("email", "pec", "posta", "telefono", "interno", "portale", "consegna")
STATI = ("simulato", "trattenuto", "inviato", "ricevuto", "fallito")


class Avviso(Base):
    """One letter. `simulato`: nothing left this machine; `trattenuto`: held back to protect the persona."""

    __tablename__ = "avviso"
    __table_args__ = (
        to_ente(),
        to("persona"),
        to("pratica"),
        one_of("destinatario_tipo", "persona", "fornitore", "ruolo", "comune", "autorita"),
        one_of("canale", *CANALI),
        one_of("stato", *STATI),
        unique("chiave"),
        index("persona_id"),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref | None]
    pratica_id: Mapped[Ref | None]
    lettera: Mapped[Str]
    destinatario_tipo: Mapped[Str]
    destinatario: Mapped[Str]
    canale: Mapped[Str]
    recapito: Mapped[Str | None]
    oggetto: Mapped[Str]
    testo: Mapped[Str]
    riferimenti: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    stato: Mapped[Str]
    inviato_at: Mapped[Instant]
    ricevuto_il: Mapped[date | None]
    chiave: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

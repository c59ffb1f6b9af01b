"""The diary of a persona (dominio.md, Diario Sociale): append-only; a correction is a new entry."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Id, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base

TIPI = ("colloquio", "visita", "telefonata", "rete", "nota")


class Diario(Base):
    """One entry. The persona may read it (L. 241/1990 art. 22): personal notes stay out."""

    __tablename__ = "diario"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("diario", "corregge_id"),
        one_of("tipo", *TIPI),
        index("persona_id", "fatto_il"),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    fatto_il: Mapped[date]
    ora: Mapped[time | None]
    tipo: Mapped[Str]
    testo: Mapped[Str]
    misure: Mapped[list[str]] = mapped_column(ARRAY(Text))
    emergenza_rientrata: Mapped[bool | None]
    corregge_id: Mapped[Ref | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

"""Needs, and the interview in which they come out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import DIMENSIONI, EnteId, Id, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base


class Bisogno(Base):
    """What the persona asks for, in her words; or what the service finds, by dimension and severity."""

    __tablename__ = "bisogno"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("contatto"),
        to("bisogno", "espresso_id"),
        one_of("tipo", "espresso", "rilevato"),
        one_of("dimensione", *DIMENSIONI),
        CheckConstraint("gravita between 1 and 5", name="gravita"),
        CheckConstraint(
            "case tipo when 'espresso' then testo is not null"
            " else dimensione is not null and gravita is not null end",
            name="contenuto",
        ),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    tipo: Mapped[Str]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    contatto_id: Mapped[Ref | None]
    espresso_id: Mapped[Ref | None]
    testo: Mapped[Str | None]
    dimensione: Mapped[Str | None]
    gravita: Mapped[int | None]
    risorse: Mapped[Str | None]
    note: Mapped[Str | None]
    rilevato_il: Mapped[date]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Colloquio(Base):
    """An interview: where, with whom, what follows. What was told is in the diary."""

    __tablename__ = "colloquio"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("contatto"),
        to("bisogno"),
        to("diario"),
        one_of("esito", "prestazione", "presa_in_carico", "invio"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    contatto_id: Mapped[Ref | None]
    bisogno_id: Mapped[Ref | None]
    diario_id: Mapped[Ref]
    data: Mapped[date]
    luogo: Mapped[Str]
    presenti: Mapped[list[str]] = mapped_column(ARRAY(Text))
    isee_disponibile: Mapped[Str | None]
    rete_familiare: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    servizi_attivi: Mapped[list[str]] = mapped_column(ARRAY(Text))
    esito: Mapped[Str]
    percorso_prestazione: Mapped[Str | None]
    servizio_destinatario: Mapped[Str | None]
    ipotesi_intervento: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

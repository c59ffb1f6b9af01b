"""The order to a supplier, and every passage of its life."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.columns import EnteId, Id, Instant, RecordedAt, Ref, Str, index, one_of, period, to
from app.database import Base

STATI = ("mandato", "accettato", "rifiutato", "scaduto", "avviato", "sospeso", "chiuso")
MOTIVI_SOSPENSIONE = ("ricovero", "assenza", "rinuncia_temporanea")


class Ordine(Base):
    """An order for a plan: `piano_id` is its first version, the one in force on a day tells what to do.

    `scaduto`: the supplier said nothing in time, which counts as a refusal.
    """

    __tablename__ = "ordine"
    __table_args__ = (
        to("piano_domiciliare", "piano_id"),
        to("persona"),
        to("pratica"),
        ForeignKeyConstraint(["ente_id", "fornitore_id"], ["fornitore.ente_id", "fornitore.id"]),
        one_of("stato", *STATI),
        index("piano_id"),
        index("fornitore_id", "stato"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    piano_id: Mapped[Ref]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    fornitore_id: Mapped[Str]
    stato: Mapped[Str]
    urgente: Mapped[bool]
    mandato_at: Mapped[Instant]
    risposta_entro: Mapped[Instant | None]
    risposto_at: Mapped[Instant | None]
    motivo_rifiuto: Mapped[Str | None]
    primo_intervento_il: Mapped[date | None]
    operatore_riferimento: Mapped[Str | None]
    note: Mapped[Str | None]
    chiuso_dal: Mapped[date | None]
    chiuso_motivo: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class PassaggioOrdine(Base):
    """The order came to a state: when, by whom, why."""

    __tablename__ = "passaggio_ordine"
    __table_args__ = (to("ordine"), one_of("stato", *STATI), index("ordine_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    ordine_id: Mapped[Ref]
    stato: Mapped[Str]
    at: Mapped[Instant]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]


class SospensioneOrdine(Base):
    """Days on which the supplier does not go, both included."""

    __tablename__ = "sospensione_ordine"
    __table_args__ = (
        to("ordine"),
        one_of("motivo", *MOTIVI_SOSPENSIONE),
        period(),
        Index(
            "uq_sospensione_ordine_aperta",
            "ente_id",
            "ordine_id",
            unique=True,
            postgresql_where=text("al is null"),
        ),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    ordine_id: Mapped[Ref]
    motivo: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class VariazioneOrdine(Base):
    """From a day on, the order follows another version of the plan."""

    __tablename__ = "variazione_ordine"
    __table_args__ = (to("ordine"), to("piano_domiciliare", "piano_id"), index("ordine_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    ordine_id: Mapped[Ref]
    piano_id: Mapped[Ref]
    dal: Mapped[date]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

"""A month of an order: the events that the supplier declares, contested or validated."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Euro, Hours, Id, Instant, RecordedAt, Ref, Str, index, one_of, to, unique
from app.database import Base
from app.servizi.models.piano import PRESTAZIONI

CONFERME = ("nfc", "qr", "firma", "assente")
ESITI_TECNICI = ("svolto", "parziale", "rifiutato", "assente_utente")


class Rendiconto(Base):
    """The account of one month of one order. `mese` is «2026-11»; hours are decimal."""

    __tablename__ = "rendiconto"
    __table_args__ = (
        to("ordine"),
        one_of("stato", "aperto", "caricato", "contestato", "validato"),
        CheckConstraint("mese ~ '^[0-9]{4}-[0-9]{2}$' and al >= dal", name="mese"),
        unique("ordine_id", "mese"),
        unique("chiave"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    ordine_id: Mapped[Ref]
    mese: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date]
    invio_entro: Mapped[date]
    stato: Mapped[Str]
    ore_validate: Mapped[Hours | None]
    importo_eur: Mapped[Euro | None]
    validato_at: Mapped[Instant | None]
    chiave: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class EventoErogazione(Base):
    """One visit as the supplier declares it. People name it by `riga`, its number in the rendiconto."""

    __tablename__ = "evento_erogazione"
    __table_args__ = (
        to("rendiconto"),
        to("persona"),
        one_of("prestazione", *PRESTAZIONI),
        one_of("conferma", *CONFERME),
        one_of("esito_tecnico", *ESITI_TECNICI),
        one_of("controllo", "ok", "avviso", "scarto"),
        one_of("stato", "caricato", "validato", "scartato"),
        unique("rendiconto_id", "riga"),
        unique("rendiconto_id", "data", "dalle", "operatore"),
        index("fornitore_id", "operatore", "data"),
        index("persona_id", "data"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    rendiconto_id: Mapped[Ref]
    riga: Mapped[int]
    persona_id: Mapped[Ref]
    fornitore_id: Mapped[Str]
    data: Mapped[date]
    dalle: Mapped[time]
    alle: Mapped[time] = mapped_column(comment="not after dalle: the day after")
    minuti: Mapped[int]
    operatore: Mapped[Str]
    prestazione: Mapped[Str]
    conferma: Mapped[Str]
    esito_tecnico: Mapped[Str]
    nota: Mapped[Str | None]
    controllo: Mapped[Str | None]
    controllo_motivo: Mapped[Str | None]
    costo_eur: Mapped[Euro | None]
    stato: Mapped[Str] = mapped_column(Text, server_default="caricato", default="caricato")
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Contestazione(Base):
    """An event that the ente does not accept as it is, the supplier's answer, and the decision."""

    __tablename__ = "contestazione"
    __table_args__ = (to("evento_erogazione", "evento_id"), unique("evento_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    evento_id: Mapped[Ref]
    motivo: Mapped[Str]
    aperta_at: Mapped[Instant]
    risposta: Mapped[Str | None]
    risposta_at: Mapped[Instant | None]
    accolta: Mapped[bool | None]
    decisione_motivo: Mapped[Str | None]
    decisa_at: Mapped[Instant | None]
    da_chi: Mapped[Str | None]

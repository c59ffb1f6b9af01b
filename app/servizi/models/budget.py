"""Money set aside: what a fund has, what is reserved of it, and who waits for it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Euro, Id, Instant, RecordedAt, Ref, Str, index, one_of, to, to_ente, unique
from app.database import Base

SERVIZI = ("domiciliarita", "interventi")


class Budget(Base):
    """A capitolo in a year, for a kind of service. What is reserved never passes what is there."""

    __tablename__ = "budget"
    __table_args__ = (
        to_ente(),
        one_of("servizio", *SERVIZI),
        unique("anno", "capitolo"),
        CheckConstraint("prenotato_eur between 0 and stanziato_eur", name="capienza"),
        index("servizio", "anno"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    anno: Mapped[int]
    servizio: Mapped[Str]
    capitolo: Mapped[Str]
    fondo: Mapped[Str | None]
    stanziato_eur: Mapped[Euro]
    prenotato_eur: Mapped[Euro] = mapped_column(server_default=text("0"), default=0)
    recorded_at: Mapped[RecordedAt]


class VariazioneBudget(Base):
    """Euro that came to a capitolo, or (below zero) that were taken from it, for a reason. Never changed."""

    __tablename__ = "variazione_budget"
    __table_args__ = (
        to("budget"),
        CheckConstraint("euro > 0 or length(btrim(motivo)) >= 3", name="motivo"),
        index("budget_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    budget_id: Mapped[Ref]
    euro: Mapped[Euro]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Prenotazione(Base):
    """Money reserved for a plan (by its first version) or a project, of the year of its capitolo.

    `importo_eur` is what it takes now: less once freed, when what was not spent goes back.
    """

    __tablename__ = "prenotazione"
    __table_args__ = (
        to("budget"),
        to("piano_domiciliare", "piano_id"),
        to("progetto"),
        one_of("stato", "attiva", "sostituita", "liberata"),
        CheckConstraint("num_nonnulls(piano_id, progetto_id) = 1", name="oggetto"),
        CheckConstraint("importo_mensile_eur >= 0 and importo_eur >= 0", name="segno"),
        Index(
            "uq_prenotazione_piano",
            "ente_id",
            "piano_id",
            unique=True,
            postgresql_where=text("stato = 'attiva'"),
        ),
        Index(
            "uq_prenotazione_progetto",
            "ente_id",
            "progetto_id",
            unique=True,
            postgresql_where=text("stato = 'attiva'"),
        ),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    budget_id: Mapped[Ref]
    piano_id: Mapped[Ref | None]
    progetto_id: Mapped[Ref | None]
    importo_mensile_eur: Mapped[Euro]
    importo_eur: Mapped[Euro]
    dal: Mapped[date]
    stato: Mapped[Str]
    chiusa_at: Mapped[Instant | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Iscrizione(Base):
    """A place in a waiting list. The position is never stored: it is recomputed from these facts."""

    __tablename__ = "iscrizione"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("piano_domiciliare", "piano_id"),
        to("progetto"),
        one_of("servizio", *SERVIZI),
        one_of("stato", "in_attesa", "chiamata", "uscita"),
        CheckConstraint("num_nonnulls(piano_id, progetto_id) = 1", name="oggetto"),
        index("servizio", "stato"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    servizio: Mapped[Str]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    piano_id: Mapped[Ref | None]
    progetto_id: Mapped[Ref | None]
    punteggio: Mapped[int]
    domanda_il: Mapped[date]
    nata_il: Mapped[date | None]
    importo_mensile_eur: Mapped[Euro]
    stato: Mapped[Str]
    chiamata_at: Mapped[Instant | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

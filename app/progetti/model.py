"""The social project: what is understood, aimed at, done for it, checked, and how it ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import DIMENSIONI, EnteId, Euro, Id, Instant, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base

MOTIVI_FINE = (
    "obiettivi_raggiunti", "decesso", "trasferimento", "rinuncia", "irreperibilita", "maggiore_eta",
    "inadempienza", "passaggio_altro_servizio",
)  # fmt: skip
UNITA_MISURA = ("ora", "giorno", "pasto", "euro", "mese")
COMPLESSITA = ("semplice", "lavoro", "complesso", "specialistico")
FIRME = ("autografa", "fea", "digitale", "spid_cie", "rifiutata")


class Analisi(Base):
    """The preliminary analysis, and the fuller picture that the équipe adds to it."""

    __tablename__ = "analisi"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        one_of("complessita", *COMPLESSITA),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    bisogni: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    punti_di_forza: Mapped[Str | None]
    urgenze: Mapped[Str | None]
    complessita: Mapped[Str | None]
    bisogno_sanitario: Mapped[bool | None]
    area_utenza: Mapped[Str | None]
    membri: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sintesi: Mapped[Str | None]
    strumenti: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Progetto(Base):
    """One version of a project. `radice_id` names the first (null on itself); one version is active."""

    __tablename__ = "progetto"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("analisi"),
        to("progetto", "radice_id"),
        one_of("stato", "bozza", "respinto", "approvato", "attivo", "superato", "chiuso"),
        one_of("firma", *FIRME),
        index("persona_id"),
        Index(
            "uq_progetto_attivo",
            "ente_id",
            text("coalesce(radice_id, id)"),
            unique=True,
            postgresql_where=text("stato = 'attivo'"),
        ),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    analisi_id: Mapped[Ref | None]
    radice_id: Mapped[Ref | None]
    versione: Mapped[int]
    stato: Mapped[Str]
    impegni_persona: Mapped[list[str]] = mapped_column(ARRAY(Text))
    impegni_servizi: Mapped[list[str]] = mapped_column(ARRAY(Text))
    verifica_il: Mapped[date | None]
    dal: Mapped[date | None]
    al: Mapped[date | None]
    firma: Mapped[Str | None]
    firmato_il: Mapped[date | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

    @property
    def radice(self) -> int:
        """The id that all versions share."""
        return self.radice_id or self.id


class Obiettivo(Base):
    """What the project aims at, and how one will see it."""

    __tablename__ = "obiettivo"
    __table_args__ = (to("progetto"), one_of("dimensione", *DIMENSIONI), index("progetto_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    progetto_id: Mapped[Ref]
    dimensione: Mapped[Str]
    descrizione: Mapped[Str]
    indicatore: Mapped[Str]
    partenza: Mapped[Str | None]
    traguardo: Mapped[Str]
    scadenza: Mapped[date]
    recorded_at: Mapped[RecordedAt]


class Intervento(Base):
    """What is done for it. `pratica_id` is the pratica that it opened, for those with a path of their own."""

    __tablename__ = "intervento"
    __table_args__ = (
        to("progetto"),
        to("pratica"),
        one_of("unita_misura", *UNITA_MISURA),
        one_of("stato", "proposto", "attivo", "chiuso"),
        CheckConstraint("quantita >= 0 and costo_unitario >= 0", name="segno"),
        index("progetto_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    progetto_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    prestazione_codice: Mapped[Str] = mapped_column(Text, comment="SIUSS code")
    descrizione: Mapped[Str | None]
    quantita: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    unita_misura: Mapped[Str]
    frequenza: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    costo_unitario: Mapped[Euro]
    quota_ente: Mapped[Euro | None] = mapped_column(Numeric(12, 2), comment="euro for each unit")
    quota_utente: Mapped[Euro | None] = mapped_column(Numeric(12, 2), comment="euro for each unit")
    quota_ssn: Mapped[Euro | None] = mapped_column(Numeric(12, 2), comment="euro for each unit")
    stato: Mapped[Str]
    chiuso_il: Mapped[date | None]
    chiuso_motivo: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Approvazione(Base):
    """Who approved or sent back a version of a project or of a plan, and why."""

    __tablename__ = "approvazione"
    __table_args__ = (
        to("progetto"),
        to("piano_domiciliare", "piano_id"),
        CheckConstraint("num_nonnulls(progetto_id, piano_id) = 1", name="oggetto"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    progetto_id: Mapped[Ref | None]
    piano_id: Mapped[Ref | None]
    approvato: Mapped[bool]
    motivi: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Monitoraggio(Base):
    """A check on a service or on a project: how it goes, and whether it goes on."""

    __tablename__ = "monitoraggio"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("progetto"),
        to("piano_domiciliare", "piano_id"),
        to("ordine"),
        CheckConstraint("soddisfazione between 1 and 5", name="soddisfazione"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    progetto_id: Mapped[Ref | None]
    piano_id: Mapped[Ref | None]
    ordine_id: Mapped[Ref | None]
    data: Mapped[date]
    mese: Mapped[Str | None]
    soddisfazione: Mapped[int | None]
    scostamenti: Mapped[list[Any]] = mapped_column(JSONB)
    esiti: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    presenti: Mapped[list[str]] = mapped_column(ARRAY(Text))
    prosegue: Mapped[bool | None]
    motivo_fine: Mapped[Str | None]
    esito_verifica: Mapped[Str | None]
    prossima_verifica: Mapped[date | None]
    sintesi: Mapped[Str | None]
    note: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Chiusura(Base):
    """The end of a service or of a project: why, with what results, approved or not, and how it was later."""

    __tablename__ = "chiusura"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("progetto"),
        to("piano_domiciliare", "piano_id"),
        to("ordine"),
        one_of("motivo", *MOTIVI_FINE),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    progetto_id: Mapped[Ref | None]
    piano_id: Mapped[Ref | None]
    ordine_id: Mapped[Ref | None]
    motivo: Mapped[Str]
    descrizione: Mapped[Str | None]
    chiuso_dal: Mapped[date | None]
    destinazione: Mapped[Str | None]
    follow_up: Mapped[bool]
    esiti: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    approvata: Mapped[bool | None]
    motivi: Mapped[Str | None]
    richiamata_il: Mapped[date | None]
    situazione: Mapped[Str | None]
    nota: Mapped[Str | None]
    riaprire: Mapped[bool | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class EventoSiuss(Base):
    """A fact that SIUSS must hear: the beginning or the end of a benefit. The flow is built elsewhere."""

    __tablename__ = "evento_siuss"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        one_of("evento", "inizio", "fine"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    prestazione_codice: Mapped[Str]
    evento: Mapped[Str]
    data: Mapped[date]
    inviato_at: Mapped[Instant | None]
    recorded_at: Mapped[RecordedAt]

"""The pratica: the procedimento of L. 241/1990 around the root instance of a path."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import (
    LIVELLI,
    EnteId,
    Id,
    Instant,
    RecordedAt,
    Ref,
    Str,
    index,
    one_of,
    period,
    to,
    to_ente,
    unique,
)
from app.database import Base


class Numeratore(Base):
    """The last number given in a register of the ente in a year. Its lock keeps numbers without gaps."""

    __tablename__ = "numeratore"
    __table_args__ = (to_ente(), CheckConstraint("ultimo > 0", name="ultimo"))

    ente_id: Mapped[EnteId]
    registro: Mapped[str] = mapped_column(Text, primary_key=True)
    anno: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ultimo: Mapped[int]


class Pratica(Base):
    """One run of a path about somebody. `persona_id` is null until the first contact finds who it is.

    `termine_giorni` is the term published for the path (null: none); `chiave` makes opening idempotent;
    `aperta_da_id` is the pratica whose step opened this one; `deciso_il` the day of the express decision
    that concludes the procedimento (art. 2 c. 1), after which the service may go on for years.
    """

    __tablename__ = "pratica"
    __table_args__ = (
        to_ente(),
        to("persona"),
        to("unita"),
        to("contatto"),
        to("account", "responsabile_id"),
        to("account", "case_manager_id"),
        to("pratica", "aperta_da_id"),
        to("engine_instance", "instance_id"),
        unique("anno", "numero"),
        unique("instance_id"),
        unique("chiave"),
        one_of("riservatezza", *LIVELLI),
        CheckConstraint("termine_giorni > 0", name="termine"),
        index("persona_id"),
        Index(
            "ix_pratica_aperte",
            "ente_id",
            "unita_id",
            "aperta_at",
            postgresql_where=text("chiusa_at is null"),
        ),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    anno: Mapped[int]
    numero: Mapped[int]
    percorso: Mapped[Str]
    titolo: Mapped[Str] = mapped_column(Text, comment="the path's name in the release that it runs on")
    persona_id: Mapped[Ref | None]
    unita_id: Mapped[Str | None]
    contatto_id: Mapped[Ref | None]
    responsabile_id: Mapped[Ref | None]
    case_manager_id: Mapped[Ref | None]
    instance_id: Mapped[Ref | None]
    aperta_da_id: Mapped[Ref | None]
    aperta_at: Mapped[Instant]
    chiusa_at: Mapped[Instant | None]
    esito: Mapped[Str | None]
    deciso_il: Mapped[date | None]
    termine_giorni: Mapped[int | None]
    riservatezza: Mapped[Str] = mapped_column(Text, server_default="ordinaria", default="ordinaria")
    sintetico: Mapped[bool] = mapped_column(server_default=false(), default=False)
    chiave: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

    @property
    def protocol_number(self) -> str:
        """«2026/4127», as people say it."""
        return f"{self.anno}/{self.numero}"


class Sospensione(Base):
    """Days on which the legal clock stands still, both included; without `al` it still does."""

    __tablename__ = "sospensione"
    __table_args__ = (
        to("pratica"),
        period(),
        Index(
            "uq_sospensione_aperta", "ente_id", "pratica_id", unique=True, postgresql_where=text("al is null")
        ),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    pratica_id: Mapped[Ref]
    dal: Mapped[date]
    al: Mapped[date | None]
    motivo: Mapped[Str]
    norma: Mapped[Str]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Assegnazione(Base):
    """Who was given a pratica, or one of its steps, when and why."""

    __tablename__ = "assegnazione"
    __table_args__ = (
        to("pratica"),
        to("account"),
        one_of("ruolo", "case_manager", "responsabile", "incaricato"),
        index("pratica_id"),
        index("account_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    pratica_id: Mapped[Ref]
    account_id: Mapped[Ref]
    ruolo: Mapped[Str]
    dal_at: Mapped[Instant]
    al_at: Mapped[Instant | None]
    entro_il: Mapped[date | None]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class PresaInCarico(Base):
    """From when to when a service answers for a persona (SIUSS PresaCarico, AreaUtenza)."""

    __tablename__ = "presa_in_carico"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("unita"),
        to("account", "case_manager_id"),
        period(),
        index("persona_id"),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref]
    unita_id: Mapped[Str | None]
    case_manager_id: Mapped[Ref | None]
    area_utenza: Mapped[Str | None]
    dal: Mapped[date]
    al: Mapped[date | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Documento(Base):
    """A document of a pratica: what it is and what it says, once and for ever."""

    __tablename__ = "documento"
    __table_args__ = (to("pratica"), to("persona"), index("pratica_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    pratica_id: Mapped[Ref | None]
    persona_id: Mapped[Ref | None]
    tipo: Mapped[Str]
    titolo: Mapped[Str]
    testo: Mapped[Str | None]
    impronta: Mapped[bytes | None] = mapped_column(comment="SHA-256 of the text")
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Protocollo(Base):
    """A line of the protocol (DPR 445/2000 art. 53), numbered by ente and year without gaps."""

    __tablename__ = "protocollo"
    __table_args__ = (
        to_ente(),
        to("pratica"),
        to("persona"),
        to("documento"),
        unique("anno", "numero"),
        one_of("verso", "in_arrivo", "in_partenza"),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    anno: Mapped[int]
    numero: Mapped[int]
    verso: Mapped[Str]
    oggetto: Mapped[Str]
    destinatario: Mapped[Str | None]
    pratica_id: Mapped[Ref | None]
    persona_id: Mapped[Ref | None]
    documento_id: Mapped[Ref | None]
    at: Mapped[Instant]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

    @property
    def protocol_number(self) -> str:
        return f"{self.anno}/{self.numero:07d}"

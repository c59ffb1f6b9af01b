"""The application, the assessment and the ISEE on which a service is granted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Euro, Id, Instant, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base

TIPI_ISEE = ("Ordinario", "SocioSanitario", "Minorenne")


class Domanda(Base):
    """An application for a service, with its line in the protocol."""

    __tablename__ = "domanda"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("contatto"),
        to("intervento"),
        to("protocollo"),
        one_of("tipo_isee", *TIPI_ISEE),
        one_of("richiedente", "se_stesso", "familiare", "tutore", "ads", "curatore"),
        index("persona_id"),
        index("pratica_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    contatto_id: Mapped[Ref | None]
    intervento_id: Mapped[Ref | None]
    protocollo_id: Mapped[Ref]
    presentata_il: Mapped[date]
    codice_fiscale: Mapped[Str]
    tipo_isee: Mapped[Str]
    urgente: Mapped[bool]
    prestazioni_chieste: Mapped[list[str]] = mapped_column(ARRAY(Text))
    motivo: Mapped[Str | None]
    richiedente: Mapped[Str | None]
    atto_nomina: Mapped[Str | None]
    ricoverato: Mapped[bool | None]
    accesso_casa: Mapped[Str | None]
    animali: Mapped[bool | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Valutazione(Base):
    """An assessment: scores in columns, the whole of the answers in `dati`."""

    __tablename__ = "valutazione"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("domanda"),
        one_of("legge_104", "no", "c1", "c3"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    domanda_id: Mapped[Ref | None]
    data: Mapped[date]
    aged: Mapped[int | None]
    adl: Mapped[int | None]
    iadl: Mapped[int | None]
    invalidita: Mapped[int | None]
    accompagnamento: Mapped[bool | None]
    legge_104: Mapped[Str | None]
    area_supporto: Mapped[int | None]
    dati: Mapped[dict[str, Any]] = mapped_column(JSONB)
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class AttestazioneIsee(Base):
    """An ISEE attestation as INPS gave it. We read it, we never compute one (DPCM 159/2013)."""

    __tablename__ = "attestazione_isee"
    __table_args__ = (to("persona"), index("persona_id", "scade_il"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    tipo: Mapped[Str]
    valore_eur: Mapped[Euro]
    protocollo_dsu: Mapped[Str | None]
    presentata_il: Mapped[date | None]
    scade_il: Mapped[date | None]
    difforme: Mapped[bool]
    dati: Mapped[dict[str, Any]] = mapped_column(JSONB)
    letta_at: Mapped[Instant]
    recorded_at: Mapped[RecordedAt]

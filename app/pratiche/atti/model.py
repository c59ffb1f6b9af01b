"""The acts of a procedimento: notice before refusal, observations, decision, transfer to another comune."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Id, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base


class Preavviso(Base):
    """The reasons against an application, told before it is refused (L. 241/1990 art. 10-bis)."""

    __tablename__ = "preavviso"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("domanda"),
        one_of("canale_invio", "send", "pec", "raccomandata"),
        index("domanda_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    domanda_id: Mapped[Ref]
    motivi: Mapped[list[str]] = mapped_column(ARRAY(Text))
    spiegazione: Mapped[Str | None]
    canale_invio: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Osservazioni(Base):
    """What the ente thinks of the observations on a notice, and why."""

    __tablename__ = "osservazioni"
    __table_args__ = (to("preavviso"), index("preavviso_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    preavviso_id: Mapped[Ref]
    accolte: Mapped[bool]
    motivazione: Mapped[Str]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Provvedimento(Base):
    """A decision: its reasons, its norms, and to whom one may appeal (L. 241/1990 art. 3)."""

    __tablename__ = "provvedimento"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("domanda"),
        to("protocollo"),
        to("avviso"),
        one_of("tipo", "diniego"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    domanda_id: Mapped[Ref]
    protocollo_id: Mapped[Ref]
    avviso_id: Mapped[Ref | None]
    tipo: Mapped[Str]
    motivazione: Mapped[Str]
    norme: Mapped[Str | None]
    osservazioni_risposta: Mapped[Str | None]
    ricorso_a: Mapped[Str | None]
    firmato_il: Mapped[date]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]


class Trasferimento(Base):
    """The persona moved: whether another comune answers for her, and from when (L. 328/2000 art. 6 c. 4)."""

    __tablename__ = "trasferimento"
    __table_args__ = (to("persona"), to("pratica"), index("persona_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    pratica_id: Mapped[Ref | None]
    nuovo_comune: Mapped[Str] = mapped_column(Text, comment="ISTAT code")
    trasferisce: Mapped[bool]
    competenza_dal: Mapped[date | None]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

"""Accredited suppliers and their operators."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Hours, Id, Instant, RecordedAt, Str, index, one_of, period
from app.database import Base

PROFILI = ("oss", "assistente_familiare", "educatore")


class Fornitore(Base):
    """The accreditation of an unità of kind «fornitore», whose slug is its id.

    `zone` empty: everywhere. `ore_settimana`: hours a week that it can give. `ultimo_incarico_at`: its turn.
    """

    __tablename__ = "fornitore"
    __table_args__ = (
        ForeignKeyConstraint(["ente_id", "id"], ["unita.ente_id", "unita.id"], name="fk_fornitore_unita"),
        period(),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    partita_iva: Mapped[Str | None]
    atto: Mapped[Str | None]
    dal: Mapped[date]
    al: Mapped[date | None]
    durc_scade_il: Mapped[date | None]
    zone: Mapped[list[str]] = mapped_column(ARRAY(Text))
    profili: Mapped[list[str]] = mapped_column(ARRAY(Text))
    ore_settimana: Mapped[Hours]
    ultimo_incarico_at: Mapped[Instant | None]
    recorded_at: Mapped[RecordedAt]


class SospensioneFornitore(Base):
    """From `dal` to `al` a supplier takes no new orders, for a reason."""

    __tablename__ = "sospensione_fornitore"
    __table_args__ = (
        ForeignKeyConstraint(["ente_id", "fornitore_id"], ["fornitore.ente_id", "fornitore.id"]),
        CheckConstraint("length(btrim(motivo)) >= 3", name="motivo"),
        period(),
        index("fornitore_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    fornitore_id: Mapped[Str]
    motivo: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    da_chi: Mapped[Str]
    recorded_at: Mapped[RecordedAt]


class OperatoreFornitore(Base):
    """Somebody who works for a supplier, under the code that its events carry."""

    __tablename__ = "operatore_fornitore"
    __table_args__ = (
        ForeignKeyConstraint(["ente_id", "fornitore_id"], ["fornitore.ente_id", "fornitore.id"]),
        one_of("qualifica", *PROFILI),
        period(),
        index("fornitore_id", "codice"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    fornitore_id: Mapped[Str]
    codice: Mapped[Str]
    nome: Mapped[Str | None]
    qualifica: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]

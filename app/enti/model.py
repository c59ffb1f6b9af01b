"""Enti (tenants, a tree), their unità and their parameters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    false,
    func,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base

Valore = None | bool | int | Decimal | str | list[Any] | dict[str, Any]


class Ente(Base):
    """A public body: comune, ambito territoriale or consorzio. Not under row-level security."""

    __tablename__ = "ente"
    __table_args__ = (
        UniqueConstraint("slug", name="uq_ente_slug"),
        CheckConstraint("tipo in ('comune', 'ambito', 'consorzio')", name="tipo"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(Text)
    nome: Mapped[str] = mapped_column(Text)
    tipo: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("ente.id", name="fk_ente_parent_id"))
    codice_istat: Mapped[str | None] = mapped_column(Text)
    codice_belfiore: Mapped[str | None] = mapped_column(Text)
    codice_ipa: Mapped[str | None] = mapped_column(Text)
    codice_fiscale: Mapped[str | None] = mapped_column(Text)
    sintetico: Mapped[bool] = mapped_column(server_default=false(), default=False)
    in_trasferimento_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Unita(Base):
    """An ATS, an office, or a fornitore's team: where people work and whose tasks they see."""

    __tablename__ = "unita"
    __table_args__ = (
        PrimaryKeyConstraint("ente_id", "id", name="pk_unita"),
        ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_unita_ente_id"),
        ForeignKeyConstraint(
            ["ente_id", "parent_id"], ["unita.ente_id", "unita.id"], name="fk_unita_ente_id_parent_id"
        ),
        CheckConstraint("tipo in ('ats', 'ufficio', 'fornitore')", name="tipo"),
        CheckConstraint("id ~ '^[a-z0-9]+([_-][a-z0-9]+)*$'", name="id"),
    )

    ente_id: Mapped[int] = mapped_column()
    id: Mapped[str] = mapped_column(Text)
    nome: Mapped[str] = mapped_column(Text)
    tipo: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[str | None] = mapped_column(Text)
    indirizzo: Mapped[str | None] = mapped_column(Text)
    cap: Mapped[str | None] = mapped_column(Text)
    telefono: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    attiva: Mapped[bool] = mapped_column(server_default=true(), default=True)


class Parametro(Base):
    """What an ente decided that a parameter of a percorso is worth, from day `dal` to day `al` included."""

    __tablename__ = "parametro"
    __table_args__ = (
        PrimaryKeyConstraint("ente_id", "id", name="pk_parametro"),
        ForeignKeyConstraint(["ente_id"], ["ente.id"], name="fk_parametro_ente_id"),
        CheckConstraint("al >= dal", name="periodo"),
        Index("ix_parametro_lettura", "ente_id", "percorso", "chiave", "dal"),
    )

    ente_id: Mapped[int] = mapped_column()
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    percorso: Mapped[str] = mapped_column(Text)
    chiave: Mapped[str] = mapped_column(Text)
    valore: Mapped[Any] = mapped_column(JSONB)
    dal: Mapped[date] = mapped_column()
    al: Mapped[date | None] = mapped_column()
    da_chi: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

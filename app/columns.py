"""Kinds of columns that the tables of the domain share, and links that never leave an ente."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import mapped_column

EnteId = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]
Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Ref = Annotated[int, mapped_column(BigInteger)]
Str = Annotated[str, mapped_column(Text)]
Euro = Annotated[Decimal, mapped_column(Numeric(12, 2))]
Hours = Annotated[Decimal, mapped_column(Numeric(9, 2))]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
RecordedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]

LIVELLI = ("ordinaria", "minori", "giudiziaria", "violenza", "adozione")
AREE = (
    "famiglia_minori", "disabili", "dipendenze", "anziani",
    "immigrati", "poverta_senza_dimora", "multiutenza",
)  # fmt: skip
DIMENSIONI = (
    "abitativa", "reddituale", "lavorativa", "salute_autonomia", "relazionale", "educativa", "legale",
)  # fmt: skip


def to_ente() -> ForeignKeyConstraint:
    """The link of a table that hangs on no other to its ente."""
    return ForeignKeyConstraint(["ente_id"], ["ente.id"])


def to(table: str, column: str | None = None) -> ForeignKeyConstraint:
    """A link to `table` of the same ente: a link by id alone would tell what other enti have."""
    return ForeignKeyConstraint(["ente_id", column or f"{table}_id"], [f"{table}.ente_id", f"{table}.id"])


def index(*columns: str) -> Index:
    """An index that begins with the ente, as every query does."""
    return Index(None, "ente_id", *columns)


def unique(*columns: str) -> UniqueConstraint:
    """Unique within the ente."""
    return UniqueConstraint("ente_id", *columns)


def one_of(column: str, *words: str) -> CheckConstraint:
    """A closed list of words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def period() -> CheckConstraint:
    """From `dal` to `al`, both included; ended on its first day it never held, and `al` is the day before."""
    return CheckConstraint("al is null or al >= dal - 1", name="periodo")

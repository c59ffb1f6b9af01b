"""The weekly plan of home care, in versions, and what the persona pays."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Euro, Hours, Id, RecordedAt, Ref, Str, index, one_of, period, to
from app.database import Base
from app.servizi.models.fornitore import PROFILI

GIORNI = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
PRESTAZIONI = (
    "igiene", "aiuto_domestico", "pasti", "accompagnamento", "sorveglianza", "telesoccorso", "trasporto",
)  # fmt: skip


class PianoDomiciliare(Base):
    """One version of a plan. `radice_id` names the first version (null on itself); one is in force at a time.

    `ore_mese` in decimal hours, `costo_mese` what the ente spends in a month.
    """

    __tablename__ = "piano_domiciliare"
    __table_args__ = (
        to("persona"),
        to("pratica"),
        to("domanda"),
        to("piano_domiciliare", "radice_id"),
        one_of("stato", "bozza", "respinto", "approvato", "attivo", "superato", "chiuso"),
        CheckConstraint("massimale_mensile >= 0 and costo_mese >= 0", name="segno"),
        index("persona_id"),
        Index(
            "uq_piano_attivo",
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
    domanda_id: Mapped[Ref | None]
    radice_id: Mapped[Ref | None]
    versione: Mapped[int]
    stato: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    ore_mese: Mapped[Hours]
    costo_mese: Mapped[Euro]
    massimale_mensile: Mapped[Euro | None]
    massimale_motivo: Mapped[Str | None]
    accesso_casa: Mapped[Str | None]
    rischi_operatore: Mapped[list[str]] = mapped_column(ARRAY(Text))
    animali: Mapped[bool | None]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

    @property
    def radice(self) -> int:
        """The id that all versions share."""
        return self.radice_id or self.id


class Turno(Base):
    """A service on a day of the week, from a time to a later one."""

    __tablename__ = "turno"
    __table_args__ = (
        to("piano_domiciliare", "piano_id"),
        one_of("prestazione", *PRESTAZIONI),
        one_of("profilo", *PROFILI),
        one_of("giorno", *GIORNI),
        CheckConstraint("alle > dalle", name="orario"),
        index("piano_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    piano_id: Mapped[Ref]
    prestazione: Mapped[Str]
    profilo: Mapped[Str]
    giorno: Mapped[Str]
    dalle: Mapped[time]
    alle: Mapped[time]

    @property
    def minutes(self) -> int:
        return (self.alle.hour - self.dalle.hour) * 60 + self.alle.minute - self.dalle.minute


class Quota(Base):
    """What the persona pays for an hour of her plan (all its versions), from `dal` to `al`."""

    __tablename__ = "quota"
    __table_args__ = (to("piano_domiciliare", "piano_id"), period(), index("piano_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    piano_id: Mapped[Ref] = mapped_column(comment="the first version")
    fascia: Mapped[Str | None]
    tariffa_oraria: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    dal: Mapped[date]
    al: Mapped[date | None]
    motivo: Mapped[Str | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

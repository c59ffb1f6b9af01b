"""People and what is known about them over time. A fact with a beginning and an end is never overwritten."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Text, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from app.columns import LIVELLI, EnteId, Id, RecordedAt, Ref, Str, index, one_of, period, to, to_ente
from app.database import Base


class Persona(Base):
    """Somebody. Without a name for who asked and stayed unknown; `unita_id` is the ATS that follows.

    `ricerca` is written by the database from the names (migration 0007). In processes the id travels as text.
    """

    __tablename__ = "persona"
    __table_args__ = (
        to_ente(),
        to("unita"),
        one_of("livello_riservatezza", *LIVELLI),
        one_of("sesso", "M", "F"),
        CheckConstraint("deceduta_il >= nata_il", name="vita"),
        Index("ix_persona_ricerca", "ricerca", postgresql_using="gin"),
        index("nata_il"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    cognome: Mapped[Str | None]
    nome: Mapped[Str | None]
    sesso: Mapped[Str | None]
    nata_il: Mapped[date | None]
    nata_a: Mapped[Str | None] = mapped_column(Text, comment="Belfiore code; Z… abroad")
    cittadinanza: Mapped[Str | None] = mapped_column(Text, comment="ISO 3166 numeric, 380 for Italy")
    lingua: Mapped[Str | None]
    deceduta_il: Mapped[date | None]
    livello_riservatezza: Mapped[Str] = mapped_column(Text, server_default="ordinaria", default="ordinaria")
    unita_id: Mapped[Str | None]
    sintetico: Mapped[bool] = mapped_column(server_default=false(), default=False)
    ricerca: Mapped[str] = mapped_column(TSVECTOR, server_default=FetchedValue(), deferred=True)
    recorded_at: Mapped[RecordedAt]

    @property
    def name(self) -> str:
        """«Rosa Parodi»."""
        return " ".join(part for part in (self.nome, self.cognome) if part) or "Persona senza nome"

    def age(self, on: date) -> int | None:
        """Full years on a day."""
        if self.nata_il is None:
            return None
        before = (on.month, on.day) < (self.nata_il.month, self.nata_il.day)
        return on.year - self.nata_il.year - before


class Identificativo(Base):
    """A code by which a persona is known. `canonico` is the codice fiscale without omocodia.

    Two living codes never share `valore`; two people may share `canonico`, which is why omocodia exists.
    """

    __tablename__ = "identificativo"
    __table_args__ = (
        to("persona"),
        one_of("tipo", "cf", "omocodia", "temporaneo", "stp", "eni"),
        period(),
        index("persona_id"),
        Index(
            "uq_identificativo_valore",
            "ente_id",
            "valore",
            unique=True,
            postgresql_where=text("al is null"),
        ),
        index("canonico"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    tipo: Mapped[Str]
    valore: Mapped[Str]
    canonico: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]


class Recapito(Base):
    """How to reach a persona. One that is `riservato` is never printed nor given to others."""

    __tablename__ = "recapito"
    __table_args__ = (
        to("persona"),
        one_of("tipo", "telefono", "email", "pec", "posta"),
        period(),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    tipo: Mapped[Str]
    valore: Mapped[Str]
    riservato: Mapped[bool] = mapped_column(server_default=false(), default=False)
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]


class Residenza(Base):
    """Where a persona is registered. `fonte` tells an ANPR answer from what was declared at the counter.

    `protetta`: an address that nobody may print or send (dominio.md §6, violence); then `indirizzo` is null.
    """

    __tablename__ = "residenza"
    __table_args__ = (
        to("persona"),
        one_of("fonte", "anpr", "dichiarata", "anagrafe"),
        period(),
        CheckConstraint("not protetta or indirizzo is null", name="protetta"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    comune: Mapped[Str] = mapped_column(Text, comment="ISTAT code")
    indirizzo: Mapped[Str | None]
    cap: Mapped[Str | None]
    zona: Mapped[Str | None] = mapped_column(Text, comment="municipio or quarter, for suppliers")
    protetta: Mapped[bool] = mapped_column(server_default=false(), default=False)
    fonte: Mapped[Str]
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]


class StatoGiuridico(Base):
    """What the law says of a persona's capacity, and who acts for her."""

    __tablename__ = "stato_giuridico"
    __table_args__ = (
        to("persona"),
        to("persona", "rappresentante_id"),
        one_of("stato", "capace", "minore", "interdetta", "inabilitata", "amministrazione_sostegno"),
        period(),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    persona_id: Mapped[Ref]
    stato: Mapped[Str]
    rappresentante_id: Mapped[Ref | None]
    atto: Mapped[Str | None]
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]


class Nucleo(Base):
    """A group of people, by the rule that makes it one (dominio.md §3.3)."""

    __tablename__ = "nucleo"
    __table_args__ = (
        to_ente(),
        one_of("tipo", "anagrafico", "isee", "isee_ristretto", "relazionale", "fiscale"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    tipo: Mapped[Str]
    recorded_at: Mapped[RecordedAt]


class Membro(Base):
    """Somebody's place in a nucleo, and for how long."""

    __tablename__ = "membro"
    __table_args__ = (
        to("nucleo"),
        to("persona"),
        period(),
        index("nucleo_id"),
        index("persona_id"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    nucleo_id: Mapped[Ref]
    persona_id: Mapped[Ref]
    relazione: Mapped[Str]
    convive: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    dal: Mapped[date]
    al: Mapped[date | None]
    recorded_at: Mapped[RecordedAt]

"""The contact: one request for help as it was heard, and the orientation given."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import AREE, EnteId, Id, Instant, RecordedAt, Ref, Str, index, one_of, to, to_ente
from app.database import Base

CANALI = ("sportello", "telefono", "online", "pec", "domicilio", "segnalazione")
CHI_CHIEDE = ("interessato", "familiare", "rappresentante", "altri")
URGENZE = ("nessuna", "entro_7gg", "entro_24h")


class Contatto(Base):
    """Who asked, for whom, what, how urgently. Names stay as told, also once the persona is known."""

    __tablename__ = "contatto"
    __table_args__ = (
        to_ente(),
        to("unita"),
        to("persona"),
        one_of("canale", *CANALI),
        one_of("chi_chiede", *CHI_CHIEDE),
        one_of("tipo_richiesta", "informazione", "aiuto"),
        one_of("area_utenza", *AREE),
        one_of("urgenza", *URGENZE),
        one_of("scelta", "esistente", "nuova"),
        index("persona_id"),
        index("unita_id", "data"),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    unita_id: Mapped[Str | None]
    persona_id: Mapped[Ref | None]
    canale: Mapped[Str]
    data: Mapped[date]
    ora: Mapped[time | None]
    chi_chiede: Mapped[Str]
    segnalante_nome: Mapped[Str | None]
    segnalante_recapito: Mapped[Str | None]
    segnalante_tipo: Mapped[Str | None] = mapped_column(Text, comment="SINBA source 1-14, or altro")
    anonimo: Mapped[bool]
    codice_fiscale: Mapped[Str | None]
    cognome: Mapped[Str | None]
    nome: Mapped[Str | None]
    data_nascita: Mapped[date | None]
    recapito: Mapped[Str | None]
    indirizzo: Mapped[Str | None]
    lingua: Mapped[Str | None]
    mediazione_linguistica: Mapped[bool]
    domanda_espressa: Mapped[Str]
    tipo_richiesta: Mapped[Str]
    area_utenza: Mapped[Str]
    urgenza: Mapped[Str]
    minore_a_rischio: Mapped[bool]
    informativa_data: Mapped[bool]
    scelta: Mapped[Str | None] = mapped_column(Text, comment="how an ambiguous persona was settled")
    scelta_motivo: Mapped[Str | None]
    esito: Mapped[Str | None]
    chiuso_at: Mapped[Instant | None]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

    @property
    def aperto(self) -> bool:
        return self.chiuso_at is None

    def close(self, esito: str, now: datetime) -> None:
        self.esito, self.chiuso_at = esito, now


class Orientamento(Base):
    """What was explained, and where the persona was sent (L. 328/2000 art. 22 c. 4 lett. a)."""

    __tablename__ = "orientamento"
    __table_args__ = (to("contatto"), index("contatto_id"))

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    contatto_id: Mapped[Ref]
    argomenti: Mapped[list[str]] = mapped_column(ARRAY(Text))
    informazioni_date: Mapped[Str]
    rivolgersi_a: Mapped[Str | None]
    scheda_consegnata: Mapped[bool]
    da_chi: Mapped[Str | None]
    recorded_at: Mapped[RecordedAt]

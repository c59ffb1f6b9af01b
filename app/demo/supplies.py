"""Accredited suppliers with their people, and the money of the year: what a comune decides once, before any pratica."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.demo.city import GENOVA
from app.servizi.models import Budget, Fornitore, OperatoreFornitore

CAPITOLI: Final = (
    ("domiciliarita", "12030.10.01", "Fondo comunale domiciliarità", Decimal(640_000)),
    ("interventi", "12050.04.02", "Fondo sociale comunale", Decimal(210_000)),
)


@dataclass(frozen=True)
class SupplierSeed:
    """An accreditation; `sigla` begins the codes of its people."""

    id: str
    sigla: str
    partita_iva: str
    ore_settimana: int
    oss: int
    assistenti: int
    zone: tuple[str, ...] = ()


SUPPLIERS: Final = (
    SupplierSeed("coop-lanterna", "LAN", "91000000011", 420, 14, 14),
    SupplierSeed("coop-ponente", "PON", "91000000029", 360, 12, 12),
    SupplierSeed("assistenza-ligure", "ALI", "91000000037", 240, 10, 10, ("centro est",)),
)


def lay(session: Session, beginning: date, years: Sequence[int]) -> None:
    """Write suppliers and budgets that are not there yet."""
    for seed in SUPPLIERS:
        made = session.execute(
            insert(Fornitore)
            .values(
                ente_id=GENOVA,
                id=seed.id,
                partita_iva=seed.partita_iva,
                atto="Determinazione dirigenziale n. 118, albo dei fornitori accreditati",
                dal=beginning,
                durc_scade_il=date(years[-1], 4, 30),
                zone=list(seed.zone),
                profili=["oss", "assistente_familiare", "educatore"],
                ore_settimana=seed.ore_settimana,
            )
            .on_conflict_do_nothing()
            .returning(Fornitore.id)
        ).scalar_one_or_none()
        if made is not None:
            _people(session, seed, beginning)
    for year in years:
        for servizio, capitolo, fondo, euro in CAPITOLI:
            session.execute(
                insert(Budget)
                .values(
                    ente_id=GENOVA,
                    anno=year,
                    servizio=servizio,
                    capitolo=capitolo,
                    fondo=fondo,
                    stanziato_eur=euro,
                )
                .on_conflict_do_nothing()
            )


def _people(session: Session, seed: SupplierSeed, beginning: date) -> None:
    for qualifica, sigla, many in (("oss", "OSS", seed.oss), ("assistente_familiare", "AF", seed.assistenti)):
        session.add_all(
            OperatoreFornitore(
                ente_id=GENOVA,
                fornitore_id=seed.id,
                codice=f"{seed.sigla}-{sigla}-{number:02d}",
                qualifica=qualifica,
                dal=beginning,
            )
            for number in range(1, many + 1)
        )


def squeeze(session: Session, anno: int, euro: Decimal) -> dict[int, Decimal]:
    """Leave `euro` to be reserved of home care's money of a year; gives what each capitolo had."""
    b = Budget
    query = select(b).where(b.ente_id == GENOVA, b.servizio == "domiciliarita", b.anno == anno)
    had = {}
    for capitolo in session.scalars(query.execution_options(populate_existing=True)):
        had[capitolo.id] = capitolo.stanziato_eur
        capitolo.stanziato_eur = capitolo.prenotato_eur + euro
    session.flush()
    return had


def restore(session: Session, had: dict[int, Decimal]) -> None:
    for budget_id, euro in had.items():
        session.get_one(Budget, (GENOVA, budget_id)).stanziato_eur = euro
    session.flush()

"""What the city needs to give help at home: accredited suppliers with their operators, and money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.demo.city import GENOVA
from app.servizi.models import Budget, Fornitore, OperatoreFornitore

BEGINNING = date(2026, 1, 1)
SUPPLIERS = ("coop-lanterna", "coop-ponente", "assistenza-ligure")
OPERATORS = (("M01", "Sara Bo", "oss"), ("M02", "Ada Gallo", "assistente_familiare"))


def lay(database: Database) -> None:
    """Suppliers, operators and the money of two years, where the city has none of its own."""
    with ente_context(GENOVA), Session(database) as session, session.begin():
        if session.scalar(select(func.count()).select_from(Fornitore)):
            return
        for supplier in SUPPLIERS:
            session.add(_accredited(supplier))
        session.flush()
        for supplier in SUPPLIERS:
            session.add_all(_at_work(supplier, *who) for who in OPERATORS)
        for anno in (2026, 2027):
            for servizio in ("domiciliarita", "interventi"):
                session.add(_money(anno, servizio))


def _accredited(supplier: str) -> Fornitore:
    return Fornitore(
        ente_id=GENOVA,
        id=supplier,
        dal=BEGINNING,
        zone=[],
        profili=["oss", "assistente_familiare"],
        ore_settimana=Decimal(500),
    )


def _at_work(supplier: str, codice: str, nome: str, qualifica: str) -> OperatoreFornitore:
    return OperatoreFornitore(
        ente_id=GENOVA, fornitore_id=supplier, codice=codice, nome=nome, qualifica=qualifica, dal=BEGINNING
    )


def _money(anno: int, servizio: str) -> Budget:
    return Budget(
        ente_id=GENOVA,
        anno=anno,
        servizio=servizio,
        capitolo=f"{servizio}-{anno}",
        stanziato_eur=Decimal(1_000_000),
    )

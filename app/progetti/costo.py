"""What a project costs the ente in a month."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.progetti.model import Intervento, Progetto
from app.values import CENT

# Benefits with a path of their own, which reserves for itself (dominio.md, P06).
PERCORSI: Final[Mapping[str, str]] = {"A2.07": "domiciliarita", "A2.08": "domiciliarita"}
TIMES_A_MONTH: Final[Mapping[str, Decimal]] = {
    "settimana": Decimal(52) / 12,
    "mese": Decimal(1),
    "una_volta": Decimal(1),
}


def interventions(session: Session, progetto: Progetto) -> list[Intervento]:
    i = Intervento
    query = select(i).where(i.ente_id == progetto.ente_id, i.progetto_id == progetto.id)
    return list(session.scalars(query.order_by(i.id)))


def monthly(session: Session, progetto: Progetto) -> Decimal:
    """Euro a month on the ente, of the interventions without a path of their own.

    One that happens once counts as a month's cost: all of it is spent in the month in which it happens.
    """
    cost = sum(
        (
            _monthly(each)
            for each in interventions(session, progetto)
            if each.prestazione_codice not in PERCORSI
        ),
        Decimal(0),
    )
    return cost.quantize(CENT, ROUND_HALF_UP)


def _monthly(each: Intervento) -> Decimal:
    """The ente's share: `quota_ente` for each unit, else the cost without what others pay."""
    share = each.quota_ente
    if share is None:
        share = each.costo_unitario - (each.quota_utente or 0) - (each.quota_ssn or 0)
    return max(share, Decimal(0)) * each.quantita * TIMES_A_MONTH.get(each.frequenza, Decimal(1))

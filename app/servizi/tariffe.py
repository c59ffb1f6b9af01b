"""What an hour costs the ente, by profile of who works: dated figures of each ente, demo ones without."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app.enti import parametri
from app.enti.model import Valore

TARIFFARIO: Final = "tariffario"  # the percorso under which an ente keeps what holds for all of them
DEMO: Final[Mapping[str, Valore]] = {
    "oss": Decimal("24.50"),
    "assistente_familiare": Decimal("20.80"),
    "educatore": Decimal("26.00"),
}


def hourly(session: Session, ente_id: int, on: date) -> dict[str, Decimal]:
    """Euro an hour by profile, in force on a day."""
    values = parametri.values(ente_id, TARIFFARIO, DEMO, on, session)
    return {profilo: Decimal(str(values[profilo])) for profilo in DEMO}

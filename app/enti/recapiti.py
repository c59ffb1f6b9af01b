"""How one writes to an ente: what its letters say of the ways to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.enti import parametri

CONTACTS: Final = "recapiti"  # the percorso under which an ente keeps them, as it does its calendar
POST, PEC, ONLINE = "posta", "pec", "online"


@dataclass(frozen=True)
class Recapiti:
    """An address for letters, a PEC, the address of the online service; None: the ente has none."""

    posta: str | None = None
    pec: str | None = None
    online: str | None = None


def on(session: Session, ente_id: int, day: date) -> Recapiti:
    """Those in force on a day."""
    found = parametri.values(ente_id, CONTACTS, dict.fromkeys((POST, PEC, ONLINE)), day, session)
    return Recapiti(**{key: value if isinstance(value, str) else None for key, value in found.items()})

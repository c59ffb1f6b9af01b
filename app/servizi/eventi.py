"""Loading the events of a month, by hand or from the suppliers' API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import format as written
from app.servizi.models import EventoErogazione, Ordine, Rendiconto
from app.values import to_day, to_time
from engine import Actor, Delivery, Engine, Refused

MOST: Final = 400
MINUTES_IN_A_DAY: Final = 24 * 60
LATE: Final = ("contestato", "validato")


def load(session: Session, rendiconto: Rendiconto, rows: Sequence[Mapping[str, Any]], by: str | None) -> int:
    """Add the events of a month to its rendiconto; one told twice is kept once. Returns how many there are.

    Refused, at the field «eventi»: rendiconto_chiuso, evento_errato, evento_fuori_mese, troppi_eventi.
    """
    session.refresh(rendiconto, with_for_update=True)  # a month is validated or takes events, never both
    if rendiconto.stato in LATE:
        raise Refused("rendiconto_chiuso", "Il rendiconto è già in controllo.", "eventi")
    ordine = session.get_one(Ordine, (rendiconto.ente_id, rendiconto.ordine_id))
    e = EventoErogazione
    mine = (e.ente_id == rendiconto.ente_id, e.rendiconto_id == rendiconto.id)
    last = session.scalar(select(func.coalesce(func.max(e.riga), 0)).where(*mine)) or 0
    for row in rows:
        added = session.execute(
            insert(e)
            .values({**_values(rendiconto, ordine, row), "riga": last + 1, "da_chi": by})
            .on_conflict_do_nothing(index_elements=["ente_id", "rendiconto_id", "data", "dalle", "operatore"])
            .returning(e.riga)
        ).scalar_one_or_none()
        last = added or last
    if last > MOST:
        raise Refused("troppi_eventi", f"Un mese ha al massimo {MOST} eventi.", "eventi")
    rendiconto.stato = "caricato"
    session.flush()
    return last


def submit(engine: Engine, rendiconto_id: int, rows: Sequence[Mapping[str, Any]], by: Actor) -> Delivery:
    """As `load`, from outside the path: the one that waits for the month's events goes on."""
    message, key = "eventi_caricati", str(rendiconto_id)
    engine.hold_waiting(message, key)
    rendiconto = engine.session.get_one(Rendiconto, (engine.ente_id, rendiconto_id))
    count = load(engine.session, rendiconto, rows, by.label)
    payload = {"eventi_caricati": count}
    return engine.correlate(message, key, payload, by, source="fornitore", message_id=f"{message}:{key}")


def minutes(dalle: time, alle: time) -> int:
    """How long a visit took; one that ends before it began went past midnight."""
    span = (alle.hour - dalle.hour) * 60 + alle.minute - dalle.minute
    return span if span > 0 else span + MINUTES_IN_A_DAY


def _values(rendiconto: Rendiconto, ordine: Ordine, row: Mapping[str, Any]) -> dict[str, Any]:
    data, dalle, alle = to_day(row.get("data")), to_time(row.get("dalle")), to_time(row.get("alle"))
    if data is None or dalle is None or alle is None:
        raise Refused("evento_errato", "A un evento manca il giorno o l'orario.", "eventi")
    if not rendiconto.dal <= data <= rendiconto.al:
        told = f"L'intervento del {written.full(data)} non è di {written.month(rendiconto.mese)}."
        raise Refused("evento_fuori_mese", told, "eventi")
    return {
        "ente_id": rendiconto.ente_id,
        "rendiconto_id": rendiconto.id,
        "persona_id": ordine.persona_id,
        "fornitore_id": ordine.fornitore_id,
        "data": data,
        "dalle": dalle,
        "alle": alle,
        "minuti": minutes(dalle, alle),
        "operatore": row["operatore"],
        "prestazione": row["prestazione"],
        "conferma": row["conferma"],
        "esito_tecnico": row["esito_tecnico"],
        "nota": row.get("nota"),
    }

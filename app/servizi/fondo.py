"""Money that comes is for what is running, then for who waits first."""

from __future__ import annotations

from sqlalchemy import func, select

from app.servizi import budget, lista
from app.servizi.models import Iscrizione
from app.servizi.models.budget import SERVIZI
from app.values import day_of
from engine import Actor, Engine


def release(engine: Engine, servizio: str, by: Actor) -> list[int]:
    """Call who waits, in order, as long as the money is enough for the next one; returns their iscrizioni.

    Nobody is overtaken: when the first needs more than there is, the others wait with her, and all wait while a
    service that is running has no money for the year. Each called one reserves again by herself, so two calls at
    once can promise nothing twice.
    """
    session, ente_id, now = engine.session, engine.ente_id, engine.now()
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"fondo:{ente_id}:{servizio}", 0)))
    )
    today = day_of(now)
    budget.renew(session, ente_id, servizio, today.year, now, by.label)
    if budget.uncovered(session, ente_id, servizio, today.year):
        return []
    free = budget.available(session, ente_id, servizio, today.year)
    called = []
    for row in lista.ranked(session, ente_id, servizio):
        needed = row.importo_mensile_eur * budget.months_left(today)
        if needed > free:
            break
        free -= needed
        called.append(row)
    for row in called:
        _call(engine, row, by)
    return [row.id for row in called]


def renew(engine: Engine, by: Actor) -> int:
    """At the turn of the year, and whenever money comes: running services pass to the new year's capitoli."""
    year, now = day_of(engine.now()).year, engine.now()
    return sum(budget.renew(engine.session, engine.ente_id, each, year, now, by.label) for each in SERVIZI)


def _call(engine: Engine, row: Iscrizione, by: Actor) -> None:
    row.stato, row.chiamata_at = "chiamata", engine.now()
    engine.session.flush()
    key = str(row.id)
    stamp = row.chiamata_at.isoformat()
    engine.correlate(
        "fondo_liberato", key, {}, by, source="fondo", message_id=f"fondo_liberato:{key}:{stamp}"
    )

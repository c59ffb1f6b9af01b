"""Orders to suppliers: the passages of their life, and the answers that come from the portal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.journal import record
from app.servizi.models import Ordine, PassaggioOrdine, PianoDomiciliare, SospensioneOrdine
from engine import Actor, Delivery, Engine, Refused

DAY = timedelta(days=1)
SERVED = ("accettato", "avviato", "sospeso")
OPEN = ("mandato", *SERVED)


class OrdineNotWaiting(Exception):
    """The order no longer waits for an answer: `stato` is what it came to."""

    def __init__(self, ordine_id: int, stato: str) -> None:
        super().__init__(f"{ordine_id}: {stato}")
        self.ordine_id, self.stato = ordine_id, stato


def move(
    session: Session, ordine: Ordine, stato: str, at: datetime, by: str | None, motivo: str | None = None
) -> None:
    """Bring an order to a state and remember when, by whom and why."""
    ordine.stato = stato
    session.add(
        PassaggioOrdine(
            ente_id=ordine.ente_id, ordine_id=ordine.id, stato=stato, at=at, motivo=motivo, da_chi=by
        )
    )
    session.flush()


def accept(engine: Engine, ordine_id: int, by: Actor) -> Delivery:
    """The supplier takes the order. Raises OrdineNotWaiting."""
    ordine = _waiting(engine, ordine_id, "ordine_accettato")
    ordine.risposto_at = engine.now()
    move(engine.session, ordine, "accettato", engine.now(), by.label)
    return _tell(engine, ordine, "ordine_accettato", by)


def refuse(engine: Engine, ordine_id: int, motivo: str, by: Actor) -> Delivery:
    """The supplier does not take the order: the next one is asked. Raises OrdineNotWaiting."""
    ordine = _waiting(engine, ordine_id, "ordine_rifiutato")
    ordine.risposto_at, ordine.motivo_rifiuto = engine.now(), motivo
    move(engine.session, ordine, "rifiutato", engine.now(), by.label, motivo)
    return _tell(engine, ordine, "ordine_rifiutato", by)


def expire(session: Session, plan: PianoDomiciliare, now: datetime, by: str | None) -> None:
    """Orders of a plan still without an answer count as refused: silence is a no."""
    o = Ordine
    query = select(o).where(o.ente_id == plan.ente_id, o.piano_id == plan.radice, o.stato == "mandato")
    for silent in session.scalars(query.with_for_update()):
        move(session, silent, "scaduto", now, by, "nessuna risposta")


def suspend(session: Session, ordine: Ordine, motivo: str, dal: date, now: datetime, by: str | None) -> int:
    """From a day on the supplier does not go; gives the suspension's id. Refused: gia_sospeso."""
    s = SospensioneOrdine
    already = select(s.id).where(s.ente_id == ordine.ente_id, s.ordine_id == ordine.id, s.al.is_(None))
    if session.scalar(already) is not None:
        raise Refused("gia_sospeso", "Il servizio è già sospeso.")
    row = SospensioneOrdine(ente_id=ordine.ente_id, ordine_id=ordine.id, motivo=motivo, dal=dal, da_chi=by)
    session.add(row)
    move(session, ordine, "sospeso", now, by, motivo)
    return row.id


def resume(
    session: Session, ordine: Ordine, sospensione: SospensioneOrdine, dal: date, now: datetime, by: str | None
) -> None:
    """The supplier goes again from a day on. Refused: ripresa_prima, when that is before the suspension."""
    if dal < sospensione.dal:
        raise Refused("ripresa_prima", "La ripresa è prima della sospensione.", "ripresa_dal")
    sospensione.al = dal - DAY
    move(session, ordine, "avviato", now, by)


def close(session: Session, ordine: Ordine, on: date, motivo: str, now: datetime, by: str | None) -> None:
    """The order ends: the last good day is the one before `on`."""
    if ordine.stato not in OPEN:
        return
    s = SospensioneOrdine
    for row in session.scalars(
        select(s).where(s.ente_id == ordine.ente_id, s.ordine_id == ordine.id, s.al.is_(None))
    ):
        row.al = max(on - DAY, row.dal - DAY)
    ordine.chiuso_dal, ordine.chiuso_motivo = on, motivo
    move(session, ordine, "chiuso", now, by, motivo)


def of_plan(session: Session, ente_id: int, radice: int) -> list[Ordine]:
    """The orders of a plan, oldest first."""
    o = Ordine
    return list(session.scalars(select(o).where(o.ente_id == ente_id, o.piano_id == radice).order_by(o.id)))


def _waiting(engine: Engine, ordine_id: int, message: str) -> Ordine:
    """The order, locked after the path that waits for this message about it."""
    engine.hold_waiting(message, str(ordine_id))
    o = Ordine
    query = select(o).where(o.ente_id == engine.ente_id, o.id == ordine_id).with_for_update()
    ordine = engine.session.scalars(query.execution_options(populate_existing=True)).one()
    late = ordine.risposta_entro is not None and engine.now() > ordine.risposta_entro
    if ordine.stato != "mandato" or late:
        raise OrdineNotWaiting(ordine.id, "scaduto" if ordine.stato == "mandato" else ordine.stato)
    return ordine


def _tell(engine: Engine, ordine: Ordine, message: str, by: Actor) -> Delivery:
    record(
        engine.session,
        f"ordine.{ordine.stato}",
        "ordine",
        ordine.id,
        by=by.account_id,
        pratica_id=ordine.pratica_id,
        persona_id=ordine.persona_id,
    )
    key = str(ordine.id)
    return engine.correlate(message, key, {}, by, source="fornitore", message_id=f"{message}:{key}")

"""Messages from outside, for the paths that wait for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from app.accounts.tokens import ApiClient
from app.api.access import actor, engine_of, source
from app.api.failures import Fault, RequestInvalid
from app.api.seal import not_sealed
from app.api.traces import did
from app.database import db
from app.pratiche.model import Pratica
from engine import Delivery
from engine.tables import instance as instance_table

LONGEST: Final = timedelta(days=366)


def deliver(
    client: ApiClient,
    nome: str,
    chiave: str,
    contenuto: dict[str, Any],
    id_messaggio: str,
    scade_il: datetime | None,
) -> str:
    """Deliver a message once per program and `id_messaggio`; returns correlated, buffered or already.

    What reached none but sealed pratiche is told as buffered: who sends learns nothing of them.
    Raises RequestInvalid.
    """
    engine = engine_of(client)
    _check_expiry(scade_il, engine.now())
    delivery = engine.correlate(
        nome,
        chiave,
        contenuto,
        actor(client),
        source=source(client),
        message_id=id_messaggio,
        expires_at=scade_il,
    )
    if delivery.outcome == "already":
        return delivery.outcome
    reached = _reached(client, delivery)
    for pratica in reached:
        did(client, "messaggio.deliver", "messaggio", nome, (pratica.id, pratica.persona_id))
    if reached and all(pratica.sealed for pratica in reached):
        return "buffered"
    if not reached:
        did(client, "messaggio.deliver", "messaggio", nome)
    return delivery.outcome


def _check_expiry(scade_il: datetime | None, now: datetime) -> None:
    if scade_il is None:
        return
    if not now < scade_il <= now + LONGEST:
        raise RequestInvalid([Fault(("scade_il",), "Serve un momento futuro, al massimo fra un anno.")])


def _reached(client: ApiClient, delivery: Delivery) -> list[Any]:
    """The pratiche of the instances that a message moved: id, persona_id, whether sealed; in order of id."""
    if not delivery.instances:
        return []
    i = instance_table.c
    root = func.coalesce(i.root_id, i.id)
    return list(
        db.session.execute(
            select(Pratica.id, Pratica.persona_id, (~not_sealed()).label("sealed"))
            .join(instance_table, (i.ente_id == Pratica.ente_id) & (root == Pratica.instance_id))
            .where(i.ente_id == client.ente_id, i.id.in_(delivery.instances))
            .distinct()
            .order_by(Pratica.id)
        )
    )

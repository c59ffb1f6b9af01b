"""The pratiche that a program may reach: those of its ente, never a sealed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.tokens import ApiClient
from app.api import tasks
from app.api.access import engine_of, sees_data
from app.api.failures import ThingNotFound
from app.api.seal import not_sealed
from app.api.traces import saw
from app.database import db
from app.pratiche import service
from app.pratiche.model import Pratica
from engine.tables import history as history_table
from engine.tables import incident as incident_table
from engine.tables import instance as instance_table


def show(client: ApiClient, pratica_id: int) -> dict[str, Any]:
    """A pratica: state, clock, open tasks, and its variables for who may read them. Raises ThingNotFound."""
    pratica = _find(client, pratica_id)
    saw(client, [(pratica.id, pratica.persona_id)], "pratica")
    return shown(client, pratica)


def shown(client: ApiClient, pratica: Pratica) -> dict[str, Any]:
    """As the API shows it; the reading is the caller's to note."""
    engine = engine_of(client)
    found: dict[str, Any] = {
        "id": pratica.id,
        "numero": pratica.protocol_number,
        "percorso": pratica.percorso,
        "titolo": pratica.titolo,
        "persona_id": pratica.persona_id,
        "unita": pratica.unita_id,
        "stato": "aperta" if pratica.chiusa_at is None else "chiusa",
        "esito": pratica.esito,
        "aperta_il": pratica.aperta_at,
        "chiusa_il": pratica.chiusa_at,
        "orologio": service.clock(db.session(), pratica, engine.now()),
        "problemi": _incidents(pratica),
        "attivita": tasks.open_in(client, pratica.id),
    }
    if sees_data(client) and pratica.instance_id is not None:
        found["variabili"] = engine.instance(pratica.instance_id).variables
    return found


@dataclass(frozen=True)
class Happening:
    """One row of history, without what people wrote."""

    id: int
    percorso: str
    passo: str
    tipo: str
    evento: str
    quando: datetime
    da_chi: str | None


@dataclass(frozen=True)
class FullHappening(Happening):
    """The same with answers, variables written, and reasons."""

    risposte: Any
    variabili: Any
    perche: Any


def history(
    client: ApiClient, pratica_id: int, after: str | None, limit: int
) -> tuple[list[Happening], str | None]:
    """A page of what happened, oldest first, and the cursor of the next one. Raises ThingNotFound."""
    pratica = _find(client, pratica_id)
    saw(client, [(pratica.id, pratica.persona_id)], "storia")
    h, i = history_table.c, instance_table.c
    full = sees_data(client)
    rows = db.session.execute(
        select(h.id, i.slug, h.element_id, h.kind, h.event, h.at, h.by)
        .add_columns(*((h.answers, h.delta, h.why) if full else ()))
        .join(instance_table, (i.ente_id == h.ente_id) & (i.id == h.instance_id))
        .where(h.ente_id == client.ente_id, h.root_id == pratica.instance_id, h.id > int(after or 0))
        .order_by(h.id)
        .limit(limit + 1)
    ).all()
    kind = FullHappening if full else Happening
    found = [kind(*row) for row in rows[:limit]]
    return found, str(found[-1].id) if len(rows) > limit else None


def _find(client: ApiClient, pratica_id: int) -> Pratica:
    pratica = db.session.scalar(
        select(Pratica).where(Pratica.ente_id == client.ente_id, Pratica.id == pratica_id, not_sealed())
    )
    if pratica is None:
        raise ThingNotFound("pratica", pratica_id)
    return pratica


def _incidents(pratica: Pratica) -> int:
    i = incident_table.c
    found = db.session.scalar(
        select(func.count()).where(
            i.ente_id == pratica.ente_id, i.root_id == pratica.instance_id, i.resolved_at.is_(None)
        )
    )
    return found or 0

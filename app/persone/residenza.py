"""A change of residence: a new line in the history, and a message to every path about the persona."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.journal import record
from app.persone.model import Residenza
from engine import Actor, Delivery, Engine


class ResidenzaImpossible(ValueError):
    """The new residence begins before the one in force."""

    def __init__(self, persona_id: int, dal: date) -> None:
        super().__init__(f"{persona_id}: {dal}")
        self.persona_id, self.dal = persona_id, dal


def current(session: Session, ente_id: int, persona_id: int, on: date) -> Residenza | None:
    """Where the persona is registered on a day."""
    r = Residenza
    return session.scalar(
        select(r)
        .where(
            r.ente_id == ente_id,
            r.persona_id == persona_id,
            r.dal <= on,
            r.al.is_(None) | (r.al >= on),
        )
        .order_by(r.dal.desc(), r.id.desc())
        .limit(1)
    )


def change(
    engine: Engine,
    persona_id: int,
    comune: str,
    dal: date,
    by: Actor,
    *,
    indirizzo: str | None = None,
    cap: str | None = None,
    zona: str | None = None,
    protetta: bool = False,
    fonte: str = "anagrafe",
) -> Delivery | None:
    """Write where the persona lives from a day on; «residenza_variata» goes out when the comune (ISTAT) is another.

    A protected address is not written at all. Raises ResidenzaImpossible.
    """
    session, ente_id = engine.session, engine.ente_id
    r = Residenza
    old = session.scalars(
        select(r)
        .where(r.ente_id == ente_id, r.persona_id == persona_id, r.al.is_(None))
        .order_by(r.id)
        .with_for_update()
    ).all()
    if any(dal < each.dal for each in old):
        raise ResidenzaImpossible(persona_id, dal)
    for each in old:
        each.al = dal - timedelta(days=1)
    made = Residenza(
        ente_id=ente_id,
        persona_id=persona_id,
        comune=comune,
        indirizzo=None if protetta else indirizzo,
        cap=None if protetta else cap,
        zona=zona,
        protetta=protetta,
        fonte=fonte,
        dal=dal,
    )
    session.add(made)
    session.flush()
    record(session, "residenza.change", "residenza", made.id, by=by.account_id, persona_id=persona_id)
    if not old or old[-1].comune == comune:
        return None
    return engine.correlate(
        "residenza_variata",
        str(persona_id),
        {"nuovo_comune": comune},
        by,
        source="anagrafe",
        message_id=f"residenza_variata:{persona_id}:{made.id}",
    )

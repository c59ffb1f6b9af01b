"""How a persona is called before a supplier: whoever goes to her home learns who she is by accepting the order.

Before, the first name, the area and the needs are enough to answer (dominio.md §6; GDPR art. 5.1.c).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from app.accounts.operator import Operator
from app.persone.model import Persona
from app.rights.roles import ROLES, Ambito
from app.servizi.models import Ordine
from app.servizi.ordine import SERVED

AnySession = Session | scoped_session[Any]

NAMELESS = "Persona senza nome"


def is_supplier(operator: Operator) -> bool:
    """Someone who knows personas only through orders."""
    held = [ROLES[grant.ruolo].ambito for grant in operator.roles if grant.ruolo in ROLES]
    return Ambito.ORDINI in held and all(ambito is Ambito.ORDINI for ambito in held)


def is_accepted(ordine: Ordine) -> bool:
    """The supplier has taken the order, even if it has ended since."""
    return ordine.stato in SERVED or (ordine.stato == "chiuso" and ordine.risposto_at is not None)


def knows(
    operator: Operator,
    ente_id: InstrumentedAttribute[int],
    persona_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
) -> ColumnElement[bool]:
    """That a supplier has accepted an order for the persona of a row."""
    o, units = Ordine, {unit for grant in operator.roles for unit in grant.units or ()}
    return (
        select(o.id)
        .where(
            o.ente_id == ente_id,
            o.persona_id == persona_id,
            o.fornitore_id.in_(sorted(units)),
            or_(o.stato.in_(SERVED), and_(o.stato == "chiuso", o.risposto_at.is_not(None))),
        )
        .exists()
    )


def name_for(session: AnySession, operator: Operator, persona: Persona) -> str:
    """Name and surname, or for a supplier that has not accepted yet the first name."""
    if not is_supplier(operator):
        return persona.name
    known = select(Persona.id).where(
        Persona.ente_id == persona.ente_id,
        Persona.id == persona.id,
        knows(operator, Persona.ente_id, Persona.id),
    )
    return persona.name if session.scalar(known) is not None else persona.nome or NAMELESS

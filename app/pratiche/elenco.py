"""The list of pratiche."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.persone.model import Persona
from app.pratiche import stato
from app.pratiche.access import case_columns
from app.pratiche.model import Pratica
from app.pratiche.numero import read as read_number
from app.pratiche.stato import Stato
from app.rights.filters import case_filter

PAGE = 50


@dataclass(frozen=True)
class Filter:
    q: str = ""
    percorso: str = ""
    chiuse: bool = False
    pagina: int = 1


@dataclass(frozen=True)
class Row:
    """One pratica in the list."""

    id: int
    numero: str
    titolo: str
    persona: str | None
    aperta_at: datetime
    chiusa_at: datetime | None
    esito: str | None
    riservatezza: str
    stato: Stato


def list_rows(operator: Operator, wanted: Filter) -> tuple[list[Row], bool]:
    """A page of pratiche, newest first, and whether there are more."""
    statement = (
        select(Pratica, Persona)
        .outerjoin(Persona, and_(Persona.ente_id == Pratica.ente_id, Persona.id == Pratica.persona_id))
        .where(case_filter(operator, "pratiche", case_columns()), *_asked(wanted))
        .order_by(Pratica.aperta_at.desc(), Pratica.id.desc())
        .limit(PAGE + 1)
        .offset((wanted.pagina - 1) * PAGE)
    )
    found = db.session.execute(statement).all()
    roots = [p.instance_id for p, _ in found[:PAGE] if p.instance_id is not None and p.chiusa_at is None]
    states = stato.of_roots(engine_of(operator), roots)
    rows = [_row(p, persona, states.get(p.instance_id or 0, Stato())) for p, persona in found[:PAGE]]
    return rows, len(found) > PAGE


def _asked(wanted: Filter) -> list[Any]:
    conditions: list[Any] = [Pratica.chiusa_at.is_not(None) if wanted.chiuse else Pratica.chiusa_at.is_(None)]
    if wanted.percorso:
        conditions.append(Pratica.percorso == wanted.percorso)
    number = read_number(wanted.q)
    if number is not None:
        conditions.append(Pratica.numero == number.numero)
        if number.anno is not None:
            conditions.append(Pratica.anno == number.anno)
    elif wanted.q:
        words = [func.lower(Persona.cognome), func.lower(Persona.nome)]
        conditions += [
            or_(*(word.startswith(part, autoescape=True) for word in words))
            for part in wanted.q.lower().split()[:4]
        ]
    return conditions


def _row(pratica: Pratica, persona: Persona | None, state: Stato) -> Row:
    return Row(
        id=pratica.id,
        numero=pratica.protocol_number,
        titolo=pratica.titolo,
        persona=persona.name if persona else None,
        aperta_at=pratica.aperta_at,
        chiusa_at=pratica.chiusa_at,
        esito=pratica.esito,
        riservatezza=pratica.riservatezza,
        stato=state,
    )


def paths() -> list[tuple[str, str]]:
    """The paths that have pratiche, for the filter."""
    found = db.session.execute(select(Pratica.percorso, Pratica.titolo).distinct())
    return sorted({(row[0], row[1]) for row in found}, key=lambda pair: pair[1])

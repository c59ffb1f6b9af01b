"""The rows of the scrivania: open human steps that an operator may see, one page at a time.

Nothing here loads the engine's state, and every count stops at a limit: the page costs the same with ten open
tasks or a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased, scoped_session

from app.accounts.models import Account
from app.accounts.operator import Operator
from app.persone.model import Persona
from app.pratiche.access import task_columns
from app.pratiche.model import Pratica
from app.pratiche.numero import read as read_number
from app.rights.filters import task_filter
from app.rights.roles import ROLES
from app.servizi import nominativo
from engine.calendar import ROME
from engine.tables import task as task_table

AnySession = Session | scoped_session[Any]

PAGE = 50
COUNTED = 500  # beyond this a count says «500+»

_COLLEAGUES = text("""
    select distinct a.id, a.cognome, a.nome from account a
    join ruolo_operatore r on r.ente_id = a.ente_id and r.account_id = a.id
    where a.attivo and r.dal <= (now() at time zone 'Europe/Rome')::date
      and (r.al is null or r.al >= (now() at time zone 'Europe/Rome')::date)
      and (:everywhere or r.unita_id = any(:units))
      and (:ruoli is null or r.ruolo = any(cast(:ruoli as text[])))
    order by a.cognome, a.nome limit 300
""")

VISTE = ("mie", "prendere", "unita")
GRUPPI = ("scadute", "oggi", "settimana", "oltre")


@dataclass(frozen=True)
class Filter:
    """What the operator asks to see. `quando` is one of GRUPPI; `chi` an account id, for the unit's view."""

    vista: str = "mie"
    q: str = ""
    percorso: str = ""
    passo: str = ""
    quando: str = ""
    chi: int | None = None
    ordina: str = "scadenza"
    pagina: int = 1


@dataclass(frozen=True)
class Row:
    """One task in the list."""

    id: int
    titolo: str
    nota: str | None
    scadenza: datetime | None
    persona: str | None
    nascita: date | None
    riservatezza: str
    percorso: str
    pratica: str
    chi: str | None
    dal: datetime
    gruppo: str


def list_rows(session: AnySession, operator: Operator, wanted: Filter, now: datetime) -> list[Row]:
    """A page of tasks plus one row more, if there is a next page."""
    holder = aliased(Account)
    t = task_table.c
    statement = (
        _visible(
            select(
                t.id,
                t.name,
                t.note,
                t.due_at,
                t.created_at,
                Persona.cognome,
                Persona.nome,
                Persona.nata_il,
                _surname_is_known(operator).label("noto"),
                Pratica.riservatezza,
                Pratica.titolo,
                Pratica.anno,
                Pratica.numero,
                holder.nome.label("chi_nome"),
                holder.cognome.label("chi_cognome"),
            ),
            operator,
            wanted,
            now,
        )
        .outerjoin(Persona, and_(Persona.ente_id == Pratica.ente_id, Persona.id == Pratica.persona_id))
        .outerjoin(holder, and_(holder.ente_id == t.ente_id, holder.id == t.assignee_id))
        .order_by(*_order(wanted.ordina))
        .limit(PAGE + 1)
        .offset((wanted.pagina - 1) * PAGE)
    )
    outside = nominativo.is_supplier(operator)
    return [_row(found, now, outside) for found in session.execute(statement)]


def _surname_is_known(operator: Operator) -> ColumnElement[bool]:
    """A supplier knows the surname of those whose order it has accepted; the others work with names."""
    if not nominativo.is_supplier(operator):
        return true()
    return nominativo.knows(operator, Pratica.ente_id, Pratica.persona_id)


def _visible(statement: Select[Any], operator: Operator, wanted: Filter, now: datetime) -> Select[Any]:
    t = task_table.c
    return (
        statement.select_from(task_table)
        .join(Pratica, and_(Pratica.ente_id == t.ente_id, Pratica.instance_id == t.root_id))
        .where(
            t.ente_id == operator.ente_id,
            t.status == "open",
            task_filter(operator, task_columns()),
            *_of_view(operator, wanted.vista),
            *_asked(operator, wanted, now),
        )
    )


def _of_view(operator: Operator, vista: str) -> list[ColumnElement[bool]]:
    t = task_table.c
    if vista == "mie":
        return [t.assignee_id == operator.account_id]
    if vista == "prendere":
        return [
            t.assignee_id.is_(None),
            t.ruolo.in_(sorted(candidate_for(operator))),
            t.excluded_id.is_distinct_from(operator.account_id),
        ]
    return []


def candidate_for(operator: Operator) -> set[str]:
    """The groups whose tasks the operator may do."""
    return {group for ruolo in operator.ruoli if ruolo in ROLES for group in ROLES[ruolo].candidate_for}


def _asked(operator: Operator, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    t = task_table.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.percorso:
        conditions.append(Pratica.percorso == wanted.percorso)
    if wanted.passo:
        conditions.append(t.element_id == wanted.passo)
    if wanted.chi is not None:
        conditions.append(t.assignee_id == wanted.chi)
    if wanted.quando in GRUPPI:
        conditions.append(_group(now) == wanted.quando)
    if wanted.q:
        conditions.append(_matching(operator, wanted.q))
    return conditions


def _matching(operator: Operator, q: str) -> ColumnElement[bool]:
    number = read_number(q)
    if number is not None:
        same = Pratica.numero == number.numero
        return same if number.anno is None else and_(same, Pratica.anno == number.anno)
    named = aliased(Persona)
    surname = case((_surname_is_known(operator), func.lower(named.cognome)), else_="")
    words = [surname, func.lower(named.nome)]
    matching = select(named.id).where(
        named.ente_id == Pratica.ente_id,
        *(or_(*(word.startswith(part, autoescape=True) for word in words)) for part in q.lower().split()[:4]),
    )
    return Pratica.persona_id.in_(matching)


def _group(now: datetime) -> ColumnElement[str]:
    tomorrow, week = _edges(now)
    due = task_table.c.due_at
    return case(
        (due.is_(None), "oltre"),
        (due < now, "scadute"),
        (due < tomorrow, "oggi"),
        (due < week, "settimana"),
        else_="oltre",
    )


def _edges(now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(ROME).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), ROME)
    return midnight, datetime.combine(today + timedelta(days=8), time(), ROME)


def _order(ordina: str) -> Sequence[ColumnElement[Any]]:
    t = task_table.c
    by: dict[str, Sequence[Any]] = {
        "scadenza": (t.due_at.asc(), t.id.asc()),
        "persona": (Persona.cognome.asc().nulls_last(), Persona.nome, t.due_at.asc(), t.id.asc()),
        "percorso": (Pratica.titolo.asc(), t.due_at.asc(), t.id.asc()),
        "attesa": (t.created_at.asc(), t.id.asc()),
    }
    return by.get(ordina, by["scadenza"])


def _row(found: Any, now: datetime, outside: bool) -> Row:
    tomorrow, week = _edges(now)
    due = found.due_at
    if due is None or due >= week:
        gruppo = "oltre"
    else:
        gruppo = "scadute" if due < now else "oggi" if due < tomorrow else "settimana"
    name = " ".join(part for part in (found.cognome if found.noto else None, found.nome) if part)
    return Row(
        id=found.id,
        titolo=found.name,
        nota=found.note,
        scadenza=due,
        persona=name or None,
        nascita=None if outside else found.nata_il,
        riservatezza=found.riservatezza,
        percorso=found.titolo,
        pratica=f"{found.anno}/{found.numero}",
        chi=f"{found.chi_nome} {found.chi_cognome}" if found.chi_cognome else None,
        dal=found.created_at,
        gruppo=gruppo,
    )


def count(session: AnySession, operator: Operator, wanted: Filter, now: datetime) -> int:
    """How many tasks a view has, up to COUNTED."""
    some = _visible(select(task_table.c.id), operator, wanted, now).limit(COUNTED).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def count_groups(session: AnySession, operator: Operator, wanted: Filter, now: datetime) -> dict[str, int]:
    """How many of a view's nearest COUNTED tasks fall in each group."""
    some = (
        _visible(select(_group(now).label("gruppo")), operator, wanted, now)
        .order_by(task_table.c.due_at.asc())
        .limit(COUNTED)
        .subquery()
    )
    found = session.execute(select(some.c.gruppo, func.count()).group_by(some.c.gruppo))
    return dict.fromkeys(GRUPPI, 0) | {row[0]: row[1] for row in found}


def choices(session: AnySession, operator: Operator) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The paths and steps met among the operator's nearest tasks, for the filters."""
    t = task_table.c
    some = (
        _visible(
            select(Pratica.percorso, Pratica.titolo, t.element_id, t.name),
            operator,
            Filter(vista="unita"),
            datetime.now(ROME),
        )
        .limit(COUNTED)
        .subquery()
    )
    rows = session.execute(select(some).distinct()).all()
    paths = sorted({(row[0], row[1]) for row in rows}, key=lambda pair: pair[1])
    steps = sorted({(row[2], row[3]) for row in rows}, key=lambda pair: pair[1])
    return paths, steps


def colleagues(
    session: AnySession, operator: Operator, ruoli: list[str] | None = None
) -> list[tuple[int, str]]:
    """People with a role (or one of `ruoli`) now in the operator's units, or anywhere, for who works for the whole
    ente."""
    units = sorted(operator.unita)
    found = session.execute(_COLLEAGUES, {"units": units, "everywhere": not units, "ruoli": ruoli})
    return [(row.id, f"{row.cognome} {row.nome}") for row in found]

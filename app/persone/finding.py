"""Finding people, pratiche and tasks that the operator may open, by a name, a code, a birth or a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import select, text

from app.accounts.operator import Operator
from app.database import db
from app.inbox import rows
from app.inbox.rows import Filter
from app.persone.access import subject_of
from app.persone.model import Persona
from app.pratiche import elenco
from app.pratiche.access import subject_of as subject_of_pratica
from app.pratiche.model import Pratica
from app.pratiche.numero import read as read_number
from app.rights import policy
from app.rights.roles import ROLES
from engine.calendar import ROME

MOST = 20
CODE = re.compile(r"[A-Za-z]{2,6}[0-9A-Za-z]{0,14}[0-9][0-9A-Za-z]*")
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

_SEARCH = text("select persona_id from persona_cerca(:words, :code, :dal, :al, null, :livelli, :most)")


@dataclass(frozen=True)
class Found:
    """Something found: what it is, its name, a line that tells it apart, where it opens."""

    genere: str
    titolo: str
    sotto: str
    url: str


def find_people(operator: Operator, q: str) -> list[Persona]:
    """People whose contacts the operator may read."""
    words, code, born = _read(q)
    if not (words or code or born):
        return []
    levels = sorted({level for ruolo in operator.ruoli if ruolo in ROLES for level in ROLES[ruolo].livelli})
    ids = db.session.scalars(
        _SEARCH,
        {"words": words, "code": code, "dal": born, "al": born, "livelli": levels, "most": MOST * 2},
    ).all()
    people = db.session.scalars(
        select(Persona).where(Persona.id.in_(ids)).order_by(Persona.cognome, Persona.nome, Persona.id)
    )
    return [p for p in people if policy.may(operator, "read:contatti", subject_of(p))][:MOST]


def find_anything(operator: Operator, q: str) -> list[Found]:
    """People first, then pratiche, then open tasks."""
    found: list[Found] = []
    if policy.may_ever(operator, "read:contatti"):
        found += [_persona(persona) for persona in find_people(operator, q)]
    if policy.may_ever(operator, "read:pratiche"):
        pratiche = [
            row
            for closed in (False, True)
            for row in elenco.list_rows(operator, elenco.Filter(q=q, chiuse=closed))[0]
        ]
        found += [_pratica(row) for row in pratiche[:MOST]]
        found += [] if pratiche else _of_others(operator, q)
    if policy.may_ever(operator, "read:inbox"):
        now = datetime.now(ROME)
        tasks = rows.list_rows(db.session, operator, Filter(vista="unita", q=q), now)
        found += [
            Found(
                "Attività",
                row.titolo,
                ", ".join(part for part in (row.persona, row.pratica) if part),
                url_for("attivita.show", task_id=row.id),
            )
            for row in tasks[:MOST]
        ]
    return found


def _pratica(row: elenco.Row) -> Found:
    facts = (row.persona, "chiusa" if row.chiusa_at else "")
    return Found(
        "Pratica",
        f"{row.titolo} {row.numero}",
        ", ".join(fact for fact in facts if fact),
        url_for("pratiche.show", pratica_id=row.id),
    )


def _of_others(operator: Operator, q: str) -> list[Found]:
    """A pratica that one may know of and not read, by its whole number: its page says whom to ask, and how."""
    number = read_number(q)
    if number is None or number.anno is None:
        return []
    asked = select(Pratica).where(Pratica.numero == number.numero, Pratica.anno == number.anno)
    return [
        Found(
            "Pratica",
            pratica.protocol_number,
            "seguita da altri",
            url_for("pratiche.show", pratica_id=pratica.id),
        )
        for pratica in db.session.scalars(asked)
        if policy.may(operator, "read:esiste", subject_of_pratica(db.session, pratica))
    ]


def _read(q: str) -> tuple[str | None, str | None, date | None]:
    """What was typed, as words of a name, the beginning of a code, or a day of birth."""
    q = q.strip()
    day = DAY.search(q)
    born = None
    if day:
        try:
            born = date(int(day[3]), int(day[2]), int(day[1]))
        except ValueError:
            born = None
        q = DAY.sub("", q).strip()
    if CODE.fullmatch(q):
        return None, q.upper(), born
    return (q or None), None, born


def _persona(persona: Persona) -> Found:
    born = (
        f"{'nato' if persona.sesso == 'M' else 'nata'} il {persona.nata_il:%d/%m/%Y}"
        if persona.nata_il
        else ""
    )
    return Found("Persona", persona.name, born, url_for("persone.show", persona_id=persona.id))

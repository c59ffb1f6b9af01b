"""«Chi ha visto la cartella»: the audit of a persona or of a pratica, as far as the operator may read it.

The rows that one page wrote are one line. Of a sealed pratica only who follows it, or the auditor, learns anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Account, TokenApi
from app.accounts.operator import Operator
from app.audit import parole
from app.audit.models import Audit
from app.database import db
from app.persone.model import Identificativo, Persona
from app.pratiche.access import case_columns, subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.filters import action_filter
from app.rights.models import AccessoStraordinario
from app.rights.roles import CATALOGUE, ROLES, SIGILLATI, Ambito

ACTION: Final = "audit:read"
PAGE: Final = 50  # lines
MOSTRA: Final = ("", "letture", "modifiche", "straordinari")
EXTRAORDINARY: Final = "accesso_straordinario"
NUMBER: Final = re.compile(r"(\d{4})/(\d{1,9})")

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Filter:
    """Which lines: `mostra` is one of MOSTRA, `chi` an account."""

    mostra: str = ""
    chi: int | None = None
    pagina: int = 1


@dataclass(frozen=True)
class Consultazione:
    """One line. `pratica_id` only where the operator may open the pratica; `motivo` of a break-glass access."""

    at: datetime
    chi: str
    che_cosa: str
    scopo: str
    pratica: str | None
    pratica_id: int | None
    straordinario: bool
    motivo: str | None


def of_persona(persona: Persona) -> Condition:
    """What was read or done of a persona and of every pratica of hers."""
    hers = db.session.scalars(select(Pratica.id).where(Pratica.persona_id == persona.id))
    chains = [f"pratica:{pratica_id}" for pratica_id in hers]  # the chain has an index, the pratica has none
    return or_(Audit.persona_id == str(persona.id), Audit.catena.in_(chains))


def of_pratica(pratica: Pratica) -> Condition:
    return Audit.catena == f"pratica:{pratica.id}"


def reads_everything(operator: Operator) -> bool:
    """Whether some role of the operator reads the logs of the whole ente, and no case (dominio.md §6: DPO)."""
    roles = (ROLES[ruolo] for ruolo in operator.ruoli if ruolo in ROLES)
    return any(role.can(ACTION) and role.ambito is Ambito.NESSUNO for role in roles)


def purpose(operator: Operator) -> str:
    """Why this operator reads the logs, for the line that this reading leaves."""
    return "controllo" if reads_everything(operator) else "servizio"


def lines(operator: Operator, about: Condition, wanted: Filter) -> tuple[list[Consultazione], bool]:
    """A page of lines, the newest first, and whether there are more."""
    skipped = (wanted.pagina - 1) * PAGE
    rows = db.session.execute(_statement(operator, about, wanted).limit(PAGE + 1).offset(skipped)).all()
    return _told(operator, rows[:PAGE]), len(rows) > PAGE


def people(operator: Operator, about: Condition) -> list[tuple[int, str]]:
    """Who is in those lines, by name."""
    ids = select(Audit.account_id).outerjoin(Pratica, _PRATICA).where(about, _readable(operator))
    rows = db.session.scalars(
        select(Account).where(Account.id.in_(ids)).order_by(Account.cognome, Account.nome)
    )
    return [(row.id, f"{row.cognome} {row.nome}") for row in rows]


_PRATICA = and_(Pratica.ente_id == Audit.ente_id, Pratica.id == Audit.pratica_id)
_ACCESS = (
    and_(  # what extraordinary.in_force opens; of a sealed pratica, only its own lines may tell the reason
        AccessoStraordinario.account_id == Audit.account_id,
        AccessoStraordinario.chiesto_at <= Audit.at,
        AccessoStraordinario.scade_at > Audit.at,
        or_(
            and_(
                AccessoStraordinario.livello.not_in(sorted(SIGILLATI)),
                or_(
                    AccessoStraordinario.pratica_id == Audit.pratica_id,
                    AccessoStraordinario.persona_id == Audit.persona_id,
                ),
            ),
            and_(
                AccessoStraordinario.approvato_da.is_not(None),
                AccessoStraordinario.pratica_id == Audit.pratica_id,
            ),
        ),
    )
)


def _readable(operator: Operator) -> Condition:
    return or_(Audit.pratica_id.is_(None), action_filter(operator, ACTION, case_columns()))


def _statement(operator: Operator, about: Condition, wanted: Filter) -> Select[*tuple[Any, ...]]:
    read = Audit.azione.in_(parole.READS)
    title = Audit.dettaglio["titolo"].astext
    # A page that forgot to say why it could be read is found by the access that was then in force.
    lent = select(func.max(AccessoStraordinario.id)).where(_ACCESS).correlate(Audit).scalar_subquery()
    asked = Audit.oggetto_tipo == EXTRAORDINARY
    extraordinary = or_(func.coalesce(title == EXTRAORDINARY, False), and_(read, lent.is_not(None)), asked)
    conditions = {
        "letture": read,
        "modifiche": ~read,
        "straordinari": extraordinary,
    }
    grouped = (
        Audit.account_id,
        Audit.azione,
        Audit.oggetto_tipo,
        Audit.oggetto_id,
        Audit.pratica_id,
        Audit.scopo,
        Audit.dettaglio["token"].astext,
        func.date_trunc("second", Audit.at),
    )
    chosen = [about, _readable(operator)]
    if wanted.mostra in conditions:
        chosen.append(conditions[wanted.mostra])
    if wanted.chi is not None:
        chosen.append(Audit.account_id == wanted.chi)
    return (
        select(
            *grouped[:6],
            grouped[6].label("token"),
            func.min(Audit.at).label("at"),
            func.array_agg(func.coalesce(Audit.dettaglio["sezione"].astext, "").distinct()).label("sezioni"),
            func.bool_or(extraordinary).label("straordinario"),
            func.max(lent).label("accesso"),
        )
        .outerjoin(Pratica, _PRATICA)
        .where(*chosen)
        .group_by(*grouped)
        .order_by(func.max(Audit.id).desc())
    )


def _told(operator: Operator, rows: Iterable[Row[Any]]) -> list[Consultazione]:
    rows = list(rows)
    names = _names({row.account_id for row in rows})
    programs = _programs({int(row.token) for row in rows if (row.token or "").isdigit()})
    pratiche = _pratiche(operator, {row.pratica_id for row in rows})
    motives = _motives({access for row in rows if (access := _access_of(row)) is not None})
    told = []
    for row in rows:
        number, readable = pratiche.get(row.pratica_id, (None, False))
        told.append(
            Consultazione(
                at=row.at,
                chi=names.get(row.account_id) or programs.get(int(row.token or 0), "Percorsi, da sé"),
                che_cosa=parole.told(row.azione, sorted(each for each in row.sezioni if each)),
                scopo=CATALOGUE.scopi.get(row.scopo, row.scopo),
                pratica=number,
                pratica_id=row.pratica_id if readable else None,
                straordinario=row.straordinario,
                motivo=motives.get(_access_of(row) or 0) if row.straordinario else None,
            )
        )
    return told


def _access_of(row: Row[Any]) -> int | None:
    if row.oggetto_tipo == EXTRAORDINARY:
        return int(row.oggetto_id)
    return None if row.accesso is None else int(row.accesso)


def _names(ids: set[int]) -> dict[int, str]:
    return {
        row.id: row.name for row in db.session.scalars(select(Account).where(Account.id.in_(ids - {None})))
    }


def _programs(ids: set[int]) -> dict[int, str]:
    found = db.session.scalars(select(TokenApi).where(TokenApi.id.in_(ids)))
    return {row.id: f"{row.nome} (programma)" for row in found}


def _pratiche(operator: Operator, ids: set[int]) -> dict[int, tuple[str, bool]]:
    found = db.session.scalars(select(Pratica).where(Pratica.id.in_(ids - {None})))
    return {
        row.id: (
            row.protocol_number,
            bool(policy.may(operator, "read:pratiche", subject_of(db.session, row))),
        )
        for row in found
    }


def _motives(ids: set[int]) -> dict[int, str]:
    a = AccessoStraordinario
    return {row.id: row.motivo for row in db.session.execute(select(a.id, a.motivo).where(a.id.in_(ids)))}


@dataclass(frozen=True)
class Straordinario:
    """A break-glass access. `visto_da`: the responsabile who looked at it, if any has."""

    accesso: AccessoStraordinario
    chi: str
    pratica: str | None
    visto_da: str | None
    chiusa: bool


def extraordinary_accesses() -> list[Straordinario]:
    """The last ones of the ente, the newest first. `chiusa`: sealed, and nobody has approved it."""
    a, looked = AccessoStraordinario, aliased(Account)
    rows = db.session.execute(
        select(a, Account, looked, Pratica)
        .join(Account, and_(Account.ente_id == a.ente_id, Account.id == a.account_id))
        .outerjoin(looked, and_(looked.ente_id == a.ente_id, looked.id == a.visto_da))
        .outerjoin(Pratica, and_(Pratica.ente_id == a.ente_id, Pratica.id == a.pratica_id))
        .order_by(a.id.desc())
        .limit(PAGE)
    )
    return [
        Straordinario(
            accesso=access,
            chi=who.name,
            pratica=pratica.protocol_number if pratica else None,
            visto_da=seen_by.name if seen_by else None,
            chiusa=access.livello in SIGILLATI and access.approvato_da is None,
        )
        for access, who, seen_by, pratica in rows
    ]


def find(asked: str) -> Pratica | Persona | None:
    """The pratica of that number (2026/12), or the persona of that codice fiscale: exactly, in this ente."""
    number = NUMBER.fullmatch(asked)
    if number:
        return db.session.scalar(
            select(Pratica).where(Pratica.anno == int(number[1]), Pratica.numero == int(number[2]))
        )
    i = Identificativo
    known = select(i.persona_id).where(i.valore == asked.upper(), i.al.is_(None))
    return db.session.scalar(select(Persona).where(Persona.id.in_(known)))

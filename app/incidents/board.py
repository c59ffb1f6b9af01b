"""What has stopped, as far as an operator may know: grouped by what stopped it, each with its pratica.

The person's name only to who may read the pratica; for the others its number, and of a refusal the code alone,
because the words of our own operations may name somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal, select, text

from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.persone.model import Persona
from app.pratiche.access import case_columns
from app.pratiche.model import Pratica
from app.rights.filters import action_filter, case_filter
from app.rights.roles import ROLES, Ambito
from engine import Engine, Operation, invariants, tables

ACTION = "incidente:resolve"
HELPING = [role.id for role in ROLES.values() if ACTION in role.azioni]
MOST = 500  # rows of the page; the count in the bar goes on

_HOW_OFTEN = text("""
    select i.slug, n.element_id, n.kind, count(*) as times
    from engine_incident n join engine_instance i on i.ente_id = n.ente_id and i.id = n.instance_id
    where n.ente_id = :ente_id and n.created_at > clock_timestamp() - interval '30 days'
    group by i.slug, n.element_id, n.kind
""")


@dataclass(frozen=True)
class Stopped:
    """One incident. `pratica_id` only where the operator may open the pratica; `tentativi` of its call."""

    id: int
    pratica: str | None
    pratica_id: int | None
    persona: str | None
    persona_id: int | None
    passo: str
    percorso: str
    kind: str
    dice: str
    dal: datetime
    tentativi: int | None
    chi: str | None
    corregge: bool

    @property
    def controllo(self) -> bool:
        """Found by the check of the paths, and not by a step that failed."""
        return self.kind.startswith(invariants.PREFIX)


@dataclass(frozen=True)
class Group:
    """The incidents of one step of one path that stopped for one reason, oldest first.

    `collegamento` is the operation of the outside body, in words; `volte` how often in thirty days, these included.
    """

    chiave: str
    titolo: str
    percorso: str
    collegamento: str | None
    fermi: tuple[Stopped, ...]
    volte: int

    @property
    def dice(self) -> str | None:
        """What they all say, said once."""
        said = {fermo.dice for fermo in self.fermi}
        return said.pop() if len(said) == 1 else None

    @property
    def controllo(self) -> bool:
        return self.fermi[0].controllo


def count(operator: Operator) -> int:
    """How many incidents wait, among those that the operator may set going."""
    found = _statement(operator).with_only_columns(func.count(), maintain_column_froms=True)
    return int(db.session.scalar(found.order_by(None)) or 0)


def groups(operator: Operator) -> list[Group]:
    """What has stopped, the largest groups first."""
    engine = engine_of(operator)
    rows = db.session.execute(_statement(operator).limit(MOST)).all()
    often = {
        (row.slug, row.element_id, row.kind): row.times
        for row in db.session.execute(_HOW_OFTEN, {"ente_id": operator.ente_id})
    }
    by_key: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        by_key.setdefault((row.slug, row.element_id, row.kind), []).append(row)
    made = [_group(engine, key, found, often.get(key, len(found))) for key, found in by_key.items()]
    return sorted(made, key=lambda group: -len(group.fermi))


def find(operator: Operator, incident_id: int) -> tuple[Stopped, Group] | None:
    """One open incident that the operator may set going, alone in its group; None when there is none."""
    statement = _statement(operator).where(tables.incident.c.id == incident_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    group = _group(engine_of(operator), (row.slug, row.element_id, row.kind), [row], 1)
    return group.fermi[0], group


def without_cases(ruolo: str) -> bool:
    """Whether a role sets machines going without seeing any case."""
    return ruolo in HELPING and ROLES[ruolo].ambito is Ambito.NESSUNO


def helpers(operator: Operator) -> list[tuple[int, str]]:
    """People of the ente who may see to an incident."""
    return [(row.id, f"{row.cognome} {row.nome}") for row in db.session.execute(_HELPERS, {"ruoli": HELPING})]


_HELPERS = text("""
    select distinct a.id, a.cognome, a.nome from account a
    join ruolo_operatore r on r.ente_id = a.ente_id and r.account_id = a.id
    where a.attivo and r.ruolo = any(:ruoli) and r.dal <= (now() at time zone 'Europe/Rome')::date
      and (r.al is null or r.al >= (now() at time zone 'Europe/Rome')::date)
    order by a.cognome, a.nome limit 300
""")


def _statement(operator: Operator) -> Select[Any]:
    n, i, j = tables.incident.c, tables.instance.c, tables.job.c
    case = case_columns()
    return (
        select(
            n.id,
            n.element_id,
            n.kind,
            n.message,
            n.created_at,
            i.slug,
            i.hash,
            j.operation,
            j.attempts,
            Pratica,
            Persona,
            (Account.nome + literal(" ") + Account.cognome).label("chi"),
            func.coalesce(case_filter(operator, "pratiche", case), False).label("leggibile"),
            func.coalesce(action_filter(operator, "incidente:correct", case), False).label("corregge"),
        )
        .select_from(tables.incident)
        .join(tables.instance, and_(i.ente_id == n.ente_id, i.id == n.instance_id))
        .outerjoin(tables.job, and_(j.ente_id == n.ente_id, j.id == n.job_id))
        .outerjoin(Pratica, and_(Pratica.ente_id == n.ente_id, Pratica.instance_id == n.root_id))
        .outerjoin(Persona, and_(Persona.ente_id == Pratica.ente_id, Persona.id == Pratica.persona_id))
        .outerjoin(Account, and_(Account.ente_id == n.ente_id, Account.id == n.assignee_id))
        .where(n.ente_id == operator.ente_id, n.resolved_at.is_(None), action_filter(operator, ACTION, case))
        .order_by(n.created_at, n.id)
    )


def _group(engine: Engine, key: tuple[str, str, str], rows: Sequence[Row[Any]], times: int) -> Group:
    program = engine.program(rows[0].hash)
    element = program.diagram.elements.get(key[1])
    operation = engine.operations.get(rows[0].operation or (element.operation if element else None) or "")
    name = (element.name or element.id) if element is not None else "Tutto il percorso"
    return Group(
        chiave="-".join(key).replace(".", "-"),
        titolo=name,
        percorso=program.bundle.title,
        collegamento=_connector(operation) if _connector(operation) != name else None,
        fermi=tuple(_stopped(row, name, program.bundle.title) for row in rows),
        volte=max(times, len(rows)),
    )


def _connector(operation: Operation | None) -> str | None:
    return operation.title if operation is not None and not operation.inside else None


def _stopped(row: Row[Any], passo: str, percorso: str) -> Stopped:
    pratica, persona = row.Pratica, row.Persona
    readable = pratica is not None and row.leggibile
    return Stopped(
        id=row.id,
        pratica=pratica.protocol_number if pratica is not None else None,
        pratica_id=pratica.id if readable else None,
        persona=persona.name if readable and persona is not None else None,
        persona_id=persona.id if readable and persona is not None else None,
        passo=passo,
        percorso=percorso,
        kind=row.kind,
        dice=row.message if readable or row.kind != "refused" else row.message.partition(":")[0],
        dal=row.created_at,
        tentativi=row.attempts,
        chi=row.chi,
        corregge=bool(row.corregge),
    )

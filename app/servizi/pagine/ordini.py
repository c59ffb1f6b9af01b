"""Orders as a supplier may see them: who and where, what to do and when, risks; nothing else of a persona.

Until it accepts, «who» is the first name and «where» the area; when the service has ended, the area again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.accounts.operator import Operator, RoleGrant
from app.database import db
from app.enti.model import Unita
from app.forms.comune import by_istat
from app.persone import residenza
from app.persone.model import Persona, Residenza
from app.pratiche.access import follows
from app.pratiche.model import Pratica
from app.rights.filters import CaseColumns, case_filter
from app.rights.roles import ROLES, Ambito
from app.rights.subject import Subject
from app.servizi import nominativo, piano
from app.servizi.models import Fornitore, Ordine, PianoDomiciliare, Rendiconto, Turno
from app.servizi.models.piano import GIORNI
from app.servizi.ordine import OPEN, SERVED
from app.servizi.pagine import parole
from engine import tables

PAGE = 50
SEALED_ADDRESS = "violenza"


@dataclass(frozen=True)
class Fascia:
    """A service at the same hours on some days of the week."""

    prestazione: str
    profilo: str
    giorni: str
    orario: str


@dataclass(frozen=True)
class Passo:
    """A step that waits for the supplier of an order."""

    id: int
    nome: str


@dataclass(frozen=True)
class Veduta:
    """One order on a page. `indirizzo` None when it is protected, unknown or not yet to be known (`riservato`).

    `passo`: what the supplier that looks has to do for it now.
    """

    ordine: Ordine
    fornitore: str
    nome: str
    zona: str | None
    indirizzo: str | None
    protetto: bool
    riservato: bool
    fasce: list[Fascia]
    minuti_settimana: int
    dal: date | None
    accesso_casa: str | None
    animali: bool | None
    rischi: list[str]
    stato: str
    mese: Rendiconto | None
    passo: Passo | None


def waiting(operator: Operator) -> list[Ordine]:
    """Orders without an answer, the nearest term first."""
    query = _visible(operator).where(Ordine.stato == "mandato")
    return list(db.session.scalars(query.order_by(Ordine.risposta_entro.asc().nulls_last(), Ordine.id)))


def suppliers(operator: Operator) -> list[tuple[str, str]]:
    """Id and name of the accredited suppliers for which the operator works."""
    held = {unit for grant in operator.roles if _is_supplier(grant) for unit in grant.units or ()}
    query = select(Unita.id, Unita.nome).join(
        Fornitore, and_(Fornitore.ente_id == Unita.ente_id, Fornitore.id == Unita.id)
    )
    rows = db.session.execute(query.where(Unita.id.in_(sorted(held))).order_by(Unita.nome))
    return [(row.id, row.nome) for row in rows]


def unanswered(operator: Operator) -> int:
    """How many orders wait for an answer of the supplier that the operator works for; 0 for anybody else."""
    if not nominativo.is_supplier(operator):
        return 0
    mine = _visible(operator).where(Ordine.stato == "mandato").with_only_columns(Ordine.id)
    return db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def others(operator: Operator, pagina: int) -> tuple[list[Ordine], bool]:
    """A page of the orders that have had an answer, those in progress first, and whether there are more."""
    query = _visible(operator).where(Ordine.stato != "mandato")
    running = case((Ordine.stato.in_(OPEN), 0), else_=1)
    page = query.order_by(running, Ordine.id.desc()).limit(PAGE + 1).offset((pagina - 1) * PAGE)
    found = list(db.session.scalars(page))
    return found[:PAGE], len(found) > PAGE


def _visible(operator: Operator) -> Select[Any]:
    """Orders that the operator may read: a supplier its own, an office those of the cases it reaches."""
    at_supplier = _columns(Ordine.fornitore_id)
    at_office = _columns(Pratica.unita_id)
    return (
        select(Ordine)
        .join(Persona, and_(Persona.ente_id == Ordine.ente_id, Persona.id == Ordine.persona_id))
        .outerjoin(Pratica, and_(Pratica.ente_id == Ordine.ente_id, Pratica.id == Ordine.pratica_id))
        .where(
            or_(
                case_filter(_holding(operator, supplier=True), "ordini", at_supplier),
                case_filter(_holding(operator, supplier=False), "ordini", at_office),
            )
        )
        .limit(PAGE)
    )


def _columns(unita_id: Any) -> CaseColumns:
    level: ColumnElement[str] = func.coalesce(Pratica.riservatezza, Persona.livello_riservatezza)
    return CaseColumns(
        unita_id=unita_id,
        livello=level,
        follows=follows,
        sintetico=Persona.sintetico.expression,
        fornitore_unita=Ordine.fornitore_id.expression,
    )


def _holding(operator: Operator, *, supplier: bool) -> Operator:
    """The operator with only the grants of suppliers, or without them."""
    kept = tuple(grant for grant in operator.roles if _is_supplier(grant) == supplier)
    return replace(operator, roles=kept)


def _is_supplier(grant: RoleGrant) -> bool:
    return grant.ruolo in ROLES and ROLES[grant.ruolo].ambito is Ambito.ORDINI


def subject_of(operator: Operator, ordine: Ordine) -> Subject:
    """The facts of an order, as the operator stands to it: a supplier's unit is itself, not the case's."""
    persona = db.session.get_one(Persona, (ordine.ente_id, ordine.persona_id))
    pratica = db.session.get(Pratica, (ordine.ente_id, ordine.pratica_id)) if ordine.pratica_id else None
    supplier = any(_is_supplier(grant) for grant in operator.roles)
    return Subject(
        ente_id=ordine.ente_id,
        unita_id=ordine.fornitore_id if supplier else pratica.unita_id if pratica else persona.unita_id,
        livello=pratica.riservatezza if pratica else persona.livello_riservatezza,
        fornitore_unita=ordine.fornitore_id,
        sintetico=persona.sintetico,
        persona_id=str(persona.id),
        pratica_id=ordine.pratica_id,
    )


def view(operator: Operator, ordine: Ordine, on: date) -> Veduta:
    """What a page says of an order to that operator; `read:ordini` has been asked already."""
    persona = db.session.get_one(Persona, (ordine.ente_id, ordine.persona_id))
    plan = _plan(ordine)
    turni = piano.shifts_of(db.session(), plan) if plan is not None else []
    home = residenza.current(db.session(), ordine.ente_id, persona.id, on)
    outside = nominativo.is_supplier(operator)
    hidden = outside and ordine.stato not in SERVED
    protected = persona.livello_riservatezza == SEALED_ADDRESS or bool(home and home.protetta)
    return Veduta(
        ordine=ordine,
        fornitore=_name(ordine),
        nome=persona.nome or nominativo.NAMELESS
        if outside and not nominativo.is_accepted(ordine)
        else persona.name,
        zona=_area(home) if home is not None and not protected else None,
        indirizzo=home.indirizzo if home is not None and not protected and not hidden else None,
        protetto=protected,
        riservato=hidden,
        fasce=_bands(turni),
        minuti_settimana=sum(turno.minutes for turno in turni),
        dal=ordine.primo_intervento_il or (plan.dal if plan else None),
        accesso_casa=plan.accesso_casa if plan and not protected and not hidden else None,
        animali=plan.animali if plan else None,
        rischi=[parole.RISCHI.get(rischio, rischio) for rischio in plan.rischi_operatore] if plan else [],
        stato=parole.STATI[ordine.stato],
        mese=_month(ordine),
        passo=_step(ordine) if outside and ordine.stato in SERVED else None,
    )


def _area(home: Residenza) -> str:
    comune = by_istat(home.comune)
    return ", ".join(part for part in (home.zona, comune.name if comune else home.comune) if part)


def _plan(ordine: Ordine) -> PianoDomiciliare | None:
    """The version that the supplier is asked to do: the latest that was approved."""
    known = piano.versions(db.session(), ordine.ente_id, ordine.piano_id)
    approved = [each for each in known if each.stato in ("approvato", "attivo", "superato", "chiuso")]
    return approved[-1] if approved else None


def _name(ordine: Ordine) -> str:
    unita = db.session.get(Unita, (ordine.ente_id, ordine.fornitore_id))
    return unita.nome if unita else ordine.fornitore_id


def _bands(turni: list[Turno]) -> list[Fascia]:
    days: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for turno in turni:
        days[(turno.dalle, turno.alle, turno.prestazione, turno.profilo)].append(turno.giorno)
    return [
        Fascia(
            prestazione=parole.PRESTAZIONI.get(prestazione, prestazione),
            profilo=parole.PROFILI.get(profilo, profilo),
            giorni=", ".join(sorted(giorni, key=GIORNI.index)),
            orario=f"{dalle:%-H:%M}–{alle:%-H:%M}",
        )
        for (dalle, alle, prestazione, profilo), giorni in sorted(days.items(), key=lambda pair: pair[0])
    ]


def _step(ordine: Ordine) -> Passo | None:
    """The oldest open step of the supplier in the pratica of its order."""
    t = tables.task.c
    root = select(Pratica.instance_id).where(
        Pratica.ente_id == ordine.ente_id, Pratica.id == ordine.pratica_id
    )
    query = select(t.id, t.name).where(
        t.ente_id == ordine.ente_id,
        t.root_id == root.scalar_subquery(),
        t.status == "open",
        t.unita_id == ordine.fornitore_id,
    )
    found = db.session.execute(query.order_by(t.id).limit(1)).one_or_none()
    return None if found is None else Passo(found.id, found.name)


def _month(ordine: Ordine) -> Rendiconto | None:
    """The month of the order that is not yet accounted for."""
    r = Rendiconto
    return db.session.scalar(
        select(r)
        .where(r.ente_id == ordine.ente_id, r.ordine_id == ordine.id, r.stato != "validato")
        .order_by(r.mese)
        .limit(1)
    )

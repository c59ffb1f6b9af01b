"""What people do from the pages of services. One transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import audit
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.checks import Reason
from app.rights.subject import Subject
from app.servizi import budget, eventi, fondo, ordine
from app.servizi.models import Budget, Ordine
from app.servizi.models.budget import SERVIZI
from app.servizi.operatori import SUPPLIER
from app.servizi.pagine import mese, messaggi, ordini
from app.servizi.pagine.fondo import HOLDER
from app.servizi.pagine.messaggi import Attesa
from app.values import day_of, to_money
from engine import operator as acting


class OrdineNotFound(LookupError):
    """No such order in the ente."""


class CapitoloNotFound(LookupError):
    """No such capitolo in the ente, or its year is over."""


class MonthNotReady(Exception):
    """The month of the order is not over, or has been told already."""


class MessageNotAwaited(LookupError):
    """The pratica does not wait for that message any more."""


def find_order(operator: Operator, ordine_id: int, action: str = "read:ordini") -> Ordine:
    """An order that the operator may read. Raises OrdineNotFound, NotAllowed."""
    found = db.session.get(Ordine, (operator.ente_id, ordine_id))
    if found is None:
        raise OrdineNotFound(ordine_id)
    policy.require(operator, action, ordini.subject_of(operator, found))
    return found


def may_answer(operator: Operator, found: Ordine) -> policy.Decision:
    """Answering for an order is a step of its supplier."""
    return policy.may(operator, "task:complete", _step(operator, found))


def _step(operator: Operator, found: Ordine, ruolo: str = SUPPLIER) -> Subject:
    subject = ordini.subject_of(operator, found)
    return Subject(
        ente_id=subject.ente_id,
        unita_id=subject.unita_id,
        livello=subject.livello,
        ruolo=ruolo,
        fornitore_unita=subject.fornitore_unita,
        sintetico=subject.sintetico,
    )


@transactional
def accept(operator: Operator, ordine_id: int) -> None:
    """The supplier takes an order. Raises OrdineNotFound, OrdineNotWaiting, NotAllowed."""
    found = find_order(operator, ordine_id)
    policy.require(operator, "task:complete", _step(operator, found))
    ordine.accept(engine_of(operator), ordine_id, acting(operator.account_id))


@transactional
def refuse(operator: Operator, ordine_id: int, motivo: str) -> None:
    """The supplier does not take an order, and says why. Raises OrdineNotFound, OrdineNotWaiting, NotAllowed."""
    found = find_order(operator, ordine_id)
    policy.require(operator, "task:complete", _step(operator, found))
    ordine.refuse(engine_of(operator), ordine_id, motivo, acting(operator.account_id))


@transactional
def submit_month(operator: Operator, ordine_id: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """The supplier tells the events of the month; gives how many.

    Raises OrdineNotFound, MonthNotReady, NotAllowed, engine.Refused when an event cannot be of that month.
    """
    found = find_order(operator, ordine_id)
    policy.require(operator, "task:complete", _step(operator, found))
    engine = engine_of(operator)
    month = ordini.view(operator, found, day_of(engine.now())).mese
    if month is None or not mese.is_ready(month, found, day_of(engine.now())):
        raise MonthNotReady(ordine_id)
    eventi.submit(engine, month.id, rows, acting(operator.account_id))
    audit.record(
        db.session,
        "rendiconto.submit",
        "rendiconto",
        month.id,
        by=operator,
        pratica_id=found.pratica_id,
        persona_id=found.persona_id,
        dettaglio={"eventi": len(rows)},
    )
    return len(rows)


@transactional
def release_fund(operator: Operator, servizio: str) -> int:
    """Call who waits first, and those after her for whom there is enough; gives how many.

    Raises NotAllowed, KeyError for a service that has no list.
    """
    policy.require(operator, "task:complete", Subject(operator.ente_id, ruolo=HOLDER))
    if servizio not in SERVIZI:
        raise KeyError(servizio)
    called = fondo.release(engine_of(operator), servizio, acting(operator.account_id))
    audit.record(
        db.session, "fondo.release", "fondo", servizio, by=operator, dettaglio={"iscrizioni": called}
    )
    return len(called)


@transactional
def add_money(operator: Operator, data: Mapping[str, Any]) -> int:
    """Add money to a capitolo and give it to what is running without; tells for how many services.

    Raises NotAllowed, CapitoloElsewhere.
    """
    policy.require(operator, "task:complete", Subject(operator.ente_id, ruolo=HOLDER))
    euro = to_money(data["euro"])
    added = budget.add(
        db.session(),
        operator.ente_id,
        data["anno"],
        data["servizio"],
        data["capitolo"],
        euro,
        data.get("fondo"),
        acting(operator.account_id).label,
    )
    audit.record(
        db.session,
        "budget.add",
        "budget",
        added,
        by=operator,
        dettaglio={"anno": data["anno"], "capitolo": data["capitolo"], "euro": str(euro)},
    )
    return fondo.renew(engine_of(operator), acting(operator.account_id))


def find_chapter(operator: Operator, budget_id: int, from_year: int) -> Budget:
    """A capitolo of a year that is not over, for who holds the fund. Raises NotAllowed, CapitoloNotFound."""
    policy.require(operator, "task:complete", Subject(operator.ente_id, ruolo=HOLDER))
    found = db.session.get(Budget, (operator.ente_id, budget_id))
    if found is None or found.anno < from_year:
        raise CapitoloNotFound(budget_id)
    return found


@transactional
def reduce_money(operator: Operator, budget_id: int, data: Mapping[str, Any]) -> None:
    """Take money away from a capitolo, for a reason that stays with it. Raises NotAllowed, CapitoloTaken."""
    policy.require(operator, "task:complete", Subject(operator.ente_id, ruolo=HOLDER))
    euro = to_money(data["euro"])
    by = acting(operator.account_id).label
    capitolo = budget.reduce(db.session(), operator.ente_id, budget_id, euro, data["motivo"].strip(), by)
    audit.record(
        db.session,
        "budget.reduce",
        "budget",
        budget_id,
        by=operator,
        dettaglio={"anno": capitolo.anno, "capitolo": capitolo.capitolo, "euro": str(euro)},
    )


def sendable(operator: Operator, pratica: Pratica) -> list[Attesa]:
    """What the operator may tell to an open pratica now."""
    if pratica.chiusa_at is not None or pratica.instance_id is None:
        return []
    subject = pratica_subject(db.session, pratica)
    if policy.may(operator, "read:pratiche", subject).reason is not Reason.GRANTED:
        return []  # a break-glass access is for reading
    return _of_role(operator, pratica.instance_id, subject)


def sendable_of_order(operator: Operator, found: Ordine) -> list[Attesa]:
    """What the supplier may tell about an order of its own."""
    pratica = db.session.get(Pratica, (found.ente_id, found.pratica_id)) if found.pratica_id else None
    if pratica is None or pratica.instance_id is None or pratica.chiusa_at is not None:
        return []
    key = str(found.id)
    told = _of_role(operator, pratica.instance_id, _step(operator, found))
    return [each for each in told if each.chiave == key and SUPPLIER in each.messaggio.ruoli]


def _of_role(operator: Operator, root_id: int, subject: Subject) -> list[Attesa]:
    waits = messaggi.awaited(engine_of(operator), root_id)
    return [
        each for each in waits if any(_may_tell(operator, ruolo, subject) for ruolo in each.messaggio.ruoli)
    ]


def _may_tell(operator: Operator, ruolo: str, subject: Subject) -> bool:
    """Telling something to a path is like doing a step of that role in the same case."""
    asked = Subject(
        ente_id=subject.ente_id,
        unita_id=subject.unita_id,
        livello=subject.livello,
        assigned=subject.assigned,
        ruolo=ruolo,
        fornitore_unita=subject.fornitore_unita,
        sintetico=subject.sintetico,
    )
    return bool(policy.may(operator, "task:complete", asked))


@transactional
def tell(
    operator: Operator, pratica_id: int, nome: str, chiave: str, data: dict[str, Any], invio: str
) -> None:
    """Send a message to a pratica; sent again from the same page (`invio`) it is sent once.

    Raises MessageNotAwaited.
    """
    pratica = db.session.get(Pratica, (operator.ente_id, pratica_id))
    waits = sendable(operator, pratica) if pratica is not None else []
    if all((each.messaggio.nome, each.chiave) != (nome, chiave) for each in waits):
        raise MessageNotAwaited(nome)
    _send(operator, pratica, nome, chiave, data, invio)


@transactional
def tell_of_order(operator: Operator, ordine_id: int, nome: str, data: dict[str, Any], invio: str) -> None:
    """As `tell`, from the supplier of an order. Raises OrdineNotFound, MessageNotAwaited, NotAllowed."""
    found = find_order(operator, ordine_id)
    if all(each.messaggio.nome != nome for each in sendable_of_order(operator, found)):
        raise MessageNotAwaited(nome)
    pratica = db.session.get(Pratica, (found.ente_id, found.pratica_id))
    _send(operator, pratica, nome, str(found.id), data, invio)


def _send(
    operator: Operator, pratica: Pratica | None, nome: str, chiave: str, data: dict[str, Any], invio: str
) -> None:
    engine_of(operator).correlate(
        nome,
        chiave,
        data,
        acting(operator.account_id),
        source="operatore",
        message_id=f"{nome}:{chiave}:{invio}",
    )
    audit.record(
        db.session,
        "messaggio.send",
        "messaggio",
        nome,
        by=operator,
        pratica_id=pratica.id if pratica else None,
        persona_id=pratica.persona_id if pratica else None,
    )

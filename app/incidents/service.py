"""What an operator does about a stopped step, each in one transaction with its trace in the audit."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from werkzeug.exceptions import Unauthorized

from app import audit
from app.accounts import operators
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.incidents import board
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.checks import Reason
from app.rights.subject import Subject
from engine import Engine, IncidentNotOpen, IncidentView, Remedy
from engine import operator as acting

RESOLVE, CORRECT = "incidente:resolve", "incidente:correct"

# What came of a retry, to whoever pressed: the words and their tone.
TOLD: Final = {
    True: ("Il passo è ripartito.", "ok"),
    False: ("Il passo si è fermato di nuovo: c’è ancora qualcosa da correggere.", "avviso"),
}


@transactional
def retry(operator: Operator, incident_id: int) -> bool:
    """Try again, or put right what the check found; False when it stopped again at once.

    Raises IncidentNotOpen, CannotMend, NotAllowed.
    """
    engine, incident = _hold(operator, incident_id, RESOLVE)
    engine.retry(incident_id, acting(operator.account_id))
    _record(operator, "incidente.retry", incident)
    again = engine.open_incidents(incident.root_id)
    return not any(one.id > incident.id and one.element_id == incident.element_id for one in again)


@transactional
def skip(operator: Operator, incident_id: int, reason: str) -> None:
    """Mark the step as done. Raises IncidentNotOpen, CannotMend, NotAllowed."""
    engine, incident = _hold(operator, incident_id, CORRECT)
    engine.skip(incident_id, reason, acting(operator.account_id))
    _record(operator, "incidente.skip", incident)


@transactional
def answer(operator: Operator, incident_id: int, response: dict[str, Any], reason: str) -> None:
    """Give the outside body's result by hand. Raises IncidentNotOpen, CannotMend, FormInvalid, NotAllowed."""
    engine, incident = _hold(operator, incident_id, CORRECT)
    engine.answer_incident(incident_id, response, reason, acting(operator.account_id))
    _record(operator, "incidente.answer", incident)


@transactional
def correct(operator: Operator, incident_id: int, values: dict[str, Any], reason: str) -> None:
    """Correct what the step reads, and try again.

    Raises IncidentNotOpen, CannotMend, FormInvalid, CorrectionRefused, NotAllowed.
    """
    engine, incident = _hold(operator, incident_id, CORRECT)
    engine.correct(incident_id, values, reason, acting(operator.account_id))
    _record(operator, "incidente.correct", incident, campi=sorted(values))


@transactional
def give(operator: Operator, incident_id: int, account_id: int) -> None:
    """Say who sees to it, among those who may. Raises IncidentNotOpen, NotAllowed."""
    engine, incident = _hold(operator, incident_id, RESOLVE)
    if all(helper != account_id for helper, _ in board.helpers(operator)):
        raise policy.NotAllowed(RESOLVE, Reason.ROLE)
    engine.give_incident(incident_id, account_id)
    _record(operator, "incidente.give", incident, a=account_id)


def remedy(operator: Operator, incident_id: int) -> Remedy:
    """What else may be done; its values are content of the pratica. Raises IncidentNotOpen, NotAllowed."""
    engine, _ = _find(operator, incident_id, CORRECT)
    return engine.remedy(incident_id)


def _hold(operator: Operator, incident_id: int, action: str) -> tuple[Engine, IncidentView]:
    """As `_find`, for a command: nobody else moves what is stopped until it ends.

    Asked again once it is ours: who waited for it may have lost a role, or the pratica, meanwhile.
    """
    engine, _ = _find(operator, incident_id, action)  # who may not, keeps nobody waiting
    engine.hold_incident(incident_id)
    now = operators.load(db.session, operator.account_id)
    if now is None:
        raise Unauthorized
    return _find(now, incident_id, action)


def _find(operator: Operator, incident_id: int, action: str) -> tuple[Engine, IncidentView]:
    engine = engine_of(operator)
    incident = engine.incident(incident_id)
    policy.require(operator, action, _subject(operator, incident))
    return engine, incident


def _subject(operator: Operator, incident: IncidentView) -> Subject:
    """The pratica's facts; what belongs to no pratica is for who has no case at all."""
    pratica = _pratica(incident)
    if pratica is not None:
        return subject_of(db.session, pratica)
    if not any(board.without_cases(ruolo) for ruolo in operator.ruoli):
        raise IncidentNotOpen(incident.id)
    return Subject(operator.ente_id)


def _pratica(incident: IncidentView) -> Pratica | None:
    query = select(Pratica).where(Pratica.instance_id == incident.root_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _record(operator: Operator, azione: str, incident: IncidentView, **dettaglio: Any) -> None:
    pratica = _pratica(incident)
    audit.record(
        db.session,
        azione,
        "incidente",
        incident.id,
        by=operator,
        pratica_id=pratica.id if pratica is not None else None,
        persona_id=pratica.persona_id if pratica is not None else None,
        dettaglio={"passo": incident.element_id, **dettaglio},
    )

"""Setting a stopped step going again."""

from __future__ import annotations

from app import audit
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from engine import IncidentNotOpen
from engine import operator as acting


@transactional
def retry(operator: Operator, pratica: Pratica, incident_id: int) -> None:
    """Try again what an incident of this pratica stopped. Raises IncidentNotOpen, NotAllowed."""
    policy.require(operator, "incidente:resolve", subject_of(db.session, pratica))
    engine = engine_of(operator)
    open_here = {incident.id for incident in engine.open_incidents(pratica.instance_id)}
    if incident_id not in open_here:
        raise IncidentNotOpen(incident_id)
    engine.retry(incident_id, acting(operator.account_id))
    audit.record(db.session, "incidente.retry", "incidente", incident_id, by=operator, pratica_id=pratica.id)

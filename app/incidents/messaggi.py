"""Messages that no path ever awaited: they belong to no pratica, so they are for who has no case at all."""

from __future__ import annotations

from app import audit
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.incidents import board
from app.rights import policy
from app.rights.checks import Reason
from engine.messages import Unheard, put_away, unheard


def waiting(operator: Operator) -> list[Unheard]:
    """Those to look into, by name and source; none for who has cases."""
    return unheard(engine_of(operator)) if _may(operator) else []


@transactional
def see(operator: Operator, name: str, source: str, last: int) -> bool:
    """Somebody has looked into them, up to the last that the page showed; False when there were none.

    Raises NotAllowed.
    """
    if not _may(operator):
        raise policy.NotAllowed(board.ACTION, Reason.ROLE)
    seen = put_away(engine_of(operator), name, source, last)
    if seen:
        about = {"messaggio": name, "da": source, "quanti": seen}
        audit.record(db.session, "messaggio.see", "messaggio", last, by=operator, dettaglio=about)
    return seen > 0


def _may(operator: Operator) -> bool:
    return any(board.without_cases(ruolo) for ruolo in operator.ruoli)

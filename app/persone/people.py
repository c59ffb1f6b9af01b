"""The registry as a form's person picker may search it: only people the operator may read."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.operator import Operator
from app.database import db
from app.forms import Match
from app.persone.access import subject_of
from app.persone.finding import find_people
from app.persone.model import Persona
from app.rights import policy
from app.values import to_id


class OfOperator:
    """What one operator may choose from."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def search(self, text: str) -> Sequence[Match]:
        """People whose name or code begins so."""
        return [self._match(persona) for persona in find_people(self._operator, text)]

    def find(self, persona_id: str) -> Match | None:
        """One person, if the operator may read her contacts."""
        number = to_id(persona_id)
        persona = None if number is None else db.session.get(Persona, (self._operator.ente_id, number))
        if persona is None or not policy.may(self._operator, "read:contatti", subject_of(persona)):
            return None
        return self._match(persona)

    def _match(self, persona: Persona) -> Match:
        born = (
            f"{'nato' if persona.sesso == 'M' else 'nata'} il {persona.nata_il:%d/%m/%Y}"
            if persona.nata_il
            else ""
        )
        return Match(str(persona.id), persona.name, born)

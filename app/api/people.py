"""The registry as a form of the API may name it: everybody in the ente but sealed people, and no searching."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.tokens import ApiClient
from app.api.seal import is_sealed
from app.database import db
from app.forms import Match
from app.persone.model import Persona
from app.values import to_id


class OfEnte:
    """Whom a program may name: it must know the id."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def search(self, text: str) -> Sequence[Match]:
        return []

    def find(self, persona_id: str) -> Match | None:
        persona = find_persona(self._client, persona_id)
        return None if persona is None else Match(str(persona.id), persona.name)


def find_persona(client: ApiClient, persona_id: str) -> Persona | None:
    """One person of the token's ente; None when there is none, or she is sealed."""
    number = to_id(persona_id)
    persona = None if number is None else db.session.get(Persona, (client.ente_id, number))
    return None if persona is None or is_sealed(persona) else persona

"""The operations on the registry: who is the persona of a contact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.audit.journal import record
from app.contatti.model import Contatto
from app.persone import registry
from app.persone.model import Persona
from app.persone.registry import Ambiguous, Known
from app.pratiche import service
from app.shapes import TEXT, choice, response, shape
from app.values import account_of, find, find_maybe, session_of, today
from engine import Call, Operation, Refused
from engine.form.codice_fiscale import CodiceFiscaleWrong


def find_or_create(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The persona of a contact, found or written down. Refused: persona_ambigua, for a person to choose."""
    contatto = find(call, Contatto, request["contatto_id"])
    known = _known(call, contatto, request.get("codice_fiscale"))
    try:
        persona = registry.find_or_create(session_of(call), call.ente_id, known, contatto.data)
    except Ambiguous as error:
        raise Refused(
            "persona_ambigua", f"Le schede possibili sono {len(error.ids)}: scegli tu quella giusta."
        ) from error
    return _bind(call, contatto, persona)


def choose(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The persona of a contact, as somebody chose among those who look alike. Refused: persona_mancante."""
    contatto = find(call, Contatto, request["contatto_id"])
    if request["scelta"] == "nuova":
        persona = registry.create(session_of(call), call.ente_id, _new(call, contatto), contatto.data)
    else:
        chosen = find_maybe(call, Persona, request.get("persona_scelta"))
        if chosen is None:
            raise Refused("persona_mancante", "Cerca la persona e scegli la sua scheda.", "persona_scelta")
        persona = chosen
    contatto.scelta, contatto.scelta_motivo = request["scelta"], request["motivo"]
    return _bind(call, contatto, persona)


def _known(call: Call, contatto: Contatto, codice_fiscale: str | None) -> Known:
    try:
        codice = registry.read_code(codice_fiscale or contatto.codice_fiscale, today(call))
    except CodiceFiscaleWrong:
        codice = None
    return Known(
        cognome=contatto.cognome,
        nome=contatto.nome,
        nata_il=contatto.data_nascita,
        codice=codice,
        telefono=contatto.recapito,
        indirizzo=contatto.indirizzo,
        lingua=contatto.lingua,
        unita_id=contatto.unita_id,
    )


def _new(call: Call, contatto: Contatto) -> Known:
    """What is known of somebody who is not any of those found: a code that another has is not hers."""
    known = _known(call, contatto, None)
    if known.codice is None or registry.holder(session_of(call), call.ente_id, known.codice) is None:
        return known
    birth = known.nata_il or known.codice.birth_on
    return replace(known, codice=None, nata_il=birth)


def _bind(call: Call, contatto: Contatto, persona: Persona) -> dict[str, Any]:
    """The contact and the pratica at hand are about this persona."""
    session, pratica = session_of(call), service.current(call)
    contatto.persona_id = persona.id
    if pratica is not None and pratica.persona_id is None:
        pratica.persona_id = persona.id
        pratica.sintetico = persona.sintetico
        if pratica.riservatezza == "ordinaria":
            pratica.riservatezza = persona.livello_riservatezza
    session.flush()
    record(session, "contatto.bind", "contatto", contatto.id, by=account_of(call.by),
           pratica_id=pratica.id if pratica else None, persona_id=persona.id)  # fmt: skip
    return {"persona_id": str(persona.id)}


def operations() -> list[Operation]:
    return [
        Operation(
            "persona.find_or_create",
            "Cerca o crea la persona",
            shape({"contatto_id": TEXT}, {"codice_fiscale": TEXT}),
            response(persona_id=TEXT),
            find_or_create,
            errors=("persona_ambigua",),
        ),
        Operation(
            "persona.choose",
            "Scegli la persona del contatto",
            shape(
                {"contatto_id": TEXT, "scelta": choice("esistente", "nuova"), "motivo": TEXT},
                {"persona_scelta": TEXT},
            ),
            response(persona_id=TEXT),
            choose,
            errors=("persona_mancante",),
        ),
    ]

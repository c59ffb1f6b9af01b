"""The operations on the registry: who is the persona of a contact, and which codice fiscale is hers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.audit.journal import record
from app.contatti.model import Contatto
from app.persone import registry
from app.persone.model import Persona
from app.persone.registry import Ambiguous, Known
from app.pratiche import service
from app.shapes import BOOL, TEXT, choice, response, shape
from app.values import account_of, find, find_maybe, session_of, today
from engine import Call, Operation, Refused
from engine.form.codice_fiscale import CodiceFiscale, CodiceFiscaleWrong


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


def correct_code(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write down the right codice fiscale in place of a wrong one; nothing when it was not found.

    The application stays as it was presented. Refused: codice_fiscale_errato, codice_fiscale_di_altri.
    """
    if request["codice_trovato"]:
        persona = find(call, Persona, request["persona_id"])
        code = right_code(call, request.get("codice_fiscale") or "", persona)
        registry.replace_code(session_of(call), persona, code, today(call))
        record(session_of(call), "persona.correct_code", "persona", persona.id, by=account_of(call.by),
               persona_id=persona.id)  # fmt: skip
    return {}


def right_code(call: Call, codice_fiscale: str, persona: Persona) -> CodiceFiscale:
    """A codice fiscale that is well written and of nobody else.

    Refused, at its field: codice_fiscale_errato, codice_fiscale_di_altri.
    """
    field = "codice_fiscale"
    try:
        code = registry.read_code(codice_fiscale, today(call))
    except CodiceFiscaleWrong:
        code = None
    if code is None:
        raise Refused(
            "codice_fiscale_errato", "Ricontrolla il codice fiscale sulla tessera sanitaria.", field
        )
    holder = registry.holder(session_of(call), call.ente_id, code)
    if holder not in (None, persona.id):
        raise Refused("codice_fiscale_di_altri", "Questo codice fiscale è già di un'altra persona.", field)
    return code


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
        Operation(
            "persona.correct_code",
            "Correggi il codice fiscale",
            shape({"persona_id": TEXT, "codice_trovato": BOOL}, {"codice_fiscale": TEXT}),
            response(),
            correct_code,
            errors=("codice_fiscale_errato", "codice_fiscale_di_altri"),
        ),
    ]

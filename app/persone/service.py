"""What people register about a persona. One transaction each; INPS is asked outside any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import current_app

from app import audit
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.database.transaction import transactional
from app.diario.model import Diario
from app.persone import decesso, registry, residenza
from app.persone.access import subject_of
from app.persone.model import Persona
from app.progetti.siuss import SAD
from app.rights import policy
from app.servizi import isee
from app.servizi.models import AttestazioneIsee
from app.servizi.pagine import messaggi
from app.values import day_of
from app.wiring import EngineMaker
from engine import Broken, Call, Delivery
from engine import operator as acting

KEPT: Final = ("valore", "scade_il", "protocollo_dsu", "difforme")  # of an attestation, what paths need
SEALED: Final = "violenza"


class PersonaNotFound(LookupError):
    """No such persona in the ente."""


class CodiceFiscaleMissing(Exception):
    """Nobody can be asked about a persona without a codice fiscale."""


@dataclass(frozen=True)
class Esito:
    """What an answer of INPS has changed: the value in euro (None: no ISEE), and how many paths heard."""

    valore: Decimal | None
    scade_il: date | None
    nuova: bool
    percorsi: int


def find(operator: Operator, persona_id: int) -> Persona:
    """Raises PersonaNotFound."""
    persona = db.session.get(Persona, (operator.ente_id, persona_id))
    if persona is None:
        raise PersonaNotFound(persona_id)
    return persona


def may(operator: Operator, persona: Persona, action: str) -> bool:
    """May the operator register this about her?"""
    return bool(policy.may(operator, action, subject_of(persona)))


def require(operator: Operator, persona: Persona, action: str) -> None:
    """As `may`, but raises NotAllowed."""
    policy.require(operator, action, subject_of(persona))


@transactional
def write_diary(
    operator: Operator, persona_id: int, tipo: str, testo: str, fatto_il: date, corregge_id: int | None = None
) -> None:
    """Add a note, or the correction of one of hers. Raises PersonaNotFound, NotAllowed."""
    persona = find(operator, persona_id)
    require(operator, persona, "diario:write")
    corrected = db.session.get(Diario, (operator.ente_id, corregge_id)) if corregge_id else None
    note = Diario(
        ente_id=operator.ente_id,
        persona_id=persona.id,
        pratica_id=None,
        fatto_il=fatto_il,
        tipo=tipo,
        testo=testo,
        misure=[],
        corregge_id=corrected.id if corrected is not None and corrected.persona_id == persona.id else None,
        da_chi=acting(operator.account_id).label,
    )
    db.session.add(note)
    db.session.flush()
    audit.record(db.session, "diario.write", "diario", note.id, by=operator, persona_id=persona.id)


@transactional
def register_death(operator: Operator, persona_id: int, on: date) -> Delivery:
    """Write the day of death and tell every path about her. Raises DeathImpossible, PersonaNotFound, NotAllowed."""
    require(operator, find(operator, persona_id), "decesso:write")
    return decesso.register(engine_of(operator), persona_id, on, acting(operator.account_id))


@transactional
def move(operator: Operator, persona_id: int, data: dict[str, Any]) -> Delivery | None:
    """Write where she lives from a day on; paths hear of it when the comune is another.

    Raises ResidenzaImpossible, PersonaNotFound, NotAllowed.
    """
    persona = find(operator, persona_id)
    require(operator, persona, "residenza:write")
    engine, dal = engine_of(operator), date.fromisoformat(data["dal"])
    before = residenza.current(db.session(), operator.ente_id, persona.id, dal)
    return residenza.change(
        engine,
        persona.id,
        data["comune"],
        dal,
        acting(operator.account_id),
        indirizzo=data.get("indirizzo"),
        cap=data.get("cap"),
        zona=data.get("zona"),
        protetta=persona.livello_riservatezza == SEALED or bool(before and before.protetta),
        fonte="dichiarata",
    )


def ask_inps(operator: Operator, persona_id: int, tipo: str) -> dict[str, Any]:
    """What INPS answers about her ISEE of a kind, asked with no transaction open.

    Raises PersonaNotFound, NotAllowed, CodiceFiscaleMissing, engine.Refused, Transient, Broken.
    """
    persona = find(operator, persona_id)
    require(operator, persona, "isee:ask")
    codice_fiscale = registry.codice_fiscale(db.session(), persona)
    if codice_fiscale is None:
        raise CodiceFiscaleMissing(persona_id)
    now = engine_of(operator).now()
    db.session.rollback()  # the network may be slow: no connection waits for it
    maker: EngineMaker = current_app.extensions["percorsi_engines"]
    operation = maker.operations.get("inps.isee.read")
    if operation is None:
        raise Broken("il collegamento con l'INPS non è installato")
    call = Call(
        ente_id=operator.ente_id,
        idempotency_key=f"persona:{persona_id}:isee:{tipo}:{now.isoformat()}",
        instance_id=0,
        root_id=0,
        element_id="cartella",
        by=acting(operator.account_id).label,
        now=now,
        session=None,
    )
    asked = {
        "codice_fiscale": codice_fiscale,
        "tipo": tipo,
        "prestazione": SAD,
        "valido_il": day_of(now).isoformat(),
    }
    found: dict[str, Any] = operation.call(call, asked)["isee"]
    return found


@transactional
def keep_isee(operator: Operator, persona_id: int, tipo: str, found: dict[str, Any] | None) -> Esito:
    """Keep an attestation (None: there is none) and tell the services whose quota hangs on it.

    Raises PersonaNotFound, NotAllowed.
    """
    persona = find(operator, persona_id)
    require(operator, persona, "isee:ask")
    engine, known = engine_of(operator), _known(operator, persona, tipo)
    made = None
    if found is not None:
        made = isee.keep(db.session(), operator.ente_id, persona.id, tipo, found, engine.now())
    nuova = made is None or made.id not in known
    key = str(persona.id)
    reached: tuple[int, ...] = ()
    if nuova and messaggi.listeners(engine, "isee_variato", key):
        payload = {"isee": None if found is None else {name: found.get(name) for name in KEPT}}
        # the same attestation, or the same absence on the same day, is told once
        told = f"isee_variato:{key}:{made.id if made else day_of(engine.now()).isoformat()}"
        delivery = engine.correlate(
            "isee_variato", key, payload, acting(operator.account_id), source="cartella", message_id=told
        )
        reached = delivery.instances
    audit.record(
        db.session,
        "isee.read",
        "attestazione_isee",
        made.id if made else None,
        by=operator,
        persona_id=persona.id,
        dettaglio={"tipo": tipo, "percorsi": len(reached)},
    )
    return Esito(made.valore_eur if made else None, made.scade_il if made else None, nuova, len(reached))


def _known(operator: Operator, persona: Persona, tipo: str) -> set[int]:
    a = AttestazioneIsee
    rows = db.session.query(a.id).filter(
        a.ente_id == operator.ente_id, a.persona_id == persona.id, a.tipo == tipo
    )
    return {row.id for row in rows}

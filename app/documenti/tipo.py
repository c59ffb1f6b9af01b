"""Types of document that an operator may add, each under the section of the rights that guards it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.accounts.operator import Operator
from app.rights import policy
from app.rights.checks import Reason
from app.rights.policy import Decision
from app.rights.subject import Subject

CARTELLA: Final = "read:cartella"


@dataclass(frozen=True)
class Tipo:
    """`sezione`: what one must be able to read, besides the cartella, to see such a document."""

    id: str
    titolo: str
    sezione: str = "cartella"


TIPI: Final = (
    Tipo("identita", "Documento d’identità"),
    Tipo("istanza", "Domanda o lettera della persona"),
    Tipo("delega", "Delega o tutela"),
    Tipo("relazione", "Relazione"),
    Tipo("isee", "Attestazione ISEE", "isee"),
    Tipo("sanitario", "Certificato o verbale sanitario", "salute"),
    Tipo("economico", "Documento su redditi o spese", "economico"),
    Tipo("abitazione", "Documento sulla casa", "abitazione"),
    Tipo("giudiziario", "Atto di un’autorità giudiziaria"),
    Tipo("altro", "Altro"),
)
MARK: Final = "documento: "
_BY_ID: Final = {tipo.id: tipo for tipo in TIPI}


def asked_in(schema: Any) -> dict[str, str]:
    """The types that a form's schema gives to its files: name of the question → id, by `documento: <id>`."""
    found: dict[str, str] = {}
    if isinstance(schema, list):
        for part in schema:
            found |= asked_in(part)
    if isinstance(schema, dict):
        for name, question in schema.get("properties", {}).items():
            mark = question.get("$comment", "") if isinstance(question, dict) else ""
            if mark.startswith(MARK):
                found[name] = mark.removeprefix(MARK)
        for part in schema.values():
            found |= asked_in(part)
    return found


def title_of(tipo: str | None) -> str:
    """The title of a type; of what a form asked for, or an operation wrote, the word itself."""
    known = _BY_ID.get(tipo or "")
    return known.titolo if known else (tipo or "allegato").replace("_", " ").capitalize()


def may_read(operator: Operator, subject: Subject, tipo: str | None) -> Decision:
    """May the operator read documents of that type in the pratica?"""
    decision = policy.may(operator, CARTELLA, subject)
    known = _BY_ID.get(tipo or "")
    if not decision or known is None or known.sezione == "cartella":
        return decision
    further = policy.may(operator, f"read:{known.sezione}", subject)
    return decision if further.reason is Reason.GRANTED else further


def require_read(operator: Operator, subject: Subject, tipo: str | None) -> Decision:
    """As `may_read`, but raises NotAllowed."""
    decision = may_read(operator, subject, tipo)
    if not decision:
        raise policy.NotAllowed(CARTELLA, decision.reason, decision.absent)
    return decision


def may_add(operator: Operator, subject: Subject) -> Decision:
    """Who reads the cartella and is in relation with the case adds to it; breaking the glass is for reading."""
    decision = policy.may(operator, CARTELLA, subject)
    if not decision:
        return decision
    extraordinary = decision.reason is Reason.EXTRAORDINARY
    if extraordinary or not subject.follows(operator.account_id):
        return Decision(False, Reason.RELATION)
    return decision

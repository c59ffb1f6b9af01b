"""A persona on the screen: her header and her alerts, as far as the operator may see them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select

from app.accounts.operator import Operator
from app.database import db
from app.persone.access import subject_of
from app.persone.model import Identificativo, Persona, Residenza
from app.pratiche.model import Pratica
from app.rights import policy
from app.servizi.nominativo import name_for

LIVELLI = {
    "minori": ("Minore", "persona", False),
    "giudiziaria": ("Riservata: atti giudiziari", "lucchetto", False),
    "violenza": ("Riservata: indirizzo protetto", "lucchetto", True),
    "adozione": ("Riservata: adozione", "lucchetto", True),
}


def head(pratica: Pratica, operator: Operator) -> dict[str, Any] | None:
    """The header of the pratica's persona; codes and address only for who may read contacts."""
    if pratica.persona_id is None:
        return None
    persona = db.session.get(Persona, (pratica.ente_id, pratica.persona_id))
    return None if persona is None else header(persona, operator)


def header(persona: Persona, operator: Operator) -> dict[str, Any]:
    """Name and, for who may read contacts, birth, code and address. A protected address is never shown."""
    shown: dict[str, Any] = {"nome": name_for(db.session, operator, persona)}
    if not policy.may(operator, "read:contatti", subject_of(persona)):
        return shown
    code = db.session.scalar(
        select(Identificativo.valore)
        .where(Identificativo.persona_id == persona.id, Identificativo.al.is_(None))
        .order_by(Identificativo.tipo, Identificativo.id)
        .limit(1)
    )
    return {
        **shown,
        "url": url_for("persone.show", persona_id=persona.id),
        "nascita": persona.nata_il,
        "nato": "nato" if persona.sesso == "M" else "nata",
        "codice_fiscale": code,
        "indirizzo": None if persona.livello_riservatezza == "violenza" else _address(persona),
    }


def _address(persona: Persona) -> str | None:
    found = db.session.scalar(
        select(Residenza)
        .where(Residenza.persona_id == persona.id, Residenza.al.is_(None))
        .order_by(Residenza.dal.desc())
        .limit(1)
    )
    return getattr(found, "indirizzo", None) if found is not None else None


def flags(pratica: Pratica) -> list[dict[str, Any]]:
    """The alerts of a pratica: its level of confidentiality, a death."""
    shown = []
    if pratica.riservatezza in LIVELLI:
        text, sign, grave = LIVELLI[pratica.riservatezza]
        shown.append({"testo": text, "segno": sign, "grave": grave})
    persona = db.session.get(Persona, (pratica.ente_id, pratica.persona_id)) if pratica.persona_id else None
    if persona is not None and persona.deceduta_il is not None:
        dead = "Deceduto" if persona.sesso == "M" else "Deceduta"
        shown.append(
            {"testo": f"{dead} il {persona.deceduta_il:%d/%m/%Y}", "segno": "occhio", "grave": False}
        )
    return shown

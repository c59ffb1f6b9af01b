"""To whom a letter goes, and by which channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.enti.model import Unita
from app.persone.model import Persona, Recapito, Residenza
from app.pratiche import service
from app.values import session_of
from engine import Broken, Call

PREFERRED: Final = ("pec", "email", "posta", "telefono")
MUTED: Final = frozenset({"violenza", "adozione"})


@dataclass(frozen=True)
class Destinatario:
    """`trattenuto`: nothing may reach the persona without her say (dominio.md §6, violence)."""

    tipo: str
    nome: str
    canale: str
    recapito: str | None
    trattenuto: bool = False


def of(call: Call, request: dict[str, Any], persona: Persona | None) -> Destinatario:
    """An office before a supplier before the persona: the others named are those of whom the letter speaks.

    Raises Broken when nobody is named.
    """
    if request.get("ruolo"):
        return Destinatario("ruolo", str(request["ruolo"]), "interno", None)
    if request.get("comune"):
        return Destinatario("comune", str(request["comune"]), "pec", None)
    if request.get("autorita"):
        return Destinatario("autorita", str(request["autorita"]), "pec", None)
    if request.get("fornitore_id"):
        return _fornitore(call, str(request["fornitore_id"]))
    if persona is None:
        raise Broken("avviso.send: manca il destinatario")
    return _persona(call, persona, request.get("recapito"))


def _fornitore(call: Call, fornitore_id: str) -> Destinatario:
    unita = session_of(call).get(Unita, (call.ente_id, fornitore_id))
    if unita is None:
        raise Broken(f"il fornitore {fornitore_id} non esiste")
    return Destinatario("fornitore", unita.nome, "portale", unita.email)


def _persona(call: Call, persona: Persona, recapito: str | None) -> Destinatario:
    pratica = service.current(call)
    if {persona.livello_riservatezza, pratica.riservatezza if pratica else None} & MUTED:
        return Destinatario("persona", persona.name, "consegna", None, trattenuto=True)
    ways = _ways(call, persona)
    if recapito:
        canale = "email" if "@" in recapito else "telefono"
        ways.setdefault(canale, recapito)
    for canale in PREFERRED:
        if canale in ways:
            return Destinatario("persona", persona.name, canale, ways[canale])
    return Destinatario("persona", persona.name, "consegna", None)


def _ways(call: Call, persona: Persona) -> dict[str, str]:
    """Channel → address, of what is in force and not reserved; the last written counts."""
    session, mine = session_of(call), {"ente_id": call.ente_id, "persona_id": persona.id}
    r, home = Recapito, Residenza
    ways = {
        row.tipo: row.valore
        for row in session.scalars(
            select(r).filter_by(**mine).where(r.al.is_(None), r.riservato.is_(False)).order_by(r.id)
        )
    }
    address = session.scalar(
        select(home.indirizzo)
        .filter_by(**mine)
        .where(home.al.is_(None), home.protetta.is_(False), home.indirizzo.is_not(None))
        .order_by(home.id.desc())
        .limit(1)
    )
    return ways if address is None else {"posta": address, **ways}

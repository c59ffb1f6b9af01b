"""What a role may do, in words: the catalogue of rights for who gives the roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.rights.roles import CATALOGUE, ROLES, Ambito, Role

DI_CHI: Final = {
    Ambito.UNITA: "Tutte le persone e le pratiche dell’unità e di quelle sotto",
    Ambito.ASSEGNATI: "Le persone che segue; delle altre sa solo che ci sono e chi le segue",
    Ambito.ORDINI: "Gli ordini mandati alla sua unità",
    Ambito.SINTETICI: "Solo persone inventate",
    Ambito.NESSUNO: "Nessuna persona e nessuna pratica",
}
LIVELLI: Final = {
    "ordinaria": "ordinarie",
    "minori": "di minori",
    "giudiziaria": "con atti giudiziari",
    "violenza": "di violenza, se le segue",
    "adozione": "di adozione, se le segue",
}


@dataclass(frozen=True)
class InWords:
    """A role as an administrator reads it."""

    id: str
    titolo: str
    di_chi: str
    legge: list[str]
    fa: list[str]
    cartelle: str
    attivita: str


def in_words() -> list[InWords]:
    """The roles that may be given, in the order of the catalogue."""
    return [_told(role) for role in CATALOGUE.ruoli if not role.esterno]


def needs_unit(ruolo: str) -> bool:
    """A supplier's role opens nothing in the whole ente: it lives in one unit."""
    return ruolo in ROLES and ROLES[ruolo].ambito is Ambito.ORDINI


def _told(role: Role) -> InWords:
    own = [CATALOGUE.sezioni[each] for each in CATALOGUE.sezioni if each in role.vede]
    everywhere = [CATALOGUE.sezioni[each] for each in CATALOGUE.sezioni if each in role.vede_in_unita]
    return InWords(
        id=role.id,
        titolo=role.titolo[0].upper() + role.titolo[1:],
        di_chi=DI_CHI[role.ambito]
        + (f". Di tutta l’unità: {', '.join(everywhere).lower()}" if everywhere else ""),
        legge=own,
        fa=[CATALOGUE.azioni[each] for each in CATALOGUE.azioni if each in role.azioni],
        cartelle=", ".join(LIVELLI[each] for each in CATALOGUE.livelli if each in role.livelli),
        attivita=_tasks(role),
    )


def _tasks(role: Role) -> str:
    if "inbox" not in role.vede:
        return ""
    if role.supervises:
        return "Vede tutte le attività dell’unità e le assegna"
    others = ", ".join(ROLES[each].titolo for each in sorted(role.fa_per))
    return "Fa le attività del suo ruolo" + (f", e quelle di: {others}" if others else "")

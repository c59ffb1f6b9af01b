"""Pieces that several stories share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from app.demo.agenda import Act, Agenda
from app.demo.people import Births, Inhabitant
from app.demo.plots import contact, ending

LUCA: Final = "luca.repetto"
BRUNO: Final = "bruno.merello"
ANNA_TOO: Final = ("assistente_sociale", "persona_caregiver", "responsabile_ats")
OLDER: Final = ("assistente_sociale", "persona_caregiver", "equipe_multidisciplinare")
HERE: Final = "ats-centro-est"


def hours_ago(agenda: Agenda, hours: float) -> datetime:
    return agenda.now - timedelta(minutes=int(60 * hours))


def sent_back() -> Act:
    why = "Manca il motivo del massimale: scrivi la quota del fondo non autosufficienza."
    return Act("!rimanda", 1, told={"da": "approvazione_piano", "a": "piano_domiciliare", "perche": why})


def by_name(at: datetime) -> list[Act]:
    """Who gives a name only: the registry has somebody called so."""
    return contact(at, codice_fiscale=None, data_nascita=None)


def urgent() -> list[Act]:
    return [Act("intervento_urgente"), Act("primo_colloquio", 3)]


def checked_and_closed() -> list[Act]:
    """A check that says it is enough, then the ending as far as its approval."""
    return [Act("verifica_progetto", 60, told={"esito_verifica": "chiudere"}), *ending()[:-1]]


def enough() -> Act:
    return Act("monitoraggio", 2, told={"prosegue": False, "motivo_fine": "obiettivi_raggiunti"})


def convinced() -> dict[str, Any]:
    why = "Il nuovo verbale della commissione riconosce l'accompagnamento: il requisito c'è."
    return {"osservazioni_accolte": True, "motivazione": why}


def unfounded() -> dict[str, Any]:
    return {"gravita": "infondata", "note": "Le assenze erano per un ricovero, già comunicato alla scuola."}


def no() -> dict[str, Any]:
    return {"firma": "rifiutata", "che_cosa_non_va": "Non se la sente di cominciare adesso il tirocinio."}


def caterina(births: Births) -> Inhabitant:
    return births.known("caterina", HERE)


def rosa(births: Births) -> Inhabitant:
    return births.known("rosa", HERE)


def carlo(births: Births) -> Inhabitant:
    return births.known("carlo", HERE)


def luigi(births: Births) -> Inhabitant:
    return births.known("luigi", HERE)


def with_letters(births: Births) -> Inhabitant:
    """A code with letters where INPS takes only digits."""
    return births.with_omocodia(births.person((78, 90), sesso="F", unita=HERE), 4)


def namesake(births: Births) -> Inhabitant:
    return births.person((40, 60), sesso="F", unita=HERE)

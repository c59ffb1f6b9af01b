"""The ways through the paths that stories follow, step by step, with the working days between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.demo.agenda import Act, Agenda
from app.demo.people import Births, Inhabitant
from app.demo.vicende import month

Acts = list[Act]
SETTLED: Final = 9  # days after its end at which a month has been accounted for


@dataclass(frozen=True)
class Plot:
    """A story to be told: what happens, of what kind, how many working days ago it stopped, who follows it.

    `libera`: the step that waits has not been taken; `prende`: of these roles it has; `chi` makes its persona, if not
    anybody of that kind; `gia_nota`: the registry has her from before.
    """

    nome: str
    genere: str
    acts: Acts
    ago: int | None = 0
    assistente: str = "giulia.parodi"
    libera: bool = False
    vicenda: str | None = None
    chi: Callable[[Births], Inhabitant] | None = None
    prende: tuple[str, ...] = ("assistente_sociale", "persona_caregiver")
    gia_nota: bool = False


# ---- the front of every story


def contact(at: datetime | None = None, **told: Any) -> Acts:
    """Somebody asks, and is written down."""
    return [Act("!apre", at=at), Act("registra_contatto", told=told)]


def interview(esito: str, gap: int = 6) -> Acts:
    """…and is heard by a social worker."""
    told: dict[str, Any] = {"esito_colloquio": esito}
    if esito == "prestazione":
        told["percorso_prestazione"] = "domiciliarita"
    return [*contact(), Act("primo_colloquio", gap, told=told)]


# ---- help at home


def application() -> Acts:
    return [
        *interview("prestazione"),
        Act("domanda_domiciliare", 2),
        Act("informa_tariffa_piena", 1, maybe=True),
    ]


def visit(**told: Any) -> Acts:
    return [*application(), Act("visita_domiciliare", 7, told=told)]


def plan() -> Acts:
    return [*visit(), Act("piano_domiciliare", 3)]


def approved() -> Acts:
    return [*plan(), Act("approvazione_piano", 2)]


def ordered() -> Acts:
    return [*approved(), Act("scelta_fornitore", 2)]


def accepted() -> Acts:
    return [*ordered(), Act("!accetta", 1)]


def service(agenda: Agenda, months: int, *, until: int = 0, spoiled: Mapping[str, int] | None = None) -> Acts:
    """A service that began `months` before the last month accounted for, told month by month.

    The last `until` months are left to the story; `spoiled` goes wrong in the one before them.
    """
    last = closed_month(agenda)
    begun = agenda.after(month(last, -months), 3)
    acts = [*accepted(), Act("avvio_servizio", 4, on=begun)]
    for n in range(-months, 1 - until):
        acts += told_month(agenda, month(last, n), spoiled if n == -until else None)
    return acts


def told_month(agenda: Agenda, first: date, spoiled: Mapping[str, int] | None = None) -> Acts:
    """A month's events, the controls when something is wrong, and how it goes."""
    return [
        Act("!eventi", on=agenda.after(month(first, 1), 1), told=spoiled or {}),
        Act("controlla_eventi", 2, maybe=True, told={"contesta": False}),
        Act("monitoraggio", 3),
    ]


def closed_month(agenda: Agenda) -> date:
    """The first day of the last month that has been accounted for."""
    return month(month(agenda.today - timedelta(days=SETTLED)), -1)


# ---- taking in charge


def case() -> Acts:
    return [*interview("presa_in_carico"), Act("assegna_caso", 2)]


def analysis() -> Acts:
    return [*case(), Act("analisi_preliminare", 6), Act("quadro_analisi", 8, maybe=True)]


def project(verifica_il: date | None = None) -> Acts:
    told = {"verifica_il": verifica_il.isoformat()} if verifica_il else {}
    return [*analysis(), Act("redige_progetto", 7, told=told)]


def agreed(verifica_il: date | None = None) -> Acts:
    return [*project(verifica_il), Act("approvazione_progetto", 2)]


def signed(verifica_il: date | None = None) -> Acts:
    return [*agreed(verifica_il), Act("sottoscrizione", 4)]


def ending() -> Acts:
    return [Act("proposta_chiusura", 3), Act("valutazione_esiti", 2), Act("approvazione_chiusura", 2)]


# ---- minors


def report() -> Acts:
    return [*contact(), Act("valuta_segnalazione")]

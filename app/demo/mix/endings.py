"""Applications that lack something, and what has come to an end."""

from __future__ import annotations

from collections.abc import Iterator

from app.demo.agenda import Act, Agenda
from app.demo.mix.pieces import LUCA, checked_and_closed, convinced, enough, luigi, no, unfounded, urgent
from app.demo.plots import (
    Plot,
    agreed,
    application,
    closed_month,
    contact,
    ending,
    interview,
    report,
    service,
    signed,
    told_month,
    visit,
)


def refusals() -> Iterator[Plot]:
    """Applications that lack something."""
    able = {"aged": 4, "adl": 6, "iadl": 7, "invalidita": 40, "accompagnamento": False, "legge_104": "no"}
    yield Plot("preavviso in corso", "casa", [*visit(), Act("scrivi_preavviso", 2)], ago=4, chi=luigi)
    yield Plot("preavviso da scrivere", "casa", visit(**able), ago=1, assistente=LUCA)
    yield Plot(
        "osservazioni arrivate",
        "casa",
        [*visit(**able), Act("scrivi_preavviso", 2), Act("!osservazioni", 4)],
        ago=2,
    )
    yield Plot(
        "diniego da firmare", "casa", [*visit(**able), Act("scrivi_preavviso", 2)], ago=10, assistente=LUCA
    )
    yield Plot(
        "diniego", "casa", [*visit(**able), Act("scrivi_preavviso", 2), Act("emetti_diniego", 10)], ago=15
    )
    yield Plot(
        "osservazioni accolte",
        "casa",
        [
            *visit(**able),
            Act("scrivi_preavviso", 2),
            Act("!osservazioni", 4),
            Act("valuta_osservazioni", 3, told=convinced()),
        ],
        ago=5,
        assistente=LUCA,
    )


def ended(agenda: Agenda) -> Iterator[Plot]:
    """What has come to an end."""
    for n, ago in enumerate((2, 11, 30)):
        yield Plot(f"informazione {n + 1}", "informa", [*contact(), Act("orienta_persona")], ago=ago)
    yield Plot("invio al lavoro", "invio", interview("invio"), ago=7, vicenda="invio_lavoro")
    yield Plot(
        "invio al patronato", "invio", interview("invio"), ago=21, assistente=LUCA, vicenda="invio_patronato"
    )
    yield Plot("emergenza rientrata", "urgenza", [*contact(), *urgent()], ago=3, assistente=LUCA)
    yield Plot(
        "segnalazione infondata", "minore", [*contact(), Act("valuta_segnalazione", told=unfounded())], ago=18
    )
    yield Plot(
        "minore in carico",
        "minore",
        [*report(), Act("indagine_sociale", 15), Act("assegna_caso", 2)],
        ago=3,
        assistente=LUCA,
    )
    yield Plot(
        "progetto non firmato",
        "presa",
        [*agreed(), Act("sottoscrizione", 3, told=no())],
        ago=3,
        assistente=LUCA,
        vicenda="presa_consumi",
    )
    yield Plot(
        "decesso in servizio",
        "casa",
        [*service(agenda, 2), Act("!muore"), Act("!eventi", 3)],
        ago=5,
        vicenda="casa_cuore",
    )
    yield Plot(
        "decesso in istruttoria", "casa", [*application()[:-1], Act("!muore", 4)], ago=9, assistente=LUCA
    )
    yield Plot(
        "servizio finito",
        "casa",
        [*service(agenda, 2, until=1), *told_month(agenda, closed_month(agenda))[:-1], enough(), *ending()],
        ago=1,
        vicenda="casa_ictus",
        assistente=LUCA,
    )
    yield Plot(
        "progetto riuscito",
        "presa",
        [*signed(), *checked_and_closed(), Act("approvazione_chiusura", 2), Act("follow_up", 66)],
        ago=4,
        assistente=LUCA,
        vicenda="presa_arrivata",
    )

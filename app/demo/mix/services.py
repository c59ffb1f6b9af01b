"""Help at home after the plan: it waits for suppliers, money or INPS, or goes on month by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from app.demo.agenda import Act, Agenda
from app.demo.mix.pieces import BRUNO, LUCA, with_letters
from app.demo.plots import Plot, accepted, application, interview, ordered, plan, service, signed


def services(agenda: Agenda) -> Iterator[Plot]:
    """Help at home that waits for suppliers, money or INPS, or goes on month by month."""
    late = {"assente": 2, "fuori_orario": 1}
    yield Plot("isee in attesa", "casa", [*interview("prestazione"), Act("!inps_occupato", 2)], ago=0)
    yield Plot("codice non accettato", "casa", application()[:-1], ago=1, chi=with_letters)
    yield Plot("ordine da accettare", "casa", ordered(), ago=0)
    yield Plot("altro ordine da accettare", "casa", ordered(), ago=1, assistente=LUCA)
    yield Plot("ordine rifiutato", "casa", [*ordered(), Act("!rifiuta", 1)], ago=1)
    yield Plot(
        "nessun fornitore",
        "casa",
        [*ordered(), Act("!rifiuta", 1), Act("!rifiuta", 1), Act("!rifiuta", 1, maybe=True)],
        ago=1,
        assistente=LUCA,
    )
    yield Plot("avvio da registrare", "casa", accepted(), ago=3)
    yield Plot("avvio in ritardo", "casa", accepted(), ago=12, assistente=LUCA)
    for n, ago in enumerate((8, 19, 33)):
        yield Plot(
            f"lista d'attesa {n + 1}",
            "casa_intensa",
            [*plan(), Act("!fondo_esaurito", 2)],
            ago=ago,
            assistente=LUCA if n else "giulia.parodi",
        )
    for n, months in enumerate((0, 1, 3)):
        yield Plot(
            f"servizio in corso {n + 1}",
            "casa",
            service(agenda, months),
            ago=None,
            assistente=(LUCA, "giulia.parodi")[n % 2],
        )
    yield Plot("servizio in valle", "casa", service(agenda, 1), ago=None, assistente=BRUNO)
    yield Plot("eventi in ritardo", "casa", service(agenda, 1, until=1), ago=None, assistente=LUCA)
    yield Plot(
        "anomalie da guardare",
        "casa",
        [*service(agenda, 1, until=1), Act("!eventi", told=late)],
        ago=1,
        assistente=LUCA,
    )
    yield Plot(
        "mese contestato",
        "casa",
        [*service(agenda, 2, until=1), Act("!eventi", told=late), Act("controlla_eventi", 1)],
        ago=2,
    )
    yield Plot(
        "contestazioni da decidere",
        "casa",
        [
            *service(agenda, 1, until=1),
            Act("!eventi", told=late),
            Act("controlla_eventi", 1),
            Act("controdeduzioni", 2),
        ],
        ago=1,
        assistente=LUCA,
    )
    yield Plot(
        "in ospedale",
        "casa",
        [*service(agenda, 1), Act("!ricovero"), Act("registra_sospensione")],
        ago=6,
        vicenda="casa_cuore",
    )
    yield Plot(
        "ricovero da registrare", "casa", [*service(agenda, 1), Act("!ricovero")], ago=0, assistente=LUCA
    )
    yield Plot(
        "rientro da registrare",
        "casa",
        [*service(agenda, 1), Act("!ricovero"), Act("registra_sospensione"), Act("!rientro", 12)],
        ago=1,
    )
    yield Plot(
        "verifica fra un mese",
        "presa",
        signed(agenda.today + timedelta(days=31)),
        ago=20,
        vicenda="presa_lavoro",
    )
    yield Plot(
        "verifica fra due mesi",
        "presa",
        signed(agenda.today + timedelta(days=62)),
        ago=9,
        vicenda="presa_senza_casa",
    )

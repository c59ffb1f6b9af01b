"""How many stories of each kind the city has, and how far each has come."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from app.demo.agenda import Act, Agenda
from app.demo.mix import desks, endings, services
from app.demo.mix.pieces import BRUNO, LUCA, checked_and_closed
from app.demo.plots import Plot, application, contact, interview, service, signed

PERSONS_TO_A_STORY: Final = 8


def plots(agenda: Agenda) -> list[Plot]:
    """The default city: some seventy people in every state."""
    return [
        *desks.of_giulia(agenda),
        *desks.free(agenda),
        *desks.of_colleagues(agenda),
        *services.services(agenda),
        *endings.refusals(),
        *endings.ended(agenda),
    ]


def more(agenda: Agenda, number: int, chance: random.Random) -> Iterator[Plot]:
    """As many more as a larger city has: mostly over or waiting by themselves, so that desks stay as they are."""
    kinds: tuple[tuple[int, Callable[[int], Plot]], ...] = (
        (5, lambda n: Plot(f"altra informazione {n}", "informa", [*contact(), Act("orienta_persona")])),
        (2, lambda n: Plot(f"altro invio {n}", "invio", interview("invio"))),
        (3, lambda n: Plot(f"altro caso {n}", "presa", signed())),
        (1, lambda n: Plot(f"altro caso concluso {n}", "presa", [*signed(), *checked_and_closed()])),
        (4, lambda n: Plot(f"altro servizio {n}", "casa", service(agenda, n % 4), None)),
        (1, lambda n: Plot(f"altra visita {n}", "casa", application()[:-1], libera=True)),
    )
    weights = [weight for weight, _ in kinds]
    for n in range(number):
        made = chance.choices(kinds, weights)[0][1](n)
        ago = None if made.ago is None else chance.randint(1, 60)
        who = chance.choice(("giulia.parodi", LUCA, BRUNO))
        yield Plot(made.nome, made.genere, made.acts, ago, who, made.libera)

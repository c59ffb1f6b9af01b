"""The invented people of the city: names, births, codes, addresses. The same seed gives the same people."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from app.demo import codes
from connectors.inps.codice_fiscale import standardize
from connectors.inps.sandbox import PERSONE
from engine import json
from engine.form.codice_fiscale import parse

NAMES: Final[dict[str, Any]] = json.loads((Path(__file__).parent / "dati" / "nomi.json").read_bytes())
FOREIGNERS: Final = 0.10  # share of residents (dominio.md §7)
ITALY: Final = "380"


@dataclass(frozen=True)
class Inhabitant:
    """Somebody as the registry would know her; `codice` None for who has none."""

    cognome: str
    nome: str
    sesso: str
    nata_il: date
    nata_a: str
    cittadinanza: str
    lingua: str | None
    codice: str | None
    indirizzo: str
    cap: str
    zona: str
    unita: str
    telefono: str

    @property
    def name(self) -> str:
        return f"{self.nome} {self.cognome}"

    def age(self, on: date) -> int:
        return on.year - self.nata_il.year - ((on.month, on.day) < (self.nata_il.month, self.nata_il.day))


class Births:
    """Makes people, one after another, never two with one code."""

    def __init__(self, seed: int, today: date) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same people every time, not a secret
        self.today = today
        self._given = {standardize(each.codice_fiscale) for each in PERSONE.values()}
        self._numbers = 0

    def person(
        self,
        eta: tuple[int, int],
        *,
        sesso: str | None = None,
        unita: str | None = None,
        straniera: bool | None = None,
        cognome: str | None = None,
    ) -> Inhabitant:
        """Somebody of an age between two (both included)."""
        while True:
            made = self._draw(eta, sesso, unita, straniera, cognome)
            if made.codice is not None and standardize(made.codice) not in self._given:
                self._given.add(standardize(made.codice))
                return made

    def known(self, key: str, unita: str | None = None) -> Inhabitant:
        """One of the people whom the simulated INPS knows by name."""
        found = PERSONE[key]
        code = parse(found.codice_fiscale, self.today)
        assert code.birth_on is not None and code.sex is not None and code.belfiore is not None
        like = self._draw((40, 40), code.sex, unita, False, found.cognome.capitalize())
        return replace(
            like,
            nome=found.nome.capitalize(),
            nata_il=code.birth_on,
            nata_a=code.belfiore,
            codice=found.codice_fiscale,
        )

    def with_omocodia(self, who: Inhabitant, places: int = 1) -> Inhabitant:
        """The same persona with letters in place of the last digits of her code."""
        return replace(who, codice=codes.omocodia(who.codice or "", places))

    def with_provisional(self, who: Inhabitant) -> Inhabitant:
        return replace(who, codice=codes.provisional(9_100_000_000 + self._next()))

    def with_stp(self, who: Inhabitant) -> Inhabitant:
        return replace(who, codice=codes.stp(self._next()))

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _draw(
        self,
        eta: tuple[int, int],
        sesso: str | None,
        unita: str | None,
        straniera: bool | None,
        cognome: str | None,
    ) -> Inhabitant:
        chance = self.chance
        sesso = sesso or chance.choice("FM")
        foreign = chance.random() < FOREIGNERS if straniera is None else straniera
        origin = _weighted(chance, NAMES["stranieri"], "peso") if foreign else None
        names = origin or NAMES
        nome = chance.choice(names["donne" if sesso == "F" else "uomini"])
        cognome = cognome or chance.choice(names["cognomi"])
        nata_il = self._birth(eta)
        nata_a = origin["stato"] if origin else self._place()
        unita, zona, cap, via = self._street(unita)
        return Inhabitant(
            cognome=cognome,
            nome=nome,
            sesso=sesso,
            nata_il=nata_il,
            nata_a=nata_a,
            cittadinanza=origin["cittadinanza"] if origin else ITALY,
            lingua=origin["lingua"] if origin else None,
            codice=codes.fiscal_code(cognome, nome, sesso, nata_il, nata_a),
            indirizzo=f"{via} {chance.randint(1, 98)}/{chance.randint(1, 18)}",
            cap=cap,
            zona=zona,
            unita=unita,
            telefono=f"+390105550{chance.randint(100, 999)}",
        )

    def _birth(self, eta: tuple[int, int]) -> date:
        youngest = self.today - timedelta(days=int(365.25 * eta[0]) + 1)
        span = int(365.25 * (eta[1] - eta[0] + 1)) - 2
        return youngest - timedelta(days=self.chance.randint(0, max(span, 1)))

    def _place(self) -> str:
        places, weights = zip(*NAMES["luoghi"], strict=True)
        return str(self.chance.choices(places, weights)[0])

    def _street(self, unita: str | None) -> Sequence[str]:
        streets = [row for row in NAMES["vie"] if unita in (None, row[0])]
        found: Sequence[str] = self.chance.choice(streets)
        return found


def _weighted(chance: random.Random, rows: Sequence[dict[str, Any]], weight: str) -> dict[str, Any]:
    return chance.choices(rows, [int(row[weight]) for row in rows])[0]

"""Italian municipalities and foreign states by ISTAT and Belfiore code (table: data/README.md)."""

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

ABROAD = "EE"
SHOWN = 12


@dataclass(frozen=True)
class Comune:
    """A place of birth or residence.

    `istat` is empty for suppressed municipalities and foreign states, whose `provincia` is `EE`;
    `abolished_on` is the ISO date of suppression, empty while it exists.
    """

    istat: str
    belfiore: str
    name: str
    provincia: str
    abolished_on: str

    @property
    def label(self) -> str:
        """«Genova (GE)», «Nervi (GE, soppresso nel 1926)», «Francia (stato estero)»."""
        if self.provincia == ABROAD:
            return f"{self.name} (stato estero)"
        gone = f", soppresso nel {self.abolished_on[:4]}" if self.abolished_on else ""
        return f"{self.name} ({self.provincia}{gone})"


def by_istat(code: str) -> Comune | None:
    return _table().istat.get(code)


def by_belfiore(code: str) -> Comune | None:
    return _table().belfiore.get(code)


def named(text: str, *, birthplace: bool = False) -> list[Comune]:
    """Places whose name, label or code is exactly `text`, whatever the accents and capitals. Only
    today's municipalities unless `birthplace`, which adds suppressed ones and foreign states."""
    wanted = _folded(text)
    found = [*_table().names.get(wanted, ()), *_table().labels.get(wanted, ())]
    return [place for place in found if birthplace or place.istat]


def search(text: str, *, birthplace: bool = False, limit: int = SHOWN) -> list[Comune]:
    """Places whose name starts with `text`, then those with a word that does; the shorter first."""
    wanted = _folded(text)
    if len(wanted) < 2:
        return []
    ranked = [
        (not key.startswith(wanted), bool(place.abolished_on), len(key), key, place)
        for key, place in _table().sorted
        if (birthplace or place.istat) and (key.startswith(wanted) or f" {wanted}" in key)
    ]
    return [place for *_, place in sorted(ranked, key=lambda entry: entry[:4])[:limit]]


class _Table:
    def __init__(self, places: list[Comune]) -> None:
        self.istat = {place.istat: place for place in places if place.istat}
        self.belfiore = {place.belfiore: place for place in places}
        self.sorted = [(_folded(place.name), place) for place in places]
        self.names: dict[str, list[Comune]] = {}
        self.labels: dict[str, list[Comune]] = {}
        for place in places:
            self.names.setdefault(_folded(place.name), []).append(place)
            for label in (place.label, f"{place.name} {place.provincia}", place.istat, place.belfiore):
                self.labels.setdefault(_folded(label), []).append(place)


@cache
def _table() -> _Table:
    text = resources.files(__package__).joinpath("data/comuni.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines()[1:])
    return _Table([Comune(*row) for row in rows])


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (" " if c in "'’`-/().," else c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())

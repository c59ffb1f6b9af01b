"""What happens to people, in words: one file for each story, with the answers that each step of a path gets.

A text may name the persona and her people ({nome}, {figlia}…). «$+7» is a week from the day on which the step is
done, «$oggi» that day, «$mese+1» the first day of the month after.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.demo.people import NAMES, Inhabitant
from engine import json

HERE: Final = Path(__file__).parent
DAY: Final = re.compile(r"\$(oggi|[+-]\d+|mese[+-]\d+)")


@dataclass(frozen=True)
class Vicenda:
    """One story: of whom it may be told, and what is said at each step."""

    nome: str
    genere: str
    eta: tuple[int, int]
    sesso: str
    straniera: bool
    risposte: Mapping[str, Mapping[str, Any]]


@cache
def all_of(genere: str) -> tuple[Vicenda, ...]:
    """The stories of a kind, by name."""
    return tuple(each for each in _read().values() if each.genere == genere)


def named(nome: str) -> Vicenda:
    return _read()[nome]


@cache
def _read() -> dict[str, Vicenda]:
    found = {}
    for path in sorted((HERE / "vicende").glob("*.json")):
        told = json.loads(path.read_bytes())
        found[path.stem] = Vicenda(
            nome=path.stem,
            genere=told["genere"],
            eta=(told["eta"][0], told["eta"][1]),
            sesso=told["sesso"],
            straniera=bool(told.get("straniera")),
            risposte={name: said for name, said in told.items() if isinstance(said, dict)},
        )
    return found


@cache
def _usual() -> dict[str, dict[str, Any]]:
    return dict(json.loads((HERE / "dati" / "risposte.json").read_bytes()))


def said(vicenda: Vicenda, step: str, words: Mapping[str, str], today: date) -> dict[str, Any]:
    """What is said at a step: the usual answers, then the story's own, with names and days put in."""
    answers = {**_usual().get(step, {}), **vicenda.risposte.get(step, {})}
    return {name: _told(value, words, today) for name, value in answers.items()}


def words_of(who: Inhabitant, chance: random.Random) -> dict[str, str]:
    """The names that a story may use: hers, and those of her people."""
    women, men = NAMES["donne"], NAMES["uomini"]
    return {
        "nome": who.nome,
        "cognome": who.cognome,
        "cognome_figli": chance.choice(NAMES["cognomi"]) if who.sesso == "F" else who.cognome,
        "figlia": chance.choice(women),
        "figlio": chance.choice(men),
        "madre": chance.choice(women),
        "moglie": chance.choice(women),
        "marito": chance.choice(men),
        "vicina": f"{chance.choice(women)} {chance.choice(NAMES['cognomi'])}",
    }


def _told(value: Any, words: Mapping[str, str], today: date) -> Any:
    if isinstance(value, dict):
        return {name: _told(each, words, today) for name, each in value.items()}
    if isinstance(value, list):
        return [_told(each, words, today) for each in value]
    if not isinstance(value, str):
        return value
    found = DAY.fullmatch(value)
    return _day(found[1], today).isoformat() if found else value.format_map(words)


def _day(said: str, today: date) -> date:
    if said == "oggi":
        return today
    if said.startswith("mese"):
        return month(today, int(said.removeprefix("mese")))
    return today + timedelta(days=int(said))


def month(day: date, after: int = 0) -> date:
    """The first day of the month of `day`, or of one some months after (before, if negative)."""
    months = day.year * 12 + day.month - 1 + after
    return date(months // 12, months % 12 + 1, 1)

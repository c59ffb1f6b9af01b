"""The events of a month in a CSV file, as a supplier's own software exports them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from io import StringIO
from typing import Any, Final

from app.servizi.eventi import MOST
from app.servizi.models import Ordine, Rendiconto
from app.servizi.models.piano import PRESTAZIONI
from app.servizi.models.rendiconto import CONFERME, ESITI_TECNICI

COLUMNS: Final = ("data", "dalle", "alle", "operatore", "prestazione", "conferma", "esito_tecnico")
OPTIONAL: Final = ("nota",)
CODES: Final = {"prestazione": PRESTAZIONI, "conferma": CONFERME, "esito_tecnico": ESITI_TECNICI}
LARGEST: Final = 200_000  # bytes: four hundred lines take a tenth of it
LONGEST: Final = {"operatore": 40, "nota": 300}  # characters, as the form of the same step
SHOWN: Final = 10  # errors
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?")


@dataclass(frozen=True)
class Letto:
    """What a file says: its events, or what is wrong with it, each a sentence with its line."""

    eventi: list[dict[str, Any]]
    errori: list[str]


def is_ready(rendiconto: Rendiconto | None, ordine: Ordine, on: date) -> bool:
    """A month is told whole: when it has ended, or the order has. Once told, the path checks it."""
    if rendiconto is None or rendiconto.stato != "aperto":
        return False
    return on > rendiconto.al or ordine.stato == "chiuso"


def read(content: bytes) -> Letto:
    """Read a CSV with a header, `;` or `,` between columns, UTF-8 or Windows-1252; days also as 25/11/2026."""
    if len(content) > LARGEST:
        return Letto([], ["Il file è troppo grande: un mese ha al massimo 400 interventi."])
    text = _decode(content)
    first = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    try:
        names = [_plain(name) for name in reader.fieldnames or []]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            return Letto([], [f"Manca la colonna «{name}»." for name in missing])
        reader.fieldnames = names
        return _rows(reader)
    except csv.Error:
        return Letto(
            [], ["Il file non è un CSV che si possa leggere: salvalo di nuovo dal foglio di calcolo."]
        )


def _rows(reader: csv.DictReader[str]) -> Letto:
    eventi: list[dict[str, Any]] = []
    errori: list[str] = []
    for row in reader:
        if not any((value or "").strip() for name, value in row.items() if name is not None):
            continue
        event, wrong = _event(row)
        errori += [f"Riga {reader.line_num}: {sentence}" for sentence in wrong]
        eventi.append(event)
        if len(eventi) > MOST:
            return Letto([], [f"Un mese ha al massimo {MOST} interventi."])
    if not eventi:
        errori.append("Il file non ha nessun intervento.")
    return Letto([] if errori else eventi, errori[:SHOWN])


def _event(row: Mapping[str, str | None]) -> tuple[dict[str, Any], list[str]]:
    given = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    wrong = [f"manca «{name}»." for name in COLUMNS if not given[name]]
    event: dict[str, Any] = {name: value for name, value in given.items() if value}
    for name, parse in (("data", _day), ("dalle", _hour), ("alle", _hour)):
        if given[name]:
            event[name] = parse(given[name])
            if event[name] is None:
                wrong.append(f"«{given[name]}» in «{name}» non si capisce.")
    for name, codes in CODES.items():
        event[name] = _plain(given[name])
        if given[name] and event[name] not in codes:
            wrong.append(f"«{given[name]}» in «{name}» non va: scegli tra {', '.join(codes)}.")
    wrong += [f"«{name}» è troppo lungo." for name, most in LONGEST.items() if len(given[name]) > most]
    return event, wrong


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _plain(text: str) -> str:
    return text.strip().lower().replace(" ", "_")


def _day(text: str) -> str | None:
    match = _DAY.fullmatch(text)
    try:
        found = date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        return None
    return found.isoformat()


def _hour(text: str) -> str | None:
    match = _HOUR.fullmatch(text)
    return f"{time(int(match[1]), int(match[2])):%H:%M}" if match else None

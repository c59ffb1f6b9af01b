"""Writing a letter: a template of the release with {{ placeholders }}, and nothing else in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app import format as written
from engine import Bundle, Program, json
from engine.calendar import END_OF_DAY

PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z_][a-z0-9_.]*)\s*\}\}")
SUBJECT: Final = "Oggetto:"
NOTHING: Final = "non indicato"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

Words = Mapping[str, Mapping[str, str]]


class PlaceholderMissing(Exception):
    """The template names something that nobody gave: a letter with a hole is not sent."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True)
class Lettera:
    oggetto: str
    testo: str


def write(template: str, values: Mapping[str, Any], words: Words) -> Lettera:
    """Fill a template. Its first line is «Oggetto: …». Codes become the words that the release's forms show.

    Raises PlaceholderMissing.
    """
    missing = sorted({name for name in PLACEHOLDER.findall(template) if not _has(values, name)})
    if missing:
        raise PlaceholderMissing(missing)
    text = PLACEHOLDER.sub(lambda found: _word(found[1], _get(values, found[1]), words), template)
    first, _, rest = text.partition("\n")
    if first.startswith(SUBJECT):
        subject = first.removeprefix(SUBJECT).strip()
        return Lettera(subject[:1].upper() + subject[1:], rest.strip() + "\n")
    return Lettera("Comunicazione", text.strip() + "\n")


_words: dict[str, Words] = {}  # by the hash of a release, which never changes


def words_of(program: Program) -> Words:
    """How the forms of a release call each code: field → code → words."""
    known = _words.get(program.hash)
    if known is None:
        known = _words[program.hash] = _read_words(program.bundle)
    return known


def _read_words(bundle: Bundle) -> Words:
    common = {
        f"common/{name}.json": json.loads(content)
        for name, content in bundle.named("forms/common/", ".json").items()
    }
    found: dict[str, dict[str, str]] = {}
    for content in bundle.named("forms/", ".schema.json").values():
        for name, schema in _properties(json.loads(content)):
            values = _shared(schema.get("items") or schema, common)
            titles = {str(o["const"]): str(o["title"]) for o in values if "const" in o and "title" in o}
            if titles:
                found.setdefault(name, {}).update(titles)
    return found


def _shared(schema: dict[str, Any], common: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The choices of a field, its own or of the shared definition that it names."""
    file, _, path = schema.get("$ref", "").partition("#/$defs/")
    shared = common.get(file, {}).get("$defs", {}).get(path, {})
    return list(schema.get("oneOf") or shared.get("oneOf") or [])


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, value in (schema.get("properties") or {}).items():
            if isinstance(value, dict):
                yield name, value
        for value in schema.values():
            yield from _properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _properties(value)


def _has(values: Mapping[str, Any], path: str) -> bool:
    value: Any = values
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def _get(values: Mapping[str, Any], path: str) -> Any:
    value: Any = values
    for part in path.split("."):
        value = value[part]
    return value


def _word(name: str, value: Any, words: Words) -> str:
    """A value as a letter says it: «14 marzo 1948», «1.234,50», «sì», «igiene e pasti»."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, list | tuple):
        parts = [_word(name, item, words) for item in value]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} e {parts[-1]}"
    if isinstance(value, Decimal):
        return written.number(value)
    if isinstance(value, date):
        return _day(value)
    text = str(value)
    if _DAY.fullmatch(text):
        return _day(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))
    if _MONTH.fullmatch(text):
        return written.month(text)
    return words.get(name.rpartition(".")[2], {}).get(text, text)


def _day(when: date | datetime) -> str:
    """A term that ends with its day is told as a day."""
    day = written.parse(when)
    timed = isinstance(day, datetime) and day.time() != END_OF_DAY
    return written.full(when) + (f", ore {day:%-H:%M}" if timed else "")

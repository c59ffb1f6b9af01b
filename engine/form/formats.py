"""The `format` words of our forms: each says whether a text that was written down makes sense."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

import phonenumbers
from jsonschema import FormatChecker
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from .codice_fiscale import CodiceFiscaleWrong, parse

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1850, 2999
TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
URI = re.compile(r"https?://[^\s<>\"]+")


def is_date(text: str) -> bool:
    """A day of the calendar in a year of ours: «23/11/26», typed in a date control, becomes the year 26."""
    return bool(DATE.fullmatch(text)) and _reads(date.fromisoformat, text) and is_ours(text)


def is_time(text: str) -> bool:
    """Local time of day, `HH:MM` or `HH:MM:SS`: the RFC's offset says nothing in a weekly timetable."""
    return bool(TIME.fullmatch(text)) and _reads(time.fromisoformat, text)


def is_instant(text: str) -> bool:
    return bool(INSTANT.fullmatch(text)) and _reads(datetime.fromisoformat, text) and is_ours(text)


def is_email(text: str) -> bool:
    return len(text) <= 254 and bool(EMAIL.fullmatch(text))


def is_codice_fiscale(text: str) -> bool:
    """Sixteen letters or the provisional eleven digits, upper case, no spaces."""
    return _kind(text) in ("persona", "provvisorio")


def is_codice_persona(text: str) -> bool:
    """A codice fiscale, STP or ENI: whatever a health document may carry."""
    return _kind(text) is not None


def is_iban(text: str) -> bool:
    return text == text.upper() and " " not in text and _reads(IBAN, text)


def is_telefono(text: str) -> bool:
    """E.164, of a length that exists in its country."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written == text and phonenumbers.is_possible_number(number)


def is_partita_iva(text: str) -> bool:
    return len(text) == 11 and _kind(text) == "provvisorio"


def is_ours(text: str) -> bool:
    """Whether a day, or an instant, is of a year that a form may ask about."""
    return FIRST_YEAR <= int(text[:4]) <= LAST_YEAR


def _kind(text: str) -> str | None:
    try:
        found = parse(text)
    except CodiceFiscaleWrong:
        return None
    return found.kind if found.value == text else None


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, SchwiftyException):
        return False
    return True


def _shaped(pattern: str) -> Callable[[str], bool]:
    shape = re.compile(pattern, re.ASCII)
    return lambda text: bool(shape.fullmatch(text))


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "time": is_time,
    "date-time": is_instant,
    "email": is_email,
    "uri": lambda text: bool(URI.fullmatch(text)),
    "uuid": _shaped(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "codice_fiscale": is_codice_fiscale,
    "codice_persona": is_codice_persona,
    "partita_iva": is_partita_iva,
    "iban": is_iban,
    "telefono": is_telefono,
    "cap": _shaped(r"\d{5}"),
    "comune_istat": _shaped(r"\d{6}"),
    "belfiore": _shaped(r"[A-Z]\d{3}"),
    "provincia": _shaped(r"[A-Z]{2}"),
}


def checker() -> FormatChecker:
    """Only our own formats: jsonschema's depend on which other packages happen to be installed."""
    formats = FormatChecker(formats=())
    for name, check in FORMATS.items():
        formats.checks(name)(_of_text(check))
    return formats


def _of_text(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)

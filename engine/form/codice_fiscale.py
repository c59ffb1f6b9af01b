"""The Italian tax code in all the shapes an office meets: sixteen letters, provisional, STP and ENI.

Rules: DM 23 December 1976 (structure and check letter); omocodia, art. 6 of the same decree. The
provisional number has eleven digits with the check digit of the partita IVA. STP (foreigners without
a permit) and ENI (EU citizens without cover) are health codes and never a codice fiscale.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations

from codicefiscale.codicefiscale import encode_cin

MONTHS = "ABCDEHLMPRST"
DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)
SUBSTITUTES = "LMNPQRSTUV"
SHAPE = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
TO_DIGITS = str.maketrans(SUBSTITUTES, "0123456789")


class CodiceFiscaleWrong(ValueError):
    """`reason` is one of `lunghezza`, `forma`, `controllo`, `data`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CodiceFiscale:
    """A code that holds together.

    `value` is the code as issued (the flows to INPS must carry that one), `canonical` the same without
    omocodia, by which two spellings of one person meet. `kind` is `persona`, `provvisorio`, `stp` or
    `eni`; only `persona` tells sex (`M`, `F`), birth date and place (Belfiore code, Z… if abroad).
    """

    value: str
    kind: str
    canonical: str
    sex: str | None = None
    birth_on: date | None = None
    belfiore: str | None = None

    @property
    def omocodia(self) -> bool:
        return self.value != self.canonical


def clean(text: str) -> str:
    """Upper case, without the spaces and hyphens that people copy from a card."""
    return re.sub(r"[\s\-–.]", "", text).upper()


def parse(text: str, today: date | None = None) -> CodiceFiscale:
    """Read a code. The two digits of the year mean the latest year not after `today`, so a person over
    a hundred comes out a century too young: the birth date on the registry prevails.

    Raises CodiceFiscaleWrong."""
    code = clean(text)
    if len(code) == 11 and code.isdecimal() and code.isascii():
        return _provisional(code)
    if len(code) != 16:
        raise CodiceFiscaleWrong("lunghezza")
    if code[:3] in ("STP", "ENI") and re.fullmatch(r"[0-9]{13}", code[3:]):
        return CodiceFiscale(code, code[:3].lower(), code)
    if not SHAPE.fullmatch(code):
        raise CodiceFiscaleWrong("forma")
    if encode_cin(code) != code[15]:
        raise CodiceFiscaleWrong("controllo")
    return _person(code, today or date.today())


def variants(code: CodiceFiscale) -> list[str]:
    """The 128 spellings that omocodia allows for one person, the canonical first."""
    if code.kind != "persona":
        return [code.value]
    places = chain.from_iterable(combinations(DIGIT_PLACES, size) for size in range(len(DIGIT_PLACES) + 1))
    return [_respelled(code.canonical, chosen) for chosen in places]


def _respelled(canonical: str, places: tuple[int, ...]) -> str:
    letters = list(canonical[:15])
    for place in places:
        letters[place] = SUBSTITUTES[int(letters[place])]
    root = "".join(letters)
    return root + encode_cin(root)


def _provisional(code: str) -> CodiceFiscale:
    digits = [int(digit) for digit in code]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    if (sum(digits[0::2]) + doubled) % 10:
        raise CodiceFiscaleWrong("controllo")
    return CodiceFiscale(code, "provvisorio", code)


def _person(code: str, today: date) -> CodiceFiscale:
    plain = "".join(c.translate(TO_DIGITS) if i in DIGIT_PLACES else c for i, c in enumerate(code[:15]))
    day = int(plain[9:11])
    female = day > 40
    year = today.year - today.year % 100 + int(plain[6:8])
    birth = _date(year, MONTHS.index(plain[8]) + 1, day - 40 if female else day)
    if birth is None or birth > today:
        birth = _date(year - 100, MONTHS.index(plain[8]) + 1, day - 40 if female else day)
    if birth is None:
        raise CodiceFiscaleWrong("data")
    return CodiceFiscale(
        value=code,
        kind="persona",
        canonical=plain + encode_cin(plain),
        sex="F" if female else "M",
        birth_on=birth,
        belfiore=plain[11:15],
    )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

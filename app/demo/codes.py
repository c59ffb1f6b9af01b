"""Codes of invented people: right in every letter, of nobody.

DM 23 December 1976 for the codice fiscale and its omocodia; dominio.md §3.1 for provisional ones and STP.
"""

from __future__ import annotations

from datetime import date, datetime

from codicefiscale import codicefiscale

from engine.form.codice_fiscale import DIGIT_PLACES, SUBSTITUTES


def fiscal_code(cognome: str, nome: str, sesso: str, nata_il: date, belfiore: str) -> str:
    """The sixteen letters of somebody."""
    born = datetime(nata_il.year, nata_il.month, nata_il.day)
    root = (
        codicefiscale.encode_lastname(cognome)
        + codicefiscale.encode_firstname(nome)
        + codicefiscale.encode_birthdate(born, "F" if sesso == "F" else "M")
        + belfiore
    )
    return _checked(root)


def omocodia(code: str, places: int) -> str:
    """Another spelling of a code: its last `places` digits become letters (1 to 7)."""
    letters = list(code[:15])
    for place in DIGIT_PLACES[-places:]:
        letters[place] = SUBSTITUTES[int(letters[place])]
    return _checked("".join(letters))


def provisional(number: int) -> str:
    """A provisional codice fiscale: ten digits and the check digit of a partita IVA."""
    ten = f"{number:010d}"
    total = sum(int(digit) for digit in ten[0::2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in ten[1::2])
    return ten + str(-total % 10)


def stp(number: int) -> str:
    """A health code for a foreigner without a permit: region and ASL of Genova, then a number."""
    return f"STP{70103:05d}{number:08d}"


def _checked(root: str) -> str:
    return root + str(codicefiscale.encode_cin(root))

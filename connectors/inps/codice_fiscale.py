"""The codice fiscale as INPS's schema takes it."""

from __future__ import annotations

import re

# ConsultazioneISEE v2.8, CodiceFiscaleType. It wants digits in the year and in the day, so of the 128
# variants of a person with homonyms (omocodia) only 8 pass; a temporary one is 11 digits.
ACCEPTED = re.compile(r"[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][A-Z0-9]{3}[A-Z]|[0-9]{11}")

_DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")


def clean(codice_fiscale: str) -> str:
    """Upper case, without surrounding space (INPS pads the temporary ones up to 16 characters)."""
    return codice_fiscale.strip().upper()


def find_refusal(codice_fiscale: str) -> str | None:
    """Why INPS's schema cannot carry this code and what to do about it, in Italian; None when it can."""
    if ACCEPTED.fullmatch(codice_fiscale):
        return None
    if codice_fiscale.startswith(("STP", "ENI")):
        return (
            "Un codice STP o ENI non è un codice fiscale e l'INPS non lo accetta: "
            "chiedi alla persona il codice fiscale, oppure prosegui senza ISEE."
        )
    if ACCEPTED.fullmatch(standardize(codice_fiscale)):
        return (
            "Questo codice fiscale ha lettere al posto di cifre (omocodia) dove l'INPS accetta solo cifre: "
            "chiedi alla persona l'attestazione ISEE e registrala a mano."
        )
    return "Il codice fiscale non è scritto bene: controllalo sulla tessera sanitaria e correggilo."


def standardize(codice_fiscale: str) -> str:
    """The code with its digits back in place of the letters of omocodia; the check letter stays as it is."""
    letters = list(clean(codice_fiscale))
    if len(letters) == 16:
        for place in _DIGIT_PLACES:
            letters[place] = letters[place].translate(_OMOCODIA)
    return "".join(letters)


def is_same_person(one: str, other: str) -> bool:
    """Whether two codes are variants of one: the check letter changes with the variant, so it is left out."""
    one, other = standardize(one), standardize(other)
    return one == other or (len(one) == len(other) == 16 and one[:15] == other[:15])

"""The codice fiscale for pages and services: reading, spellings, and the place it names."""

from engine.form.codice_fiscale import CodiceFiscale, CodiceFiscaleWrong, clean, parse, variants

from .comune import Comune, by_belfiore

__all__ = ["CodiceFiscale", "CodiceFiscaleWrong", "birthplace", "clean", "parse", "variants"]


def birthplace(code: CodiceFiscale) -> Comune | None:
    """The municipality or foreign state of birth; None for codes without one or not in the table."""
    return by_belfiore(code.belfiore) if code.belfiore else None

"""The Italian article before a question's title, to make sentences: «Scrivi il motivo del tetto»."""

import re
import unicodedata

MASCULINE_E = frozenset(
    {"nome", "cognome", "importo", "cellulare", "codice", "paese", "mese", "quartiere", "giudice", "tutore",
     "canone", "valore", "reddito", "settore", "referente", "fornitore", "ente", "interno", "piede"}
)  # fmt: skip
PLURAL_E = frozenset(
    {"adl", "iadl", "ore", "note", "persone", "date", "visite", "prestazioni", "prescrizioni", "risorse"}
)
FEMININE = frozenset({"email", "pec", "mail"})
UNKNOWN = frozenset(
    {"chi", "come", "quando", "dove", "perche", "quanto", "quanti", "quante", "quali", "quale", "che", "cosa",
     "ci", "si", "e", "ha", "c", "con", "da", "di", "in", "per", "a", "al", "alla"}
)  # fmt: skip
ACRONYM = re.compile(r"[A-Z]{2,}\b")


def with_article(title: str) -> str | None:
    """«il motivo del tetto», «l’indirizzo», «le note»; None for questions and when in doubt."""
    word = re.split(r"[\s’'(,:/-]", title.strip())[0]
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter)
    )
    if not plain.isalpha() or title.rstrip().endswith("?") or plain in UNKNOWN:
        return None
    article = _article(word, plain)
    if article is None:
        return None
    rest = title.strip()
    lowered = rest if ACRONYM.match(rest) else rest[0].lower() + rest[1:]
    return f"{article}{lowered}" if article.endswith("’") else f"{article} {lowered}"


def _article(word: str, plain: str) -> str | None:
    if plain in FEMININE:
        return _singular_feminine(plain)
    if plain in PLURAL_E or plain.endswith("zioni") or plain.endswith("sioni"):
        return "le"
    if ACRONYM.fullmatch(word):
        return "l’" if plain[0] in "aeiou" else "il"
    if plain in MASCULINE_E:
        return _singular_masculine(plain)
    if (
        word.endswith("tà")
        or plain.endswith(("zione", "sione", "gione", "ice", "ine"))
        or plain.endswith("a")
    ):
        return _singular_feminine(plain)
    if plain.endswith("o"):
        return _singular_masculine(plain)
    if plain.endswith("i"):
        return "gli" if _needs_lo(plain) or plain[0] in "aeiou" else "i"
    return None


def _singular_feminine(word: str) -> str:
    return "l’" if word[0] in "aeiou" else "la"


def _singular_masculine(word: str) -> str:
    if word[0] in "aeiou":
        return "l’"
    return "lo" if _needs_lo(word) else "il"


def _needs_lo(word: str) -> bool:
    return (
        word[0] in "zxy"
        or word.startswith(("gn", "ps", "pn"))
        or (word[0] == "s" and word[1:2] not in "aeiou")
    )

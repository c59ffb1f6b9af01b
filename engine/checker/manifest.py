"""The bundle's own facts: the names of its files, and bundle.json."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from engine.bundle import Bundle
from engine.errors import Problem

SLUG = re.compile(r"[a-z][a-z0-9_]{1,60}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,60}")
KNOWN = frozenset(
    ("slug", "nome", "codice", "descrizione", "soggetto", "termine_giorni", "avvio", "parametri", "messaggi")
)
OF_PARAMETER = frozenset(("titolo", "valore", "unita"))
LONGEST = 500  # characters of a line of text
LONGEST_TERM = 3_650  # days
FILE = re.compile(r"(?:[A-Za-z0-9_][\w-]*/){0,3}[A-Za-z0-9_][\w. -]*")


def check(bundle: Bundle) -> Iterator[Problem]:
    """Refusals about names and bundle.json. Raises BundleUnreadable."""
    for name in bundle.files:
        if not FILE.fullmatch(name) or ".." in name:
            yield Problem(name, "-", "un file ha un nome semplice, senza punti di troppo: cambialo")
    if not SLUG.fullmatch(bundle.slug):
        yield Problem("bundle.json", "slug", "è di minuscole, cifre e «_», come il nome della cartella")
    manifest = bundle.manifest
    for key in sorted(set(manifest) - KNOWN):
        yield Problem("bundle.json", key, "non si sa che cos'è: toglilo, o correggi il nome")
    for key in ("nome", "codice"):
        if not _is_text(manifest.get(key)):
            yield Problem("bundle.json", key, "manca, o non è una riga di testo: scrivilo")
    for key in ("descrizione", "soggetto"):
        if manifest.get(key) is not None and not _is_text(manifest[key]):
            yield Problem("bundle.json", key, "è una riga di testo, o non c'è")
    if manifest.get("slug", bundle.slug) != bundle.slug:
        yield Problem("bundle.json", "slug", f"deve essere «{bundle.slug}», come la cartella")
    term = manifest.get("termine_giorni")
    if term is not None and (type(term) is not int or not 0 <= term <= LONGEST_TERM):
        found = f"è un numero intero di giorni, al massimo {LONGEST_TERM}, o null"
        yield Problem("bundle.json", "termine_giorni", found)
    starters = manifest.get("avvio", [])
    if not isinstance(starters, list) or not all(isinstance(role, str) for role in starters):
        yield Problem("bundle.json", "avvio", "è l'elenco dei ruoli che possono aprire il percorso")
    yield from _parameters(manifest.get("parametri", {}))


def _parameters(parameters: object) -> Iterator[Problem]:
    if not isinstance(parameters, dict):
        yield Problem("bundle.json", "parametri", "deve essere un oggetto, con un parametro per chiave")
        return
    for key, entry in parameters.items():
        place = f"parametri.{key}"
        if not KEY.fullmatch(key):
            yield Problem("bundle.json", place, "la chiave è di minuscole, cifre e «_»")
        if not isinstance(entry, dict) or "valore" not in entry or not entry.get("titolo"):
            yield Problem("bundle.json", place, "servono «titolo» e «valore»")
            continue
        for word in sorted(set(entry) - OF_PARAMETER):
            yield Problem("bundle.json", place, f"«{word}» non si sa che cos'è: toglilo, o correggi il nome")
        if not _is_text(entry["titolo"]) or not (entry.get("unita") is None or _is_text(entry["unita"])):
            yield Problem("bundle.json", place, "«titolo» e «unita» sono una riga di testo")
        if not isinstance(entry["valore"], bool | int | Decimal) and not _is_text(entry["valore"]):
            yield Problem("bundle.json", place, "«valore» è un numero, un testo, vero o falso")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST and value.isprintable()

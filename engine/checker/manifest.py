"""The bundle's own facts: the names of its files, and bundle.json."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bundle import Bundle
from engine.errors import Problem

SLUG = re.compile(r"[a-z][a-z0-9_]{1,60}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,60}")
FILE = re.compile(r"(?:[A-Za-z0-9_][\w-]*/){0,3}[A-Za-z0-9_][\w. -]*")


def check(bundle: Bundle) -> Iterator[Problem]:
    """Refusals about names and bundle.json. Raises BundleUnreadable."""
    for name in bundle.files:
        if not FILE.fullmatch(name) or ".." in name:
            yield Problem(name, "-", "un file ha un nome semplice, senza punti di troppo: cambialo")
    if not SLUG.fullmatch(bundle.slug):
        yield Problem("bundle.json", "slug", "è di minuscole, cifre e «_», come il nome della cartella")
    manifest = bundle.manifest
    for key in ("nome", "codice"):
        if not isinstance(manifest.get(key), str) or not manifest[key].strip():
            yield Problem("bundle.json", key, "manca, o non è un testo: scrivilo")
    if manifest.get("slug", bundle.slug) != bundle.slug:
        yield Problem("bundle.json", "slug", f"deve essere «{bundle.slug}», come la cartella")
    term = manifest.get("termine_giorni")
    if term is not None and (isinstance(term, bool) or not isinstance(term, int) or term < 0):
        yield Problem("bundle.json", "termine_giorni", "è un numero intero di giorni, o null")
    starters = manifest.get("avvio", [])
    if not isinstance(starters, list) or not all(isinstance(role, str) for role in starters):
        yield Problem("bundle.json", "avvio", "è l'elenco dei ruoli che possono aprire il percorso")
    yield from _parameters(manifest.get("parametri", {}))


def _parameters(parameters: object) -> Iterator[Problem]:
    if not isinstance(parameters, dict):
        yield Problem("bundle.json", "parametri", "deve essere un oggetto, con un parametro per chiave")
        return
    for key, entry in parameters.items():
        if not KEY.fullmatch(key):
            yield Problem("bundle.json", f"parametri.{key}", "la chiave è di minuscole, cifre e «_»")
        if not isinstance(entry, dict) or "valore" not in entry or not entry.get("titolo"):
            yield Problem("bundle.json", f"parametri.{key}", "servono «titolo» e «valore»")

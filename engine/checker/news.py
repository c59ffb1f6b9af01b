"""What people may tell to a path while it runs: `messaggi` of bundle.json (processes/README.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bundle import Bundle
from engine.dialect import Diagram
from engine.errors import Problem
from engine.form import FormSchema

WORDS = ("titolo", "che_succede")
LISTS = ("non_con", "passate")
KEYS = frozenset({*WORDS, *LISTS, "ruoli", "modulo", "vista"})
FILE = "bundle.json"


def check(bundle: Bundle, diagram: Diagram, common: Mapping[str, Any]) -> Iterator[Problem]:
    """Each message is one that this diagram waits for, with words, roles and a form that can be shown."""
    entries = bundle.manifest.get("messaggi", {})
    if not isinstance(entries, dict):
        yield Problem(FILE, "messaggi", "deve essere un oggetto, con un messaggio per chiave")
        return
    awaited = diagram.awaited("message")
    for name, entry in entries.items():
        place = f"messaggi.{name}"
        if name not in awaited:
            found = "il diagramma non aspetta questo messaggio: correggi il nome, o mettilo nel percorso che l'aspetta"
            yield Problem(FILE, place, found)
        if not isinstance(entry, dict):
            yield Problem(FILE, place, "deve essere un oggetto con titolo, che_succede, ruoli e modulo")
            continue
        yield from _words(place, entry)
        yield from _form(place, entry, common)
        yield from _beside(place, entry, diagram, awaited)


def _words(place: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted(set(entry) - KEYS):
        yield Problem(FILE, f"{place}.{key}", "non si sa che cos'è: toglilo")
    for key in WORDS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield Problem(FILE, f"{place}.{key}", "manca, o non è un testo: scrivilo")
    for key in ("ruoli", *LISTS):
        if not _is_texts(entry.get(key, [])):
            yield Problem(FILE, f"{place}.{key}", "è un elenco di testi")
    if entry.get("ruoli", []) == []:
        yield Problem(FILE, f"{place}.ruoli", "nessuno lo può dire: scrivi almeno un ruolo")


def _form(place: str, entry: Mapping[str, Any], common: Mapping[str, Any]) -> Iterator[Problem]:
    form, look = entry.get("modulo"), entry.get("vista", {})
    if not isinstance(form, dict):
        yield Problem(FILE, f"{place}.modulo", "manca: scrivi le domande, come in forms/")
        return
    if not isinstance(look, dict):
        yield Problem(FILE, f"{place}.vista", "deve essere un oggetto")
        return
    for found in FormSchema(form, common).problems(look):
        part = "vista" if found.pointer.startswith("ui#") else "modulo"
        yield Problem(FILE, f"{place}.{part}", f"{found.pointer.removeprefix('ui') or '-'}: {found.message}")
    past = entry.get("passate", [])
    for name in past if _is_texts(past) else ():
        if name not in form.get("properties", {}):
            yield Problem(FILE, f"{place}.passate", f"«{name}» non è una domanda del modulo")


def _beside(place: str, entry: Mapping[str, Any], diagram: Diagram, awaited: set[str]) -> Iterator[Problem]:
    """A message or a step of a called path is known only there: with calls, nothing is held against it."""
    names = entry.get("non_con", [])
    if not _is_texts(names) or any(e.called for e in diagram.elements.values()):
        return
    for name in names:
        if name not in awaited and name not in diagram.elements:
            yield Problem(FILE, f"{place}.non_con", f"«{name}» non è un messaggio né un passo del percorso")


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)

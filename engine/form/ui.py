"""Static check of a UI schema (`<task>.ui.json`) against the form it dresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from .effective import EACH, Folding
from .keywords import Schema, pointer
from .problem import Problem

TEXT = frozenset({"string"})
NUMBERS = frozenset({"integer", "number"})
SINGLE = TEXT | NUMBERS | {"boolean"}
WIDGETS: dict[str, frozenset[str]] = {
    "cap": TEXT,
    "codice_fiscale": TEXT,
    "comune": TEXT,
    "data": TEXT,
    "data_ora": TEXT,
    "email": TEXT,
    "euro": frozenset({"number"}),
    "file": TEXT,
    "iban": TEXT,
    "lista": frozenset({"array"}),
    "nascosto": SINGLE,
    "numero": NUMBERS,
    "oggetto": frozenset({"object"}),
    "orario": TEXT,
    "persona": TEXT | {"object"},
    "scala": NUMBERS | TEXT,
    "scelta": SINGLE,
    "si_no": frozenset({"boolean"}),
    "spunta": frozenset({"boolean"}),
    "spunte": frozenset({"array"}),
    "telefono": TEXT,
    "testo": TEXT,
    "testo_lungo": TEXT,
    "turni": frozenset({"array"}),
}
TOP = frozenset({"ordine", "gruppi", "campi", "eco", "intro"})
GROUP = frozenset({"titolo", "campi", "aiuto", "eco"})
FIELD = frozenset(
    {
        "widget", "titolo", "aiuto", "segnaposto", "larghezza", "righe", "unita", "completa", "voce",
        "aggiungi", "messaggio", "eco", "ordine", "massimo", "tipi", "massimo_mb", "estremi",
    }
)  # fmt: skip
ECHO = frozenset({"da", "campo", "titolo", "formato"})
MAX_DEPTH = 12


def problems_of(ui: Mapping[str, Any], schema: Schema, folding: Folding) -> list[Problem]:
    """Problems with pointers into the UI file (`ui#/…`)."""
    return [*_shape(ui), *_fields(ui, dict(_paths(schema, folding, (), 0)))]


def _shape(ui: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(ui, TOP, ())
    for key, kind in (("ordine", list), ("gruppi", list), ("campi", dict), ("eco", list), ("intro", str)):
        if not isinstance(ui.get(key, kind()), kind):
            yield _at((key,), "Non è scritto nella forma attesa.")
    for key, allowed in (("gruppi", GROUP), ("eco", ECHO)):
        for index, part in enumerate(_listed(ui, key)):
            if isinstance(part, dict):
                yield from _unknown(part, allowed, (key, str(index)))
            else:
                yield _at((key, str(index)), "Qui serve un oggetto.")
    for index, echo in enumerate(_listed(ui, "eco")):
        if isinstance(echo, dict) and not {"da", "campo"} <= echo.keys():
            yield _at(("eco", str(index)), "Di’ «da» quale attività e quale «campo».")


def _fields(ui: Mapping[str, Any], known: dict[str, str | None]) -> Iterator[Problem]:
    fields = ui.get("campi", {})
    for name, field in fields.items() if isinstance(fields, dict) else ():
        if name not in known:
            yield _at(("campi", name), f"Il campo «{name}» non c’è nello schema.")
        if not isinstance(field, dict):
            yield _at(("campi", name), "Qui serve un oggetto.")
            continue
        yield from _unknown(field, FIELD, ("campi", name))
        if "widget" in field:
            yield from _widget(name, field["widget"], known.get(name))
    for key, names in _mentioned(ui):
        for name in names if isinstance(names, list) else ():
            if name not in known:
                yield _at(key, f"Il campo «{name}» non c’è nello schema.")


def _widget(name: str, widget: Any, kind: str | None) -> Iterator[Problem]:
    if not isinstance(widget, str) or widget not in WIDGETS:
        yield _at(("campi", name, "widget"), f"Il widget «{widget}» non esiste.")
    elif kind is not None and kind not in WIDGETS[widget]:
        yield _at(("campi", name, "widget"), f"Il widget «{widget}» non va bene per un campo «{kind}».")


def _mentioned(ui: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield ("ordine",), ui.get("ordine", [])
    for index, group in enumerate(_listed(ui, "gruppi")):
        if isinstance(group, dict):
            yield ("gruppi", str(index), "campi"), group.get("campi", [])


def _paths(
    schema: Any, folding: Folding, at: tuple[str, ...], depth: int
) -> Iterator[tuple[str, str | None]]:
    """Dotted path and type of every field a form may ever show, `*` standing for each row."""
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return
    if at:
        yield ".".join(at), folding.effective(schema, None).type
    here = [*schema.get("allOf", ()), *schema.get("dependentSchemas", {}).values()]
    here += [schema[key] for key in ("then", "else") if key in schema]
    here += [folding.resolve(schema["$ref"])] if "$ref" in schema else []
    for part in here:
        yield from _paths(part, folding, at, depth + 1)
    for name, part in schema.get("properties", {}).items():
        yield from _paths(part, folding, (*at, name), depth + 1)
    for part in (schema.get("items"), *schema.get("prefixItems", ())):
        yield from _paths(part, folding, (*at, EACH), depth + 1)


def _unknown(part: Mapping[str, Any], allowed: frozenset[str], at: tuple[str, ...]) -> Iterator[Problem]:
    for key in part:
        if key not in allowed:
            yield _at((*at, key), f"La parola «{key}» non è prevista qui.")


def _listed(ui: Mapping[str, Any], key: str) -> list[Any]:
    value = ui.get(key, [])
    return value if isinstance(value, list) else []


def _at(keys: tuple[str, ...], message: str) -> Problem:
    return Problem("ui" + pointer(keys), message)

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
TOP: dict[str, type | tuple[type, ...]] = {
    "ordine": list, "gruppi": list, "campi": dict, "eco": list, "intro": str,
}  # fmt: skip
GROUP: dict[str, type | tuple[type, ...]] = {"titolo": str, "campi": list, "aiuto": str, "eco": list}
ECHO: dict[str, type | tuple[type, ...]] = {"da": str, "campo": str, "titolo": str}
FIELD: dict[str, type | tuple[type, ...]] = {
    "widget": str, "titolo": str, "aiuto": str, "segnaposto": str, "larghezza": str, "righe": int,
    "unita": str, "completa": str, "voce": str, "messaggio": (str, dict), "massimo": int,
    "tipi": list, "massimo_mb": int, "estremi": list, "eco": list, "ordine": list,
}  # fmt: skip
MAX_DEPTH = 12


def problems_of(ui: Mapping[str, Any], schema: Schema, folding: Folding) -> list[Problem]:
    """Problems with pointers into the UI file (`ui#/…`)."""
    return [*_shape(ui), *_fields(ui, dict(_paths(schema, folding, (), 0)))]


def _shape(ui: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _words(ui, TOP, ())
    for index, group in enumerate(_listed(ui, "gruppi")):
        yield from _words(group, GROUP, ("gruppi", str(index)))
        yield from _echoes(group, ("gruppi", str(index)))
    yield from _echoes(ui, ())


def _echoes(part: Any, at: tuple[str, ...]) -> Iterator[Problem]:
    for index, echo in enumerate(_listed(part, "eco")):
        yield from _words(echo, ECHO, (*at, "eco", str(index)))
        if isinstance(echo, dict) and not {"da", "campo"} <= echo.keys():
            yield _at((*at, "eco", str(index)), "Di’ «da» quale attività e quale «campo».")


def _fields(ui: Mapping[str, Any], known: dict[str, str | None]) -> Iterator[Problem]:
    fields = ui.get("campi") if isinstance(ui, dict) else None
    for name, field in fields.items() if isinstance(fields, dict) else ():
        if name not in known:
            yield _at(("campi", name), f"Il campo «{name}» non c’è nello schema.")
        yield from _words(field, FIELD, ("campi", name))
        yield from _echoes(field, ("campi", name))
        if isinstance(field, dict) and "widget" in field:
            yield from _widget(name, field["widget"], known.get(name))
        if isinstance(field, dict) and len(_listed(field, "estremi")) not in (0, 2):
            yield _at(("campi", name, "estremi"), "Gli estremi sono due.")
    for key, names in _mentioned(ui):
        for name in names:
            if not isinstance(name, str) or name not in known:
                yield _at(key, f"Il campo «{name}» non c’è nello schema.")


def _widget(name: str, widget: Any, kind: str | None) -> Iterator[Problem]:
    if not isinstance(widget, str) or widget not in WIDGETS:
        yield _at(("campi", name, "widget"), f"Il widget «{widget}» non esiste.")
    elif kind is not None and kind not in WIDGETS[widget]:
        yield _at(("campi", name, "widget"), f"Il widget «{widget}» non va bene per un campo «{kind}».")


def _mentioned(ui: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    yield ("ordine",), _listed(ui, "ordine")
    for index, group in enumerate(_listed(ui, "gruppi")):
        yield ("gruppi", str(index), "campi"), _listed(group, "campi")


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


def _words(
    part: Any, allowed: Mapping[str, type | tuple[type, ...]], at: tuple[str, ...]
) -> Iterator[Problem]:
    if not isinstance(part, dict):
        yield _at(at, "Qui serve un oggetto.")
        return
    for key, value in part.items():
        if key not in allowed:
            yield _at((*at, key), f"La parola «{key}» non è prevista qui.")
        elif not isinstance(value, allowed[key]):
            yield _at((*at, key), "Non è scritto nella forma attesa.")


def _listed(part: Any, key: str) -> list[Any]:
    value = part.get(key, []) if isinstance(part, dict) else []
    return value if isinstance(value, list) else []


def _at(keys: tuple[str, ...], message: str) -> Problem:
    return Problem("ui" + pointer(keys), message)

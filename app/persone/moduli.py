"""The forms of what may be registered about a persona, in the language of every other form."""

from __future__ import annotations

from typing import Any, Final

from app.diario.model import TIPI
from app.forms import Form
from app.servizi.models.domanda import TIPI_ISEE

_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date", "minLength": 10, "maxLength": 10}

TIPI_DIARIO: Final = {
    "colloquio": "Colloquio",
    "visita": "Visita a casa",
    "telefonata": "Telefonata",
    "rete": "Rete",
    "nota": "Nota",
}
NOMI_ISEE: Final = {
    "Ordinario": "Ordinario",
    "SocioSanitario": "Sociosanitario",
    "Minorenne": "Per minorenni",
}


def _form(properties: dict[str, Any], required: tuple[str, ...], dress: dict[str, Any] | None = None) -> Form:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return Form(schema, {"campi": dress or {}})


def _choice(title: str, words: tuple[str, ...], names: dict[str, str]) -> dict[str, Any]:
    return {
        "title": title,
        "type": "string",
        "oneOf": [{"const": word, "title": names[word]} for word in words],
    }


def diario() -> Form:
    """{testo, tipo, fatto_il}."""
    return _form(
        {
            "testo": {"title": "Nuova nota", "type": "string", "minLength": 1, "maxLength": 10_000},
            "tipo": _choice("Tipo", TIPI, TIPI_DIARIO),
            "fatto_il": {"title": "Giorno del fatto", **_DAY},
        },
        ("testo", "tipo", "fatto_il"),
        {
            "testo": {
                "righe": 4,
                "aiuto": "La persona può chiedere di leggerla. Una nota non si cancella: si corregge con un’altra.",
            },
            "tipo": {"widget": "scelta"},
        },
    )


def decesso() -> Form:
    """{deceduta_il, verificato: true}."""
    return _form(
        {
            "deceduta_il": {"title": "Giorno del decesso", **_DAY},
            "verificato": {
                "title": "Ho verificato la notizia: non si può annullare",
                "type": "boolean",
                "const": True,
            },
        },
        ("deceduta_il", "verificato"),
        {"verificato": {"widget": "spunta"}},
    )


def residenza() -> Form:
    """{comune (ISTAT), dal, indirizzo?, cap?, zona?}."""
    return _form(
        {
            "comune": {"title": "Nuovo comune", "type": "string", "format": "comune_istat"},
            "dal": {"title": "Dal", **_DAY},
            "indirizzo": {"title": "Via e numero", "type": "string", "minLength": 1, "maxLength": 120},
            "cap": {"title": "CAP", "type": "string", "format": "cap"},
            "zona": {"title": "Zona", "type": "string", "minLength": 1, "maxLength": 60},
        },
        ("comune", "dal"),
        {"zona": {"aiuto": "Il municipio o il quartiere: serve a scegliere il fornitore."}},
    )


def isee() -> Form:
    """{tipo}."""
    return _form({"tipo": _choice("Quale ISEE", TIPI_ISEE, NOMI_ISEE)}, ("tipo",))

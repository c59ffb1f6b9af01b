"""The forms of who administers, in the language of every other form."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.api.scopes import SCOPES
from app.forms import Form
from app.rights.roles import assignable

ENTE: Final = "-"  # no unit has this name
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date", "minLength": 10, "maxLength": 10}


def _text(title: str, longest: int, **more: Any) -> dict[str, Any]:
    return {"title": title, "type": "string", "minLength": 1, "maxLength": longest, **more}


def _form(properties: dict[str, Any], required: tuple[str, ...], dress: dict[str, Any]) -> Form:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return Form(schema, {"campi": dress})


def account() -> Form:
    """{nome, cognome, nome_utente, email?}."""
    return _form(
        {
            "nome": _text("Nome", 80),
            "cognome": _text("Cognome", 80),
            "nome_utente": _text("Nome utente", 80, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$"),
            "email": {"title": "Email", "type": "string", "format": "email", "maxLength": 200},
        },
        ("nome", "cognome", "nome_utente"),
        {
            "nome_utente": {
                "aiuto": "Con cui entra, per esempio anna.rossi. Non si cambia più.",
                "messaggio": {"pattern": "Usa solo lettere senza accento, cifre, punto e trattino"},
            },
        },
    )


def programma() -> Form:
    """{nome, ambiti, al?}."""
    offered = [{"const": scope, "title": words} for scope, words in SCOPES.items()]
    return _form(
        {
            "nome": _text("Nome del programma", 80),
            "ambiti": {
                "title": "Che cosa può fare",
                "type": "array",
                "minItems": 1,
                "maxItems": len(offered),
                "uniqueItems": True,
                "items": {"type": "string", "oneOf": offered},
            },
            "al": {"title": "Fino al giorno", **_DAY},
        },
        ("nome", "ambiti"),
        {
            "nome": {
                "aiuto": "Le notizie che consegna portano questo nome: lo stesso quando il token si rinnova."
            },
            "ambiti": {"widget": "spunte", "messaggio": {"minItems": "Scegli che cosa può fare"}},
            "al": {"aiuto": "Compreso. Se lo lasci vuoto vale finché qualcuno lo revoca."},
        },
    )


def ruolo(units: list[tuple[str, str]], today: date) -> Form:
    """{ruolo, unita (an id, or ENTE), dal, al?}."""
    roles = [{"const": each["id"], "title": each["titolo"]} for each in assignable()]
    places = [{"const": ENTE, "title": "Tutto l’ente"}] + [
        {"const": id_, "title": name} for id_, name in units
    ]
    return _form(
        {
            "ruolo": {"title": "Ruolo", "type": "string", "oneOf": roles},
            "unita": {"title": "Dove", "type": "string", "oneOf": places},
            "dal": {"title": "Dal giorno", **_DAY},
            "al": {"title": "Fino al giorno", **_DAY},
        },
        ("ruolo", "unita", "dal"),
        {
            "ruolo": {"widget": "scelta"},
            "unita": {"widget": "scelta", "aiuto": "Vale anche nelle unità sotto."},
            "al": {"aiuto": "Compreso. Se lo lasci vuoto vale finché qualcuno lo toglie."},
        },
    )

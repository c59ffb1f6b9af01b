"""The forms of who administers, in the language of every other form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.accounts.service import USERNAME
from app.amministrazione.valori import DAY, Voce
from app.api.scopes import SCOPES
from app.enti.model import Valore
from app.enti.patrono import read, write
from app.enti.recapiti import ONLINE, PEC
from app.format import MONTHS
from app.forms import Form
from app.rights.roles import assignable
from app.servizi.pagine.parole import PROFILI

ENTE: Final = "-"  # no unit has this name
TIPI: Final = {"ats": "ATS", "ufficio": "Ufficio", "fornitore": "Fornitore"}
LONGEST: Final = 3650  # days of a deadline
LARGEST: Final = 10_000_000  # of any other figure
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
            "nome_utente": _text("Nome utente", 80, pattern=USERNAME),
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


def parametro(voce: Voce) -> Form:
    """{valore (as the release's own: number, text, yes or no), dal}; of a feast {giorno, mese, dal}."""
    if voce.is_feast:
        return _feast()
    if voce.is_contact:
        return _contact(voce)
    value, dress = _value(voce)
    return _form(
        {"valore": {"title": "Nuovo valore", **value}, "dal": {"title": "Dal giorno", **_DAY}},
        ("valore", "dal"),
        {"valore": dress, "dal": {"aiuto": "Compreso. Da oggi in poi."}},
    )


def _value(voce: Voce) -> tuple[dict[str, Any], dict[str, Any]]:
    default, unit = voce.predefinito, voce.unita
    if isinstance(default, bool):
        return {"type": "boolean"}, {}
    if not isinstance(default, int | Decimal):
        return {"type": "string", "minLength": 1, "maxLength": 100}, {}
    dress: dict[str, Any] = {"unita": unit, "larghezza": "corta"} if unit else {"larghezza": "corta"}
    if unit == DAY:  # every month has it
        return {"type": "integer", "minimum": 1, "maximum": 28}, dress
    most = LONGEST if unit.startswith("giorni") else LARGEST
    if voce.is_euro or unit == "per cento" or default != int(default):
        return {"type": "number", "minimum": 0, "maximum": most, "multipleOf": Decimal("0.01")}, dress
    return {"type": "integer", "minimum": 0, "maximum": most}, dress


def _feast() -> Form:
    months = [{"const": f"{n:02}", "title": name} for n, name in enumerate(MONTHS, start=1)]
    return _form(
        {
            "giorno": {"title": "Giorno della festa", "type": "integer", "minimum": 1, "maximum": 31},
            "mese": {"title": "Mese", "type": "string", "oneOf": months},
            "dal": {"title": "Dal giorno", **_DAY},
        },
        ("giorno", "mese", "dal"),
        {
            "giorno": {"larghezza": "corta"},
            "mese": {"widget": "scelta"},
            "dal": {"aiuto": "Compreso. Da oggi in poi: prima vale la festa di adesso."},
        },
    )


def _contact(voce: Voce) -> Form:
    kinds: dict[str, dict[str, Any]] = {PEC: {"format": "email"}, ONLINE: {"format": "uri"}}
    value = {"title": voce.titolo, "type": "string", "minLength": 1, "maxLength": 200}
    return _form(
        {"valore": {**value, **kinds.get(voce.chiave, {})}, "dal": {"title": "Dal giorno", **_DAY}},
        ("dal",),
        {
            "valore": {"widget": "testo", "aiuto": "Vuoto: l’ente non ce l’ha, e le lettere non ne parlano."},
            "dal": {"aiuto": "Compreso. Da oggi in poi."},
        },
    )


def known(voce: Voce) -> dict[str, Any]:
    """What the form of a parameter begins with."""
    if not voce.is_feast:
        return {} if voce.vigente is None else {"valore": voce.vigente}
    feast = read(voce.vigente)
    return {"giorno": feast[1], "mese": f"{feast[0]:02}"} if feast else {}


def decided(voce: Voce, data: Mapping[str, Any]) -> Valore:
    """What the answers to the form of a parameter decide. Raises ValueError for a day that no year has."""
    if voce.is_feast:
        return write(int(data["mese"]), data["giorno"])
    value: Valore = data.get("valore")
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)  # as the release writes it, without cents
    return value


def unita(sopra: list[tuple[str, str]], *, nuova: bool) -> Form:
    """{nome, indirizzo?, cap?, telefono?, email?} and, of a new one, {id, tipo, parent_id (an id, or ENTE)}."""
    own: dict[str, Any] = {
        "id": _text("Codice", 40, pattern="^[a-z0-9]+([_-][a-z0-9]+)*$"),
        "tipo": {
            "title": "Che cos’è",
            "type": "string",
            "oneOf": [{"const": kind, "title": words} for kind, words in TIPI.items()],
        },
        "parent_id": {
            "title": "Sotto quale unità",
            "type": "string",
            "oneOf": [{"const": ENTE, "title": "Nessuna: direttamente l’ente"}]
            + [{"const": id_, "title": name} for id_, name in sopra],
        },
    }
    return _form(
        {
            "nome": _text("Nome", 120),
            **(own if nuova else {}),
            "indirizzo": _text("Indirizzo", 200),
            "cap": {"title": "CAP", "type": "string", "format": "cap", "maxLength": 5},
            "telefono": {"title": "Telefono", "type": "string", "format": "telefono", "maxLength": 40},
            "email": {"title": "Email", "type": "string", "format": "email", "maxLength": 200},
        },
        ("nome", "id", "tipo", "parent_id") if nuova else ("nome",),
        {
            "id": {
                "aiuto": "Per esempio ats-levante. Non si cambia più.",
                "messaggio": {"pattern": "Usa lettere minuscole senza accento, cifre e trattino"},
            },
            "tipo": {"widget": "scelta"},
            "parent_id": {"widget": "scelta", "aiuto": "Chi ha un ruolo nell’unità sopra lo ha anche qui."},
            "telefono": {"aiuto": "Sta scritto nelle lettere alle persone; senza, l’email."},
        },
    )


def fornitore(*, nuovo: bool) -> Form:
    """{dal, profili, ore_settimana, al?, atto?, partita_iva?, durc_scade_il?, zone? (separated by commas)} and,
    of a new one, {nome, id, telefono?, email?}."""
    own: dict[str, Any] = {
        "nome": _text("Nome", 120),
        "id": _text("Codice", 40, pattern="^[a-z0-9]+([_-][a-z0-9]+)*$"),
        "telefono": {"title": "Telefono", "type": "string", "format": "telefono", "maxLength": 40},
        "email": {"title": "Email", "type": "string", "format": "email", "maxLength": 200},
    }
    offered = [{"const": kind, "title": words} for kind, words in PROFILI.items()]
    return _form(
        {
            **(own if nuovo else {}),
            "partita_iva": {
                "title": "Partita IVA",
                "type": "string",
                "format": "partita_iva",
                "maxLength": 11,
            },
            "atto": _text("Atto di accreditamento", 200),
            "dal": {"title": "Accreditato dal giorno", **_DAY},
            "al": {"title": "Fino al giorno", **_DAY},
            "profili": {
                "title": "Per quali servizi",
                "type": "array",
                "minItems": 1,
                "maxItems": len(offered),
                "uniqueItems": True,
                "items": {"type": "string", "oneOf": offered},
            },
            "ore_settimana": {
                "title": "Ore che può dare in una settimana",
                "type": "number",
                "minimum": 1,
                "maximum": 100_000,
                "multipleOf": Decimal("0.5"),
            },
            "zone": _text("Zone", 500),
            "durc_scade_il": {"title": "Il DURC scade il giorno", **_DAY},
        },
        ("nome", "id", "dal", "profili", "ore_settimana") if nuovo else ("dal", "profili", "ore_settimana"),
        {
            "id": {
                "aiuto": "Per esempio coop-levante. Non si cambia più.",
                "messaggio": {"pattern": "Usa lettere minuscole senza accento, cifre e trattino"},
            },
            "atto": {"aiuto": "Per esempio: Determinazione dirigenziale n. 118 del 2026."},
            "al": {"aiuto": "Compreso. Dopo non riceve ordini nuovi. Se lo lasci vuoto non ha fine."},
            "profili": {"widget": "spunte", "messaggio": {"minItems": "Scegli almeno un servizio"}},
            "ore_settimana": {"unita": "ore", "larghezza": "corta"},
            "zone": {
                "widget": "testo",
                "aiuto": "I quartieri in cui va, come negli indirizzi, separati da virgole. Vuoto: dappertutto.",
            },
        },
    )


def sospensione() -> Form:
    """{motivo, dal}."""
    return _form(
        {
            "motivo": {"title": "Perché", "type": "string", "minLength": 3, "maxLength": 500},
            "dal": {"title": "Dal giorno", **_DAY},
        },
        ("motivo", "dal"),
        {
            "motivo": {
                "widget": "testo_lungo",
                "aiuto": "Lo legge chi gestisce i fornitori. Niente dati di persone.",
            },
            "dal": {"aiuto": "Compreso. Da oggi in poi."},
        },
    )

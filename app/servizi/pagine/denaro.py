"""Adding money to a capitolo, or taking it away: the forms of what the council or the ragioneria has decided."""

from __future__ import annotations

from datetime import date

from app.forms import Form
from app.servizi.models.budget import SERVIZI
from app.servizi.pagine import parole

MOST = 100_000_000  # euro at a time: more is a slip of the hand


def form(today: date) -> Form:
    """{anno, servizio, capitolo, fondo?, euro}, for this year or the next."""
    years = (today.year, today.year + 1)
    services = [{"const": each, "title": parole.SERVIZI[each]} for each in SERVIZI]
    properties = {
        "anno": {"title": "Anno", "type": "integer", "oneOf": [{"const": y, "title": str(y)} for y in years]},
        "servizio": {"title": "Per che cosa", "type": "string", "oneOf": services},
        "capitolo": {"title": "Capitolo", "type": "string", "minLength": 1, "maxLength": 40},
        "fondo": {"title": "Fondo", "type": "string", "minLength": 1, "maxLength": 80},
        "euro": {
            "title": "Quanto si aggiunge",
            "type": "number",
            "minimum": 0.01,
            "maximum": MOST,
            "multipleOf": 0.01,
        },
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["anno", "servizio", "capitolo", "euro"],
        "additionalProperties": False,
    }
    dress = {
        "anno": {"widget": "scelta"},
        "servizio": {"widget": "scelta"},
        "capitolo": {"aiuto": "Come sta in bilancio. Se c’è già, la somma si aggiunge; se no, si apre."},
        "fondo": {"aiuto": "Da dove viene: FNA, FNPS, bilancio del comune."},
        "euro": {"widget": "euro"},
    }
    return Form(schema, {"campi": dress})


def reduction() -> Form:
    """{euro, motivo}."""
    schema = {
        "type": "object",
        "properties": {
            "euro": {
                "title": "Quanto si toglie",
                "type": "number",
                "minimum": 0.01,
                "maximum": MOST,
                "multipleOf": 0.01,
            },
            "motivo": {"title": "Perché", "type": "string", "minLength": 3, "maxLength": 500},
        },
        "required": ["euro", "motivo"],
        "additionalProperties": False,
    }
    dress = {
        "euro": {"widget": "euro"},
        "motivo": {"righe": 3, "aiuto": "Per esempio l’atto che lo ha deciso. Resta scritto qui sotto."},
    }
    return Form(schema, {"campi": dress})

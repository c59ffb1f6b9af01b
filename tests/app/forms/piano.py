"""A weekly plan with most kinds of questions, as an analyst would write it."""

from app.forms import Form

COMMON = {
    "common/luogo.json": {
        "$defs": {
            "comune": {"type": "string", "format": "comune_istat", "title": "Comune"},
            "indirizzo": {
                "type": "object",
                "title": "Indirizzo",
                "required": ["via", "comune"],
                "properties": {
                    "via": {"type": "string", "title": "Via e numero"},
                    "comune": {"$ref": "#/$defs/comune"},
                    "cap": {"type": "string", "format": "cap", "title": "CAP"},
                },
            },
        }
    }
}

SCHEMA = {
    "type": "object",
    "required": ["turni", "aprono", "animali", "data_visita", "autonomia", "indirizzo"],
    "properties": {
        "turni": {
            "type": "array",
            "title": "Turni della settimana",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["prestazione", "giorni", "dalle", "alle"],
                "properties": {
                    "prestazione": {
                        "title": "Prestazione",
                        "oneOf": [
                            {"const": "igiene", "title": "Igiene personale"},
                            {"const": "aiuto_domestico", "title": "Aiuto in casa"},
                            {"const": "accompagnamento", "title": "Accompagnamento"},
                        ],
                    },
                    "profilo": {"title": "Operatore", "enum": ["OSS", "assistente_familiare", "educatore"]},
                    "giorni": {
                        "title": "Giorni",
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 7,
                        "uniqueItems": True,
                        "items": {
                            "oneOf": [
                                {"const": "lun", "title": "lunedì"},
                                {"const": "mar", "title": "martedì"},
                                {"const": "mer", "title": "mercoledì"},
                                {"const": "gio", "title": "giovedì"},
                                {"const": "ven", "title": "venerdì"},
                                {"const": "sab", "title": "sabato"},
                                {"const": "dom", "title": "domenica"},
                            ]
                        },
                    },
                    "dalle": {"type": "string", "format": "time", "title": "Dalle"},
                    "alle": {"type": "string", "format": "time", "title": "Alle"},
                },
            },
        },
        "tetto": {"type": "number", "minimum": 0, "title": "Tetto mensile della quota"},
        "aprono": {
            "type": "array",
            "title": "Chi apre la porta",
            "minItems": 1,
            "maxItems": 5,
            "items": {
                "type": "object",
                "required": ["nome", "telefono"],
                "properties": {
                    "nome": {"type": "string", "title": "Nome e cognome"},
                    "codice_fiscale": {
                        "type": "string",
                        "format": "codice_fiscale",
                        "title": "Codice fiscale",
                    },
                    "telefono": {"type": "string", "format": "telefono", "title": "Telefono"},
                },
            },
        },
        "animali": {"type": "boolean", "title": "Ci sono animali?"},
        "data_visita": {"type": "string", "format": "date", "title": "Data della visita"},
        "autonomia": {"type": "integer", "minimum": 0, "maximum": 5, "title": "Autonomia"},
        "rischi": {
            "type": "array",
            "title": "Rischi per chi viene a casa",
            "uniqueItems": True,
            "maxItems": 4,
            "items": {"enum": ["scale", "fumo", "conflitti", "animali"]},
        },
        "indirizzo": {"$ref": "common/luogo.json#/$defs/indirizzo"},
        "relazione": {"type": "string", "title": "Relazione", "contentMediaType": "application/pdf"},
        "indicazioni": {"type": "string", "maxLength": 500, "title": "Indicazioni per chi viene a casa"},
    },
    "allOf": [
        {
            "if": {"properties": {"tetto": {"exclusiveMinimum": 0}}, "required": ["tetto"]},
            "then": {
                "required": ["motivo"],
                "properties": {"motivo": {"type": "string", "minLength": 3, "title": "Motivo del tetto"}},
            },
        },
        {
            "if": {"properties": {"animali": {"const": True}}, "required": ["animali"]},
            "then": {
                "required": ["quali"],
                "properties": {"quali": {"type": "string", "title": "Quali, e dove stanno"}},
            },
        },
    ],
}

UI = {
    "intro": "Concorda con la signora i giorni, le ore e chi viene.",
    "gruppi": [
        {
            "titolo": "Turni della settimana",
            "campi": ["turni"],
            "eco": [{"da": "visita_domiciliare", "campo": "bisogni", "titolo": "Dalla visita"}],
        },
        {"titolo": "Spesa e quota", "campi": ["tetto"]},
        {"titolo": "Chi apre la porta", "campi": ["aprono"]},
        {"titolo": "In casa", "campi": ["animali", "data_visita", "autonomia", "rischi", "indirizzo"]},
        {"titolo": "Note", "campi": ["relazione", "indicazioni"]},
    ],
    "campi": {
        "turni": {"widget": "turni", "massimo": 10, "voce": "un turno"},
        "tetto": {
            "widget": "euro",
            "aiuto": "Se la famiglia non può pagare tutta la quota. La differenza resta al Comune.",
        },
        "motivo": {
            "widget": "testo_lungo",
            "righe": 2,
            "messaggio": {"required": "Scrivi il motivo: serve alla ragioneria."},
        },
        "aprono": {"voce": "una persona"},
        "autonomia": {"widget": "scala", "estremi": ["per nulla", "del tutto"]},
        "indicazioni": {
            "larghezza": "intera",
            "aiuto": "Le legge il fornitore. Non scrivere diagnosi, redditi o notizie sul minore.",
        },
    },
}

ANSWERS = {
    "turni": [
        {
            "prestazione": "igiene",
            "profilo": "OSS",
            "giorni": ["lun", "mar", "mer"],
            "dalle": "08:00",
            "alle": "08:45",
        },
        {"prestazione": "aiuto_domestico", "giorni": ["mar", "ven"], "dalle": "09:00", "alle": "10:00"},
    ],
    "aprono": [{"nome": "Marina Canepa", "codice_fiscale": "CNPMRN74E61D969L", "telefono": "+393475550142"}],
    "animali": True,
    "quali": "Un cane anziano, resta in cucina",
    "data_visita": "2026-11-18",
    "autonomia": 3,
    "rischi": ["scale"],
    "indirizzo": {"via": "Via Jori 14/7", "comune": "010025", "cap": "16159"},
}


def piano():
    return Form(SCHEMA, UI, COMMON)

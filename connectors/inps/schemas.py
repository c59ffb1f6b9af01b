"""Request and response of `inps.isee.read`: their titles are what the analyst reads in the designer."""

from __future__ import annotations

from typing import Any

from connectors.inps.attestazione import TIPI
from connectors.inps.prestazione import PRESTAZIONI

DRAFT = "https://json-schema.org/draft/2020-12/schema"

READ_REQUEST: dict[str, Any] = {
    "$schema": DRAFT,
    "title": "Che cosa chiedere",
    "type": "object",
    "required": ["codice_fiscale", "tipo", "prestazione"],
    "properties": {
        "codice_fiscale": {"title": "Codice fiscale della persona", "type": "string", "minLength": 1},
        "tipo": {"title": "Tipo di ISEE", "type": "string", "enum": list(TIPI)},
        "prestazione": {
            "title": "Prestazione da erogare",
            "description": "Codice SIUSS, per esempio A2.07 per l'assistenza domiciliare",
            "type": "string",
            "enum": list(PRESTAZIONI),
        },
        "valido_il": {
            "title": "Valido il giorno",
            "description": "Se manca, decide l'INPS",
            "type": ["string", "null"],
            "format": "date",
        },
        "protocollo_domanda": {
            "title": "Numero di protocollo della domanda",
            "type": ["string", "null"],
            "maxLength": 256,
        },
    },
}

_EURO = {"type": "number", "minimum": 0}

ISEE: dict[str, Any] = {
    "title": "ISEE",
    "type": "object",
    "required": [
        "valore",
        "ise",
        "isr",
        "isp",
        "scala_equivalenza",
        "tipo",
        "protocollo_dsu",
        "presentata_il",
        "scade_il",
        "difforme",
        "omissioni",
        "componenti",
    ],
    "properties": {
        "valore": {"title": "Valore dell'ISEE (€)", **_EURO},
        "ise": {"title": "ISE (€)", **_EURO},
        "isr": {"title": "Situazione reddituale, ISR (€)", **_EURO},
        "isp": {"title": "Situazione patrimoniale, ISP (€)", **_EURO},
        "scala_equivalenza": {"title": "Scala di equivalenza", "type": "number", "exclusiveMinimum": 0},
        "tipo": {"title": "Tipo di ISEE", "type": "string", "enum": list(TIPI)},
        "protocollo_dsu": {"title": "Protocollo della DSU", "type": "string"},
        "presentata_il": {"title": "DSU presentata il", "type": "string", "format": "date"},
        "scade_il": {"title": "Vale fino al", "type": "string", "format": "date"},
        "difforme": {
            "title": "Con omissioni o difformità",
            "description": "Se sì, l'ente decide se chiedere documenti o rifiutare",
            "type": "boolean",
        },
        "omissioni": {"title": "Omissioni e difformità", "type": "array", "items": {"type": "string"}},
        "componenti": {
            "title": "Componenti del nucleo",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["codice_fiscale", "rapporto"],
                "properties": {
                    "codice_fiscale": {"title": "Codice fiscale", "type": "string"},
                    "rapporto": {"title": "Rapporto con chi dichiara", "type": "string"},
                },
            },
        },
        "attestazione_id": {
            "title": "Numero della consultazione all'INPS",
            "description": "Da citare all'INPS per ritrovare questa richiesta",
            "type": "string",
        },
    },
}

READ_RESPONSE: dict[str, Any] = {
    "$schema": DRAFT,
    "title": "Che cosa risponde",
    "type": "object",
    "required": ["isee"],
    "properties": {"isee": ISEE},
}

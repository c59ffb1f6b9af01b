"""How the pages of services say what the tables keep as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PRESTAZIONI: Final[Mapping[str, str]] = {
    "igiene": "Igiene personale",
    "aiuto_domestico": "Aiuto domestico",
    "pasti": "Pasti",
    "accompagnamento": "Accompagnamento",
    "sorveglianza": "Sorveglianza",
    "telesoccorso": "Telesoccorso",
    "trasporto": "Trasporto",
}
PROFILI: Final[Mapping[str, str]] = {
    "oss": "OSS",
    "assistente_familiare": "assistente familiare",
    "educatore": "educatore",
}
RISCHI: Final[Mapping[str, str]] = {
    "scale_barriere": "scale o barriere",
    "animali": "animali",
    "igiene_casa": "casa in cattive condizioni",
    "aggressivita": "aggressività",
    "infezioni": "rischio di infezione",
    "zona_isolata": "zona isolata o poco sicura",
    "movimentazione": "peso da spostare, serve il sollevatore",
}
STATI: Final[Mapping[str, str]] = {
    "mandato": "aspetta risposta",
    "accettato": "accettato, da avviare",
    "rifiutato": "rifiutato",
    "scaduto": "scaduto senza risposta",
    "avviato": "in corso",
    "sospeso": "sospeso",
    "chiuso": "chiuso",
}
FORME: Final[Mapping[str, str]] = {
    "mandato": "occhio",
    "accettato": "ora",
    "rifiutato": "no",
    "scaduto": "no",
    "avviato": "ok",
    "sospeso": "occhio",
    "chiuso": "poi",
}
MESI: Final[Mapping[str, str]] = {
    "aperto": "da mandare",
    "caricato": "mandato, in controllo",
    "contestato": "contestato: il comune decide quando il fornitore ha risposto",
    "validato": "convalidato",
}
SERVIZI: Final[Mapping[str, str]] = {
    "domiciliarita": "Assistenza domiciliare",
    "interventi": "Altri interventi del progetto",
}

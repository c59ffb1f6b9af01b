"""The story of an old lady who cannot manage alone any more, chapter by chapter.

Each chapter takes the people who work in it, so that it can be told by mouse, by keyboard or without script.
"""

from __future__ import annotations

from tests.journeys.person import Person

ROSA = {
    "Codice fiscale": "RSSRSO44A41D969U",
    "Cognome": "Rossi",
    "Nome": "Rosa",
    "Data di nascita": "1944-01-01",
}


def first_contact(marco: Person, giulia: Person) -> None:
    """Rosa comes to the counter; the table sends her to an interview; the interview, to a presa in carico."""
    marco.presses("Registra un contatto").arrives_at("Registra il contatto")
    marco.answers(
        {
            "Canale": "Sportello",
            "Giorno del contatto": "2026-11-23",
            "Ora": "9:10",
            "Chi chiede": "La persona stessa",
            **ROSA,
            "Telefono o cellulare": "010 555 1234",
            "Dove vive": "Via Prè 12, Genova",
            "Che cosa chiede": "Non riesco più a fare la spesa e a lavarmi da sola.",
            "Tipo di richiesta": "Chiede un aiuto",
            "Area": "Anziani",
            "Urgenza": "Nessuna",
            "C'è un minore che può essere in pericolo": False,
            "Informativa sulla privacy consegnata": True,
        }
    ).completes()
    giulia.opens("Fai il primo colloquio", "Rossi").answers(
        {
            "Giorno": "2026-11-23",
            "Dove": "A casa",
            "Chi c'era": ["la figlia Marta"],
            "Che cosa è emerso": "Vive sola al terzo piano; cade spesso e ha smesso di cucinare.",
            "Situazione rilevata": [
                {
                    "Dimensione": "Salute e autonomia",
                    "Gravità": "4",
                    "Risorse": "La figlia due volte a settimana",
                },
                {"Dimensione": "Relazioni", "Gravità": "3"},
            ],
            "Come si prosegue": "Presa in carico",
        }
    ).completes()

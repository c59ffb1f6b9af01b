"""The story of an old lady who cannot manage alone any more, chapter by chapter.

Each chapter takes the people who work in it, so that it can be told by mouse, by keyboard or without script.
"""

from __future__ import annotations

from typing import Any

from tests.journeys.city import City
from tests.journeys.person import Person

ROSA = ("Rossi", "Rosa", "RSSRSO44A41D969U")  # the simulated INPS knows her: 10.000 euro, until 31 December


def contact_of(cognome: str, nome: str, codice_fiscale: str) -> dict[str, Any]:
    """What the counter writes of somebody who asks for help."""
    return {
        "Canale": "Sportello",
        "Giorno del contatto": "2026-11-23",
        "Ora": "9:10",
        "Chi chiede": "La persona stessa",
        "Codice fiscale": codice_fiscale,
        "Cognome": cognome,
        "Nome": nome,
        "Telefono o cellulare": "010 555 1234",
        "Dove vive": "Via Prè 12, Genova",
        "Che cosa chiede": "Non riesco più a fare la spesa e a lavarmi da sola.",
        "Tipo di richiesta": "Chiede un aiuto",
        "Area": "Anziani",
        "Urgenza": "Nessuna",
        "C'è un minore che può essere in pericolo": False,
        "Informativa sulla privacy consegnata": True,
    }


INTERVIEW: dict[str, Any] = {
    "Giorno": "2026-11-23",
    "Dove": "A casa",
    "Chi c'era": ["la figlia Marta"],
    "Che cosa è emerso": "Vive sola al terzo piano; cade spesso e ha smesso di cucinare.",
    "Situazione rilevata": [
        {"Dimensione": "Salute e autonomia", "Gravità": "4", "Risorse": "La figlia due volte a settimana"},
        {"Dimensione": "Relazioni", "Gravità": "3"},
    ],
    "Come si prosegue": "Presa in carico",
}


def first_contact(city: City, marco: Person, giulia: Person) -> None:
    """Rosa comes to the counter; the table sends her to an interview; the interview, to a presa in carico."""
    city.moves_to(2026, 11, 23)
    marco.enters().presses("Registra un contatto").arrives_at("Registra il contatto")
    marco.answers({**contact_of(*ROSA), "Data di nascita": "1944-01-01"}).completes()
    giulia.enters().opens("Fai il primo colloquio").answers(INTERVIEW).completes()


def taking_in_charge(anna: Person, giulia: Person, elsa: Person) -> None:
    """Anna gives the case to Giulia; the table asks for the équipe, because health is concerned."""
    anna.opens("Assegna il caso").answers(
        {
            "Case manager": "Giulia Parodi",
            "Presa in carico dal": "2026-11-24",
            "Area": "Anziani",
            "Riservatezza": "Ordinaria",
            "Che cosa deve sapere chi lo prende": "La figlia lavora: chiamala dopo le 17.",
        }
    ).completes()
    giulia.opens("Fai l'analisi preliminare").answers(
        {
            "Bisogni": [{"Dimensione": "Salute e autonomia", "Gravità": "4", "Risorse": "La figlia"}],
            "Punti di forza": "È lucida, vuole restare a casa sua.",
            "Complessità": "Complessa: più bisogni insieme",
            "C'è un bisogno sanitario da valutare con l'ASL": True,
        }
    ).completes()
    elsa.opens("Scrivi il quadro di analisi").answers(
        {
            "L'équipe": [
                {"Nome": "Giulia Parodi", "Ruolo": "assistente sociale"},
                {"Nome": "Pietro Bo", "Ruolo": "geriatra", "Ente": "ASL"},
            ],
            "Valutazione comune": "Vive sola, autonomia in calo: servono aiuti in casa.",
            "Strumenti usati": [{"Strumento": "AGED", "Punteggio": "12"}],
        }
    ).completes()


def social_project(giulia: Person, anna: Person, marco: Person) -> None:
    """Giulia writes the project with Rosa, Anna sends it back once and then approves it, Rosa signs."""
    giulia.opens("Scrivi il progetto").answers(
        {
            "Obiettivi": [
                {
                    "Dimensione": "Salute e autonomia",
                    "Obiettivo": "Restare a casa in sicurezza",
                    "Come si vede che è raggiunto": "Cadute in un mese",
                    "Dove si vuole arrivare": "Nessuna",
                    "Entro il": "2027-06-30",
                }
            ],
            "Interventi": [
                {
                    "Prestazione": "A2.07 Assistenza domiciliare",
                    "Quantità": "5",
                    "Unità": "ore",
                    "Ogni quanto": "Alla settimana",
                    "Dal": "2026-12-07",
                    "Costo unitario": "24,50",
                }
            ],
            "Impegni della persona e della famiglia": ["Marta fa la spesa grossa il sabato"],
            "Impegni dei servizi": ["Aiuto in casa cinque ore alla settimana"],
            "Prima verifica": "2027-03-01",
        }
    ).completes()
    anna.opens("Approva il progetto").answers(
        {
            "Il progetto va bene": False,
            "Che cosa va cambiato": "Scrivi anche che cosa facciamo per le relazioni.",
        }
    ).completes()
    giulia.opens("Scrivi il progetto").reads("Scrivi anche che cosa facciamo per le relazioni.")
    giulia.answers(
        {
            "Impegni dei servizi": [
                "Aiuto in casa cinque ore alla settimana",
                "Il gruppo del giovedì alla casa di quartiere",
            ]
        }
    ).completes()
    anna.opens("Approva il progetto").answers({"Il progetto va bene": True}).completes()
    marco.opens("Raccogli la firma del progetto").answers(
        {"Come ha firmato": "Sulla tavoletta, allo sportello", "Giorno della firma": "2026-11-23"}
    ).completes()


def application_of(codice_fiscale: str) -> dict[str, Any]:
    """What a social worker writes of somebody who asks for help at home."""
    return {
        "Chi presenta la domanda": "La persona",
        "Codice fiscale": codice_fiscale,
        "Tipo di ISEE": "Sociosanitario",
        "È urgente": False,
        "Che cosa serve": ["Igiene personale", "Aiuto domestico"],
        "Perché serve": "Non riesce più a lavarsi e a cucinare.",
        "In questo momento è in ospedale": False,
        "Come si entra": "Citofono, terzo piano",
        "Ci sono animali": False,
    }


def help_at_home_is_asked(giulia: Person, anna: Person, marco: Person) -> None:
    """The application with the ISEE that INPS tells, the visit, the table that admits, the plan, its copay."""
    giulia.opens("Raccogli la domanda").answers(application_of(ROSA[2])).completes()
    giulia.opens("Fai la visita a domicilio").answers(
        {
            "Giorno": "2026-11-23",
            "Chi c'era": ["la figlia Marta"],
            "Punteggio AGED": "12",
            "ADL conservate": "3",
            "IADL conservate": "2",
            "Invalidità civile (%)": "100",
            "Ha l'indennità di accompagnamento": True,
            "Legge 104, art. 3": "Comma 3, gravità",
            "È ricoverata in modo definitivo in una struttura": False,
            "Com'è la casa": ["Senza ascensore"],
            "Rete familiare": "2 – assistita in parte",
            "Chi la aiuta di più": {"Nome": "Marta", "Ore alla settimana": "6", "Vive con lei": False},
            "Rischi per gli operatori": ["Scale o barriere"],
        }
    ).completes()
    giulia.opens("Scrivi il piano settimanale").answers(
        {
            "La settimana": [
                {
                    "Che cosa": "Igiene personale",
                    "Chi": "OSS",
                    **dict.fromkeys(("Lunedì", "Mercoledì", "Venerdì"), True),
                    "Dalle": "8:30",
                    "Alle": "9:30",
                },
            ],
            "Dal": "2026-12-07",
        }
    ).completes()
    anna.opens("Approva il piano").answers({"Il piano va bene": True}).completes()
    marco.opens("Fai scegliere il fornitore").answers({"Fornitore": "Cooperativa La Lanterna"}).completes()


def order_is_accepted(lanterna: Person) -> None:
    """The supplier reads where to go and what to do, and takes the order."""
    lanterna.enters().follows("Ordini").arrives_at("Ordini")
    lanterna.accepts_order_of("Rosa").reads("Ordine accettato.").looks("Ordine accettato")


def service_begins(city: City, lanterna: Person) -> None:
    """Two weeks later somebody rings Rosa's bell for the first time."""
    city.moves_to(2026, 12, 7, 11)
    lanterna.opens("Registra l'avvio").answers(
        {"Data del primo intervento": "2026-12-07", "Operatore di riferimento": "Sara Bo, OSS"}
    ).completes()


def first_month(city: City, lanterna: Person) -> None:
    """December is over and nobody has sent the events: reminded, the supplier writes them in the form."""
    city.moves_to(2027, 1, 8)
    visit = {
        "Dalle": "8:30",
        "Alle": "9:30",
        "Matricola dell'operatore": "M01",
        "Che cosa": "Igiene personale",
        "Conferma della persona": "Firma",
        "Com'è andato": "Fatto",
    }
    lanterna.opens("Carica gli eventi").answers(
        {"Interventi del mese": [{"Giorno": day, **visit} for day in ("2026-12-07", "2026-12-09")]}
    ).completes()


def service_ends(giulia: Person, anna: Person) -> None:
    """Rosa is heard: her daughter comes to live with her, so the service ends."""
    giulia.opens("Senti come va").answers(
        {
            "Giorno": "2027-01-08",
            "Come l'hai sentita": "Al telefono",
            "Soddisfazione": "5 – molto",
            "Che cosa non è andato come previsto": ["Niente"],
            "Il servizio continua": False,
            "Perché finisce": "Non serve più",
        }
    ).completes()
    _close(giulia, anna, "La figlia è venuta a vivere con lei.", "2027-01-15")


def case_is_closed(city: City, giulia: Person, anna: Person) -> None:
    """At the review the aims are reached: the case too may be closed."""
    city.moves_to(2027, 3, 1)
    giulia.opens("Verifica il progetto").answers(
        {
            "Giorno": "2027-03-01",
            "Che cosa è emerso": "Non è più caduta e la figlia vive con lei.",
            "Gli obiettivi": [{"Come va": "Raggiunto"}],
            "Come si prosegue": "Si può chiudere",
        }
    ).completes()
    _close(giulia, anna, "Non serve più un progetto.", "2027-03-01")


def _close(giulia: Person, anna: Person, why: str, day: str) -> None:
    """The words of the aim are the project's: one says only what came of it."""
    giulia.opens("Proponi la chiusura").answers(
        {
            "Perché si chiude": "Obiettivi raggiunti",
            "In breve": why,
            "Chiuso dal": day,
            "Richiamare la persona più avanti": False,
        }
    ).completes()
    giulia.opens("Valuta gli esiti").answers({"Esiti": [{"Raggiunto": "Sì"}]}).completes()
    anna.opens("Approva la chiusura").answers({"Si può chiudere": True}).completes()

"""The tables of services, by noun."""

from app.servizi.models.budget import Budget, Iscrizione, Prenotazione, VariazioneBudget
from app.servizi.models.domanda import AttestazioneIsee, Domanda, Valutazione
from app.servizi.models.fornitore import Fornitore, OperatoreFornitore, SospensioneFornitore
from app.servizi.models.ordine import Ordine, PassaggioOrdine, SospensioneOrdine, VariazioneOrdine
from app.servizi.models.piano import PianoDomiciliare, Quota, Turno
from app.servizi.models.rendiconto import Contestazione, EventoErogazione, Rendiconto

__all__ = [
    "AttestazioneIsee",
    "Budget",
    "Contestazione",
    "Domanda",
    "EventoErogazione",
    "Fornitore",
    "Iscrizione",
    "OperatoreFornitore",
    "Ordine",
    "PassaggioOrdine",
    "PianoDomiciliare",
    "Prenotazione",
    "Quota",
    "Rendiconto",
    "SospensioneFornitore",
    "SospensioneOrdine",
    "Turno",
    "Valutazione",
    "VariazioneBudget",
    "VariazioneOrdine",
]

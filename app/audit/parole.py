"""What the audit says, in words: who reads it is no programmer."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

READS: Final = ("persona.read", "pratica.read")

AZIONI: Final = MappingProxyType(
    {
        "persona.read": "Ha letto",
        "pratica.read": "Ha letto",
        "pratica.open": "Ha aperto la pratica",
        "pratica.start": "Ha avviato la pratica",
        "task.claim": "Ha preso un’attività",
        "task.release": "Ha lasciato un’attività",
        "task.give": "Ha dato un’attività a una collega o a un collega",
        "task.complete": "Ha completato un’attività",
        "task.send_back": "Ha rimandato indietro un’attività",
        "messaggio.send": "Ha registrato una notizia sulla pratica",
        "messaggio.deliver": "Ha consegnato una notizia alla pratica",
        "messaggio.see": "Ha guardato messaggi che nessun percorso aspettava",
        "ordine.accettato": "Ha accettato l’ordine",
        "ordine.rifiutato": "Ha rifiutato l’ordine",
        "rendiconto.submit": "Ha mandato gli interventi del mese",
        "documento.add": "Ha aggiunto un documento",
        "file.add": "Ha caricato un file",
        "file.drop": "Ha cancellato un file che nessuno usava",
        "file.infected": "Ha tolto un file con un virus",
        "diario.write": "Ha scritto nel diario",
        "isee.read": "Ha chiesto l’ISEE all’INPS",
        "residenza.change": "Ha registrato un cambio di residenza",
        "persona.die": "Ha registrato il decesso",
        "persona.correct_code": "Ha corretto il codice fiscale",
        "contatto.bind": "Ha collegato un contatto alla persona",
        "incidente.retry": "Ha fatto ripartire un passo fermo",
        "incidente.skip": "Ha segnato come fatto un passo fermo",
        "incidente.answer": "Ha scritto il risultato di un passo fermo",
        "incidente.correct": "Ha corretto i dati di un passo fermo",
        "incidente.give": "Ha affidato un passo fermo",
        "accesso_straordinario.ask": "Ha chiesto un accesso straordinario",
        "accesso_straordinario.approve": "Ha approvato un accesso straordinario",
        "accesso_straordinario.acknowledge": "Ha segnato come visto un accesso straordinario",
        "accesso_straordinario.close": "Ha chiuso un accesso straordinario",
    }
)

SEZIONI: Final = MappingProxyType(
    {
        "abitazione": "abitazione",
        "attivita": "un’attività",
        "cartella": "bisogni e progetto",
        "consultazioni": "chi ha visto la cartella",
        "contatti": "contatti e recapiti",
        "diario": "diario",
        "documenti": "documenti",
        "economico": "costi e quote",
        "isee": "ISEE",
        "nome": "nome",
        "ordini": "ordine al fornitore",
        "passi_fermi": "un passo fermo",
        "pratica": "la pratica",
        "pratiche": "le pratiche",
        "salute": "salute",
        "storia": "storia della pratica",
    }
)


def told(azione: str, sezioni: list[str]) -> str:
    """«Ha letto diario, ISEE»; a deed that has no words yet keeps its name, so that none goes unseen."""
    said = AZIONI.get(azione, azione.replace("_", " ").replace(".", ": "))
    shown = ", ".join(
        sorted((SEZIONI.get(each, each.replace("_", " ")) for each in sezioni), key=str.casefold)
    )
    return f"{said} {shown}" if shown and azione in READS else said

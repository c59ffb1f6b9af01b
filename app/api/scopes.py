"""What a token may do: the closed list of scopes, in words for who gives them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

START: Final = "pratiche:start"
READ: Final = "pratiche:read"
DATA: Final = "variabili:read"
SEE_TASKS: Final = "attivita:read"
COMPLETE: Final = "attivita:complete"
DELIVER: Final = "messaggi:deliver"

# With these a program reads what is in people's cases, or acts on them: one person alone gives none
# (app/amministrazione).
ON_PEOPLE: Final = frozenset({READ, DATA, SEE_TASKS, COMPLETE})

SCOPES: Final = MappingProxyType(
    {
        START: "Vedere quali percorsi si possono avviare, e avviarli",
        READ: "Leggere stato, termini e passi delle pratiche",
        DATA: "Leggere anche i dati delle pratiche: variabili, risposte, note",
        SEE_TASKS: "Leggere le attività aperte e i loro moduli",
        COMPLETE: "Completare attività",
        DELIVER: "Consegnare messaggi ai percorsi che li aspettano",
    }
)

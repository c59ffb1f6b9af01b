"""The operations on projects: understanding, writing, checking, ending."""

from app.progetti.operations import analisi, chiusura, monitoraggio, progetto
from engine import Operation


def operations() -> list[Operation]:
    return [
        *analisi.operations(),
        *progetto.operations(),
        *monitoraggio.operations(),
        *chiusura.operations(),
    ]

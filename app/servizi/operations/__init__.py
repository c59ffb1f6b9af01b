"""The operations on services, by the step of the service in which they come."""

from app.servizi.operations import affidamento, domanda, piano, rendiconto, spesa, valutazione
from engine import Operation


def operations() -> list[Operation]:
    return [
        *domanda.operations(),
        *valutazione.operations(),
        *piano.operations(),
        *spesa.operations(),
        *affidamento.operations(),
        *rendiconto.operations(),
    ]

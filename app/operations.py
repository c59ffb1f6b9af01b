"""All the operations of our own domain, as diagrams name them."""

from __future__ import annotations

from app.avvisi import operations as avvisi
from app.bisogni import operations as bisogni
from app.contatti import operations as contatti
from app.diario import operations as diario
from app.persone import operations as persone
from app.pratiche import operations as pratiche
from app.pratiche.atti import operations as atti
from app.pratiche.service import Start
from app.progetti import operations as progetti
from app.servizi import operations as servizi
from engine import Operation


def domestic(start: Start) -> list[Operation]:
    """Every inside operation. `start(session, ente_id, slug, variables, by_label)` begins a path in the same
    transaction and gives its root instance.
    """
    return [
        *contatti.operations(),
        *persone.operations(),
        *bisogni.operations(),
        *diario.operations(),
        *pratiche.operations(start),
        *atti.operations(),
        *progetti.operations(),
        *servizi.operations(),
        *avvisi.operations(),
    ]

"""The protocol: a numbered line for what comes in and goes out (DPR 445/2000 art. 53)."""

from __future__ import annotations

from app.pratiche import service
from app.pratiche.model import Protocollo
from app.pratiche.numero import next_number
from app.values import day_of, session_of
from engine import Call

REGISTRO = "protocollo"


def write(
    call: Call, verso: str, oggetto: str, *, persona_id: int | None, destinatario: str | None = None
) -> Protocollo:
    """A new line, `verso` «in_arrivo» or «in_partenza»; flushes."""
    pratica, anno = service.current(call), day_of(call.now).year
    line = Protocollo(
        ente_id=call.ente_id,
        anno=anno,
        numero=next_number(session_of(call), call.ente_id, REGISTRO, anno),
        verso=verso,
        oggetto=oggetto,
        destinatario=destinatario,
        pratica_id=pratica.id if pratica else None,
        persona_id=persona_id,
        at=call.now,
        da_chi=call.by,
    )
    session_of(call).add(line)
    session_of(call).flush()
    return line

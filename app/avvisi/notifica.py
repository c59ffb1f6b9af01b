"""Short notices that an operation sends by itself, in words of ours: no template of the release is needed."""

from __future__ import annotations

from typing import Any

from app.avvisi.destinatario import Destinatario, of
from app.avvisi.model import Avviso
from app.persone.model import Persona
from app.pratiche import service
from app.values import session_of, today
from engine import Call


def send(
    call: Call,
    lettera: str,
    oggetto: str,
    testo: str,
    persona: Persona | None,
    *,
    fornitore_id: str | None = None,
    riferimenti: dict[str, Any] | None = None,
) -> Avviso:
    """Tell the supplier, or the persona, once per idempotency key. Simulated, like every letter; flushes."""
    pratica = service.current(call)
    to = of(call, {"fornitore_id": fornitore_id}, persona)
    avviso = Avviso(
        ente_id=call.ente_id,
        persona_id=persona.id if persona else None,
        pratica_id=pratica.id if pratica else None,
        lettera=lettera,
        destinatario_tipo=to.tipo,
        destinatario=to.nome,
        canale=to.canale,
        recapito=to.recapito,
        oggetto=oggetto,
        testo=testo,
        riferimenti=riferimenti or {},
        inviato_at=call.now,
        chiave=f"{call.idempotency_key}:{lettera}",
        da_chi=call.by,
        **outcome(call, to),
    )
    session_of(call).add(avviso)
    session_of(call).flush()
    return avviso


def outcome(call: Call, to: Destinatario) -> dict[str, Any]:
    """What became of a letter: nothing leaves this machine, and some must not leave at all."""
    if to.trattenuto:
        return {"stato": "trattenuto", "ricevuto_il": None}
    return {"stato": "simulato", "ricevuto_il": today(call)}

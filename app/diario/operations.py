"""The operation on the diary, and the writing that other operations share."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.diario.model import Diario
from app.persone.model import Persona
from app.pratiche import service
from app.shapes import BOOL, DAY, LIST, TEXT, choice, response, shape
from app.values import find, session_of, to_day, to_time, today
from engine import Call, Operation


def append(call: Call, persona: Persona, tipo: str, testo: str, fatto_il: date, **more: Any) -> Diario:
    """Add an entry to the diary of a persona; flushes. `more`: ora, misure, emergenza_rientrata, corregge_id."""
    pratica = service.current(call)
    entry = Diario(
        ente_id=call.ente_id,
        persona_id=persona.id,
        pratica_id=pratica.id if pratica else None,
        fatto_il=fatto_il,
        tipo=tipo,
        testo=testo,
        misure=more.pop("misure", []),
        da_chi=call.by,
        **more,
    )
    session_of(call).add(entry)
    session_of(call).flush()
    return entry


def write(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Add what a step says to the diary."""
    entry = append(
        call,
        find(call, Persona, request["persona_id"]),
        request.get("tipo") or "nota",
        request["testo"],
        to_day(request.get("data")) or today(call),
        ora=to_time(request.get("ora")),
        misure=[str(misura) for misura in request.get("misure") or []],
        emergenza_rientrata=request.get("emergenza_rientrata"),
    )
    return {"diario_id": str(entry.id)}


def operations() -> list[Operation]:
    return [
        Operation(
            "diario.write",
            "Scrivi nel diario",
            shape(
                {"persona_id": TEXT, "testo": TEXT},
                {
                    "data": DAY,
                    "tipo": choice("colloquio", "visita", "telefonata", "rete"),
                    "ora": TEXT,
                    "misure": LIST,
                    "emergenza_rientrata": BOOL,
                },
            ),
            response(diario_id=TEXT),
            write,
        )
    ]

"""The operation on the analysis: begun by one, completed by the équipe."""

from __future__ import annotations

from typing import Any, Final

from app.columns import DIMENSIONI
from app.persone.model import Persona
from app.pratiche import service
from app.progetti.model import COMPLESSITA, Analisi
from app.shapes import BOOL, NUMBER, ROWS, TEXT, choice, response, rows, shape
from app.values import find, find_maybe, session_of
from engine import Call, Operation

SAID: Final = {
    "bisogni": "bisogni",
    "punti_di_forza": "punti_di_forza",
    "urgenze": "urgenze",
    "complessita_rilevata": "complessita",
    "bisogno_sanitario": "bisogno_sanitario",
    "area_utenza": "area_utenza",
    "membri": "membri",
    "sintesi_valutazione": "sintesi",
    "strumenti": "strumenti",
}


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write an analysis, or add to it what is said now: what was said before and is not said again stays."""
    session, pratica = session_of(call), service.current(call)
    analisi = find_maybe(call, Analisi, request.get("analisi_id"))
    if analisi is None:
        analisi = Analisi(
            ente_id=call.ente_id,
            persona_id=find(call, Persona, request["persona_id"]).id,
            pratica_id=pratica.id if pratica else None,
            bisogni=[],
            membri=[],
            strumenti=[],
            da_chi=call.by,
        )
        session.add(analisi)
    for name, column in SAID.items():
        if request.get(name) is not None:
            setattr(analisi, column, request[name])
    session.flush()
    return {"analisi_id": str(analisi.id)}


def operations() -> list[Operation]:
    bisogni = rows({"dimensione": choice(*DIMENSIONI), "gravita": NUMBER}, {"risorse": TEXT})
    return [
        Operation(
            "analisi.register",
            "Registra l'analisi",
            shape(
                {"persona_id": TEXT},
                {
                    "contatto_id": TEXT,
                    "analisi_id": TEXT,
                    "bisogni": bisogni,
                    "punti_di_forza": TEXT,
                    "urgenze": TEXT,
                    "complessita_rilevata": choice(*COMPLESSITA),
                    "bisogno_sanitario": BOOL,
                    "area_utenza": TEXT,
                    "membri": ROWS,
                    "sintesi_valutazione": TEXT,
                    "strumenti": ROWS,
                },
            ),
            response(analisi_id=TEXT),
            register,
        )
    ]

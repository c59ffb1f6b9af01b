"""The operation on checks, of a service or of a project."""

from __future__ import annotations

from typing import Any

from app.persone.model import Persona
from app.pratiche import service
from app.progetti.model import Monitoraggio, Progetto
from app.servizi.models import Ordine, PianoDomiciliare
from app.shapes import BOOL, DAY, LIST, NUMBER, TEXT, TEXTS, choice, response, rows, shape
from app.values import find, find_maybe, session_of, to_day, to_int, today
from engine import Call, Operation


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Keep a check as it was made."""
    session, pratica = session_of(call), service.current(call)
    progetto = find_maybe(call, Progetto, request.get("progetto_id"))
    piano = find_maybe(call, PianoDomiciliare, request.get("piano_id"))
    ordine = find_maybe(call, Ordine, request.get("ordine_id"))
    made = Monitoraggio(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        progetto_id=progetto.id if progetto else None,
        piano_id=piano.id if piano else None,
        ordine_id=ordine.id if ordine else None,
        data=to_day(request.get("data")) or today(call),
        mese=request.get("mese"),
        soddisfazione=to_int(request.get("soddisfazione")),
        scostamenti=request.get("scostamenti") or [],
        esiti=request.get("esiti") or [],
        presenti=request.get("presenti") or [],
        prosegue=request.get("prosegue"),
        motivo_fine=request.get("motivo_fine"),
        esito_verifica=request.get("esito_verifica"),
        prossima_verifica=to_day(request.get("prossima_verifica")),
        sintesi=request.get("sintesi"),
        note=request.get("note"),
        da_chi=call.by,
    )
    session.add(made)
    if progetto is not None and made.prossima_verifica is not None:
        progetto.verifica_il = made.prossima_verifica
    session.flush()
    return {"monitoraggio_id": str(made.id)}


def operations() -> list[Operation]:
    esiti = rows({"obiettivo": TEXT}, {"andamento": choice("raggiunto", "in_corso", "fermo"), "nota": TEXT})
    return [
        Operation(
            "monitoraggio.register",
            "Registra la verifica",
            shape(
                {"persona_id": TEXT},
                {
                    "piano_id": TEXT,
                    "ordine_id": TEXT,
                    "progetto_id": TEXT,
                    "mese": TEXT,
                    "data": DAY,
                    "soddisfazione": {**NUMBER, "minimum": 1, "maximum": 5},
                    "scostamenti": LIST,
                    "note": TEXT,
                    "prosegue": BOOL,
                    "motivo_fine": TEXT,
                    "esiti": esiti,
                    "esito_verifica": choice("prosegue", "rivedere", "chiudere"),
                    "prossima_verifica": DAY,
                    "presenti": TEXTS,
                    "sintesi": TEXT,
                },
            ),
            response(monitoraggio_id=TEXT),
            register,
        )
    ]

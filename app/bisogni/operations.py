"""The operations on needs and interviews."""

from __future__ import annotations

from typing import Any

from app.bisogni.model import Bisogno, Colloquio
from app.columns import DIMENSIONI
from app.contatti.model import Contatto
from app.diario import operations as diario
from app.persone.model import Persona
from app.pratiche import service
from app.shapes import DAY, NUMBER, ROWS, TEXT, TEXTS, choice, nullable, response, rows, shape
from app.values import find, find_maybe, need_day, session_of, today
from engine import Call, Operation

RILEVATA = rows({"dimensione": choice(*DIMENSIONI), "gravita": NUMBER}, {"risorse": TEXT, "note": TEXT})
LUOGHI = ("ufficio", "domicilio", "telefono", "video", "ospedale", "altro")
ESITI = ("prestazione", "presa_in_carico", "invio")


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write down what is asked and what is found, whichever is given."""
    espresso = find_maybe(call, Bisogno, request.get("bisogno_id"))
    asked = request.get("domanda_espressa")
    if asked:
        espresso = _add(call, request, tipo="espresso", testo=asked)
    found = [
        _add(
            call,
            request,
            tipo="rilevato",
            espresso_id=espresso.id if espresso else None,
            dimensione=row["dimensione"],
            gravita=int(row["gravita"]),
            risorse=row.get("risorse"),
            note=row.get("note"),
        )
        for row in request.get("situazione_rilevata") or []
    ]
    return {
        "bisogno_id": str(espresso.id) if espresso and asked else None,
        "bisogni_id": [str(bisogno.id) for bisogno in found],
    }


def _add(call: Call, request: dict[str, Any], **content: Any) -> Bisogno:
    session, pratica = session_of(call), service.current(call)
    contatto = find_maybe(call, Contatto, request.get("contatto_id"))
    bisogno = Bisogno(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        contatto_id=contatto.id if contatto else None,
        rilevato_il=today(call),
        da_chi=call.by,
        **content,
    )
    session.add(bisogno)
    session.flush()
    return bisogno


def register_interview(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write down an interview; what was told goes to the diary."""
    session, pratica = session_of(call), service.current(call)
    persona, data = find(call, Persona, request["persona_id"]), need_day(request["data"])
    contatto = find_maybe(call, Contatto, request.get("contatto_id"))
    bisogno = find_maybe(call, Bisogno, request.get("bisogno_id"))
    entry = diario.append(call, persona, "colloquio", request["narrazione"], data)
    colloquio = Colloquio(
        ente_id=call.ente_id,
        persona_id=persona.id,
        pratica_id=pratica.id if pratica else None,
        contatto_id=contatto.id if contatto else None,
        bisogno_id=bisogno.id if bisogno else None,
        diario_id=entry.id,
        data=data,
        luogo=request["luogo"],
        presenti=request.get("presenti") or [],
        isee_disponibile=request.get("isee_disponibile"),
        rete_familiare=request.get("rete_familiare") or [],
        servizi_attivi=request.get("servizi_attivi") or [],
        esito=request["esito_colloquio"],
        percorso_prestazione=request.get("percorso_prestazione"),
        servizio_destinatario=request.get("servizio_destinatario"),
        ipotesi_intervento=request.get("ipotesi_intervento"),
        da_chi=call.by,
    )
    session.add(colloquio)
    session.flush()
    return {"colloquio_id": str(colloquio.id)}


def operations() -> list[Operation]:
    return [
        Operation(
            "bisogno.register",
            "Registra i bisogni",
            shape(
                {"persona_id": TEXT},
                {
                    "contatto_id": TEXT,
                    "bisogno_id": TEXT,
                    "domanda_espressa": TEXT,
                    "situazione_rilevata": RILEVATA,
                },
            ),
            response(bisogno_id=nullable(TEXT), bisogni_id=TEXTS),
            register,
        ),
        Operation(
            "colloquio.register",
            "Registra il colloquio",
            shape(
                {
                    "persona_id": TEXT,
                    "data": DAY,
                    "luogo": choice(*LUOGHI),
                    "narrazione": TEXT,
                    "esito_colloquio": choice(*ESITI),
                },
                {
                    "contatto_id": TEXT,
                    "bisogno_id": TEXT,
                    "presenti": TEXTS,
                    "isee_disponibile": choice("si", "no", "non_so"),
                    "rete_familiare": ROWS,
                    "servizi_attivi": TEXTS,
                    "percorso_prestazione": TEXT,
                    "servizio_destinatario": TEXT,
                    "ipotesi_intervento": TEXT,
                },
            ),
            response(colloquio_id=TEXT),
            register_interview,
        ),
    ]

"""The operations on the acts of a procedimento and on its legal clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from app.avvisi import notifica
from app.persone.model import Persona
from app.pratiche import protocollo, service
from app.pratiche.atti.model import Osservazioni, Preavviso, Provvedimento, Trasferimento
from app.pratiche.model import Pratica, Sospensione
from app.servizi.models import Domanda
from app.shapes import BOOL, DAY, TEXT, TEXTS, choice, response, shape
from app.values import find, find_maybe, need_day, session_of, to_day, today
from engine import Broken, Call, Operation

NORME: Final = {"art_10_bis": "L. 241/1990, art. 10-bis"}
ALTRO: Final = "L. 241/1990, art. 2, c. 7"
DAY_AFTER: Final = timedelta(days=1)
TITLES: Final = {"diniego": "Diniego della domanda"}


def suspend(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The term stands still from a day on. Already still, it stays so since then."""
    session, pratica = session_of(call), _pratica(call, request)
    if _open_pause(call, pratica) is None:
        motivo = request["motivo"]
        session.add(
            Sospensione(
                ente_id=call.ente_id,
                pratica_id=pratica.id,
                dal=need_day(request["dal"]),
                motivo=motivo,
                norma=NORME.get(motivo, ALTRO),
                da_chi=call.by,
            )
        )
        session.flush()
    return {}


def resume(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The term runs again: `dal` is the first day that counts. Running already, it goes on."""
    pause = _open_pause(call, _pratica(call, request))
    if pause is not None:
        pause.al = max(need_day(request["dal"]), pause.dal) - DAY_AFTER
        session_of(call).flush()
    return {}


def _pratica(call: Call, request: dict[str, Any]) -> Pratica:
    """The pratica at hand; without one, that of the application."""
    pratica = service.current(call)
    if pratica is None:
        pratica = find_maybe(call, Pratica, find(call, Domanda, request["domanda_id"]).pratica_id)
    if pratica is None:
        raise Broken("non c'è una pratica di cui fermare il termine")
    return pratica


def _open_pause(call: Call, pratica: Pratica) -> Sospensione | None:
    s = Sospensione
    query = select(s).where(s.ente_id == call.ente_id, s.pratica_id == pratica.id, s.al.is_(None))
    return session_of(call).scalar(query.with_for_update())


def register_notice(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Keep the notice before a refusal; the letter and the clock are steps of the path."""
    session, pratica = session_of(call), service.current(call)
    made = Preavviso(
        ente_id=call.ente_id,
        persona_id=find(call, Persona, request["persona_id"]).id,
        pratica_id=pratica.id if pratica else None,
        domanda_id=find(call, Domanda, request["domanda_id"]).id,
        motivi=request["motivi_preavviso"],
        spiegazione=request.get("spiegazione"),
        canale_invio=request.get("canale_invio"),
        da_chi=call.by,
    )
    session.add(made)
    session.flush()
    return {"preavviso_id": str(made.id)}


def evaluate(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """What the ente thinks of the observations; the reasons go into the decision."""
    session_of(call).add(
        Osservazioni(
            ente_id=call.ente_id,
            preavviso_id=find(call, Preavviso, request["preavviso_id"]).id,
            accolte=request["osservazioni_accolte"],
            motivazione=request["motivazione"],
            da_chi=call.by,
        )
    )
    session_of(call).flush()
    return {}


def issue(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Issue a decision: protocolled going out, and served with its reasons and remedies (L. 241/1990 art. 3)."""
    session, pratica = session_of(call), service.current(call)
    persona = find(call, Persona, request["persona_id"])
    tipo = request.get("tipo_provvedimento") or "diniego"
    line = protocollo.write(
        call, "in_partenza", TITLES[tipo], persona_id=persona.id, destinatario=persona.name
    )
    parts = [
        f"Gentile {persona.name},",
        request["motivazione"],
        request.get("osservazioni_risposta"),
        f"Norme: {request['norme']}." if request.get("norme") else None,
        f"Puoi ricorrere: {request['ricorso_a']}." if request.get("ricorso_a") else None,
        f"Protocollo {line.protocol_number}.",
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    avviso = notifica.send(call, "provvedimento", TITLES[tipo], text, persona)
    made = Provvedimento(
        ente_id=call.ente_id,
        persona_id=persona.id,
        pratica_id=pratica.id if pratica else None,
        domanda_id=find(call, Domanda, request["domanda_id"]).id,
        protocollo_id=line.id,
        avviso_id=avviso.id,
        tipo=tipo,
        motivazione=request["motivazione"],
        norme=request.get("norme"),
        osservazioni_risposta=request.get("osservazioni_risposta"),
        ricorso_a=request.get("ricorso_a"),
        firmato_il=to_day(request.get("firmato_il")) or today(call),
        da_chi=call.by,
    )
    session.add(made)
    service.decide(pratica, made.firmato_il)
    session.flush()
    return {"provvedimento_id": str(made.id)}


def protocol(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A line of the protocol; gives its number, «2026/0000123»."""
    persona = find_maybe(call, Persona, request.get("persona_id"))
    line = protocollo.write(
        call,
        request["verso"],
        request["oggetto"],
        persona_id=persona.id if persona else None,
        destinatario=request.get("destinatario"),
    )
    return {"protocollo": line.protocol_number}


def transfer(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Whether the comune where the persona went answers for her now. Who is in a home stays with the old one."""
    session, pratica = session_of(call), service.current(call)
    session.add(
        Trasferimento(
            ente_id=call.ente_id,
            persona_id=find(call, Persona, request["persona_id"]).id,
            pratica_id=pratica.id if pratica else None,
            nuovo_comune=request["nuovo_comune"],
            trasferisce=request.get("trasferisce") is not False,
            competenza_dal=to_day(request.get("competenza_dal")),
            motivo=request.get("motivo"),
            da_chi=call.by,
        )
    )
    session.flush()
    return {}


def operations() -> list[Operation]:
    clock = shape({"domanda_id": TEXT, "dal": DAY})
    case = {"persona_id": TEXT, "domanda_id": TEXT}
    return [
        Operation(
            "protocollo.register",
            "Protocolla",
            shape(
                {"oggetto": TEXT, "verso": choice("in_arrivo", "in_partenza")},
                {"persona_id": TEXT, "destinatario": TEXT},
            ),
            response(protocollo=TEXT),
            protocol,
        ),
        Operation(
            "procedimento.suspend",
            "Sospendi il termine",
            shape({"domanda_id": TEXT, "dal": DAY, "motivo": TEXT}),
            response(),
            suspend,
        ),
        Operation("procedimento.resume", "Riavvia il termine", clock, response(), resume),
        Operation(
            "provvedimento.issue",
            "Emetti il provvedimento",
            shape(
                {**case, "motivazione": TEXT},
                {
                    "tipo_provvedimento": choice("diniego"),
                    "norme": TEXT,
                    "osservazioni_risposta": TEXT,
                    "ricorso_a": TEXT,
                    "firmato_il": DAY,
                },
            ),
            response(provvedimento_id=TEXT),
            issue,
        ),
        Operation(
            "preavviso.register",
            "Registra il preavviso",
            shape(
                {**case, "motivi_preavviso": TEXTS},
                {"spiegazione": TEXT, "canale_invio": choice("send", "pec", "raccomandata")},
            ),
            response(preavviso_id=TEXT),
            register_notice,
        ),
        Operation(
            "osservazioni.evaluate",
            "Valuta le osservazioni",
            shape({"preavviso_id": TEXT, "osservazioni_accolte": BOOL, "motivazione": TEXT}),
            response(),
            evaluate,
        ),
        Operation(
            "competenza.transfer",
            "Trasferisci la competenza",
            shape(
                {"persona_id": TEXT, "nuovo_comune": TEXT},
                {"trasferisce": BOOL, "competenza_dal": DAY, "motivo": TEXT},
            ),
            response(),
            transfer,
        ),
    ]

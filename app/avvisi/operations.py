"""The operation that sends letters. Delivery is simulated: what is kept says so."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from app.accounts.models import Account
from app.avvisi import destinatario, lettera, notifica, risposta
from app.avvisi.model import Avviso
from app.enti import recapiti
from app.enti.model import Ente, Unita
from app.persone.model import Persona
from app.pratiche import service
from app.pratiche.model import Pratica
from app.shapes import DAY, TEXT, response, shape
from app.values import find_maybe, session_of, today
from engine import Broken, Call, Operation, Program, release, tables

ABOUT: Final = ("preavviso_id", "ordine_id", "rendiconto_id", "fornitore_id")
ALWAYS: Final = (
    *("persona_nome", "ente_nome", "unita_nome", "unita_recapito", "oggi", "pratica_numero"),
    *("come_rispondere", "responsabile_nome"),
)
OPTIONAL: Final = ("persona_id", "ruolo", "comune", "autorita", "recapito", *ABOUT)


def send(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write a letter of the release and send it; once per idempotency key. Raises Broken on a hole in it."""
    session = session_of(call)
    a = Avviso
    sent = session.scalar(select(a).where(a.ente_id == call.ente_id, a.chiave == call.idempotency_key))
    if sent is None:
        sent = _write(call, request)
        session.add(sent)
        session.flush()
    return {"avviso_id": str(sent.id), "ricevuto_il": (sent.ricevuto_il or today(call)).isoformat()}


def _write(call: Call, request: dict[str, Any]) -> Avviso:
    pratica, program = service.current(call), _program(call)
    persona_id = request.get("persona_id") or (pratica.persona_id if pratica else None)
    about = find_maybe(call, Persona, persona_id)
    to = destinatario.of(call, request, about)
    template = program.letter(request["lettera"])
    if template is None:
        raise Broken(f"la lettera «{request['lettera']}» non è fra quelle del percorso")
    values = {**_always(call, pratica, about), **request}
    try:
        text = lettera.write(template, values, lettera.words_of(program))
    except lettera.PlaceholderMissing as error:
        raise Broken(f"alla lettera «{request['lettera']}» manca {', '.join(error.names)}") from None
    return Avviso(
        ente_id=call.ente_id,
        persona_id=about.id if about else None,
        pratica_id=pratica.id if pratica else None,
        lettera=request["lettera"],
        destinatario_tipo=to.tipo,
        destinatario=to.nome,
        canale=to.canale,
        recapito=to.recapito,
        oggetto=text.oggetto,
        testo=text.testo,
        riferimenti={name: str(request[name]) for name in ABOUT if request.get(name)},
        chiave=call.idempotency_key,
        inviato_at=call.now,
        da_chi=call.by,
        **notifica.outcome(call, to),
    )


def _program(call: Call) -> Program:
    i = tables.instance.c
    content = session_of(call).scalar(
        select(i.hash).where(i.ente_id == call.ente_id, i.id == call.instance_id)
    )
    if content is None:
        raise Broken("avviso.send: l'istanza non esiste")
    return release.program(session_of(call), content)


def _always(call: Call, pratica: Pratica | None, persona: Persona | None) -> dict[str, Any]:
    """What every letter may say without being given it: ALWAYS."""
    session = session_of(call)
    unita = session.get(Unita, (call.ente_id, pratica.unita_id)) if pratica and pratica.unita_id else None
    responsabile = (
        session.get(Account, (call.ente_id, pratica.responsabile_id))
        if pratica and pratica.responsabile_id
        else None
    )
    ente = session.get_one(Ente, call.ente_id)
    return {
        "persona_nome": persona.name if persona else None,
        "ente_nome": ente.nome,
        "unita_nome": unita.nome if unita else ente.nome,
        "unita_recapito": (unita.telefono or unita.email) if unita else None,
        "oggi": today(call),
        "pratica_numero": pratica.protocol_number if pratica else None,
        "come_rispondere": risposta.ways(ente, unita, recapiti.on(session, call.ente_id, today(call))),
        "responsabile_nome": responsabile.name if responsabile else None,
    }


def operations() -> list[Operation]:
    return [
        Operation(
            "avviso.send",
            "Manda un avviso",
            shape({"lettera": TEXT}, dict.fromkeys(OPTIONAL, TEXT)),
            response(avviso_id=TEXT, ricevuto_il=DAY),
            send,
        )
    ]

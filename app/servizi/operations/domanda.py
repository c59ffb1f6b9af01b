"""The operation on applications: registered, protocolled, and told that the procedimento has begun."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from app.avvisi import notifica
from app.contatti.model import Contatto
from app.enti.model import Ente, Unita
from app.persone import registry
from app.persone.model import Persona, Residenza
from app.persone.operations import right_code
from app.pratiche import protocollo, service
from app.pratiche.model import Pratica
from app.progetti.model import Intervento
from app.servizi.models import Domanda
from app.servizi.models.domanda import TIPI_ISEE
from app.shapes import BOOL, LIST, NUMBER, TEXT, choice, nullable, response, shape
from app.values import find, find_maybe, session_of, today
from engine import Call, Operation

OGGETTO: Final = "Domanda di prestazione sociale"
RICHIEDENTI: Final = ("se_stesso", "familiare", "tutore", "ads", "curatore")


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Register an application; age and residence come from the registry.

    Refused: codice_fiscale_errato, codice_fiscale_di_altri.
    """
    session, pratica = session_of(call), service.current(call)
    persona = find(call, Persona, request["persona_id"])
    code = right_code(call, request["codice_fiscale"], persona)
    registry.add_code(session, persona, code, today(call))
    contatto = find_maybe(call, Contatto, request.get("contatto_id"))
    intervento = find_maybe(call, Intervento, request.get("intervento_id"))
    line = protocollo.write(call, "in_arrivo", OGGETTO, persona_id=persona.id)
    domanda = Domanda(
        ente_id=call.ente_id,
        persona_id=persona.id,
        pratica_id=pratica.id if pratica else None,
        contatto_id=contatto.id if contatto else None,
        intervento_id=intervento.id if intervento else None,
        protocollo_id=line.id,
        presentata_il=today(call),
        codice_fiscale=code.value,
        tipo_isee=request["tipo_isee"],
        urgente=request["urgente"],
        prestazioni_chieste=[str(each) for each in request.get("prestazioni_chieste") or []],
        motivo=request.get("motivo_domanda"),
        richiedente=request.get("richiedente"),
        atto_nomina=request.get("atto_nomina"),
        ricoverato=request.get("ricoverato"),
        accesso_casa=request.get("accesso_casa"),
        animali=request.get("animali"),
        da_chi=call.by,
    )
    session.add(domanda)
    session.flush()
    if intervento is not None and pratica is not None and intervento.pratica_id is None:
        intervento.pratica_id = pratica.id
    _tell_beginning(call, persona, pratica, line.protocol_number)
    return {
        "domanda_id": str(domanda.id),
        "eta": persona.age(today(call)),
        "residente": _is_resident(call, persona),
    }


def _is_resident(call: Call, persona: Persona) -> bool:
    """Registered in the comune, or in one of the comuni of the ambito."""
    session, r = session_of(call), Residenza
    here = session.scalars(
        select(Ente.codice_istat).where((Ente.id == call.ente_id) | (Ente.parent_id == call.ente_id))
    ).all()
    on = today(call)
    where = session.scalars(
        select(r.comune).where(
            r.ente_id == call.ente_id,
            r.persona_id == persona.id,
            r.dal <= on,
            r.al.is_(None) | (r.al >= on),
        )
    ).all()
    return any(comune in here for comune in where)


def _tell_beginning(call: Call, persona: Persona, pratica: Pratica | None, numero: str) -> None:
    """Who began, when, who answers and by when (L. 241/1990 art. 7 and 8)."""
    session = session_of(call)
    ente = session.get_one(Ente, call.ente_id)
    unita = session.get(Unita, (call.ente_id, pratica.unita_id)) if pratica and pratica.unita_id else None
    clock = service.clock(session, pratica, call.now) if pratica else None
    term = f"Il procedimento si conclude entro il {clock.scade_il:%d/%m/%Y}.\n" if clock else ""
    office = unita.nome if unita else ente.nome
    notifica.send(
        call,
        "avvio_procedimento",
        "Abbiamo ricevuto la tua domanda",
        f"Gentile {persona.name},\n\n"
        f"la tua domanda è arrivata oggi, protocollo {numero}, e il procedimento è avviato "
        f"(L. 241/1990, articoli 7 e 8).\nSe ne occupa: {office}.\n{term}"
        "Puoi vedere gli atti e mandare memorie e documenti.\n\n"
        f"{ente.nome}\n",
        persona,
    )


def operations() -> list[Operation]:
    return [
        Operation(
            "domanda.register",
            "Registra la domanda",
            shape(
                {
                    "persona_id": TEXT,
                    "codice_fiscale": TEXT,
                    "tipo_isee": choice(*TIPI_ISEE),
                    "urgente": BOOL,
                },
                {
                    "contatto_id": TEXT,
                    "intervento_id": TEXT,
                    "prestazioni_chieste": LIST,
                    "motivo_domanda": TEXT,
                    "richiedente": choice(*RICHIEDENTI),
                    "atto_nomina": TEXT,
                    "ricoverato": BOOL,
                    "accesso_casa": TEXT,
                    "animali": BOOL,
                },
            ),
            response(domanda_id=TEXT, eta=nullable(NUMBER), residente=BOOL),
            register,
            errors=("codice_fiscale_errato", "codice_fiscale_di_altri"),
        )
    ]

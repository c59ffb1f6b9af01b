"""The operations on contacts: registering one, and noting the orientation that was enough."""

from __future__ import annotations

from typing import Any

from app.columns import AREE
from app.contatti.model import CANALI, CHI_CHIEDE, URGENZE, Contatto, Orientamento
from app.persone.registry import read_code
from app.pratiche import service
from app.shapes import BOOL, DAY, TEXT, TEXTS, choice, response, shape
from app.values import find, need_day, session_of, to_day, to_time, today
from engine import Call, Operation, Refused
from engine.form.codice_fiscale import CodiceFiscaleWrong

TOLD = (
    "segnalante_nome", "segnalante_recapito", "segnalante_tipo", "cognome", "nome", "recapito",
    "indirizzo", "lingua",
)  # fmt: skip


def register(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Write down a contact as it was heard, for the pratica at hand.

    Refused: codice_fiscale_errato, data_futura.
    """
    session, pratica = session_of(call), service.current(call)
    data = need_day(request["data"])
    if data > today(call):
        raise Refused("data_futura", "Il giorno del contatto non può essere nel futuro.", "data")
    contatto = Contatto(
        ente_id=call.ente_id,
        unita_id=request.get("unita") or (pratica.unita_id if pratica else None),
        canale=request["canale"],
        data=data,
        ora=to_time(request.get("ora")),
        chi_chiede=request["chi_chiede"],
        anonimo=bool(request.get("anonimo")),
        codice_fiscale=_code(call, request.get("codice_fiscale")),
        data_nascita=to_day(request.get("data_nascita")),
        mediazione_linguistica=bool(request.get("mediazione_linguistica")),
        domanda_espressa=request["domanda_espressa"],
        tipo_richiesta=request["tipo_richiesta"],
        area_utenza=request["area_utenza"],
        urgenza=request["urgenza"],
        minore_a_rischio=request["minore_a_rischio"],
        informativa_data=request["informativa_data"],
        da_chi=call.by,
        **{name: request.get(name) for name in TOLD},
    )
    session.add(contatto)
    session.flush()
    if pratica is not None and pratica.contatto_id is None:
        pratica.contatto_id = contatto.id
    return {"contatto_id": str(contatto.id)}


def _code(call: Call, codice_fiscale: str | None) -> str | None:
    try:
        code = read_code(codice_fiscale, today(call))
    except CodiceFiscaleWrong:
        raise Refused(
            "codice_fiscale_errato",
            "Il codice fiscale non è scritto bene: ricontrollalo sulla tessera sanitaria.",
            "codice_fiscale",
        ) from None
    return code.value if code else None


def orient(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Note the orientation given, and close the contact: an information was enough."""
    session, contatto = session_of(call), find(call, Contatto, request["contatto_id"])
    session.add(
        Orientamento(
            ente_id=call.ente_id,
            contatto_id=contatto.id,
            argomenti=request["argomenti"],
            informazioni_date=request["informazioni_date"],
            rivolgersi_a=request.get("rivolgersi_a"),
            scheda_consegnata=request["scheda_consegnata"],
            da_chi=call.by,
        )
    )
    if contatto.aperto:
        contatto.close("informazione", call.now)
    session.flush()
    return {}


def operations() -> list[Operation]:
    return [
        Operation(
            "contatto.register",
            "Registra il contatto",
            shape(
                {
                    "canale": choice(*CANALI),
                    "data": DAY,
                    "chi_chiede": choice(*CHI_CHIEDE),
                    "domanda_espressa": TEXT,
                    "tipo_richiesta": choice("informazione", "aiuto"),
                    "area_utenza": choice(*AREE),
                    "urgenza": choice(*URGENZE),
                    "minore_a_rischio": BOOL,
                    "informativa_data": BOOL,
                },
                {
                    "ora": TEXT,
                    "anonimo": BOOL,
                    "codice_fiscale": TEXT,
                    "data_nascita": DAY,
                    "mediazione_linguistica": BOOL,
                    "unita": TEXT,
                    **dict.fromkeys(TOLD, TEXT),
                },
            ),
            response(contatto_id=TEXT),
            register,
            errors=("codice_fiscale_errato", "data_futura"),
        ),
        Operation(
            "contatto.orient",
            "Registra l'orientamento",
            shape(
                {
                    "contatto_id": TEXT,
                    "argomenti": TEXTS,
                    "informazioni_date": TEXT,
                    "scheda_consegnata": BOOL,
                },
                {"rivolgersi_a": TEXT},
            ),
            response(),
            orient,
        ),
    ]

"""The operations on pratiche: opening one from a step, and assigning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.models import Account
from app.columns import AREE, LIVELLI
from app.contatti.model import Contatto
from app.persone.model import Persona
from app.pratiche import assegnazione, service
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica, PresaInCarico
from app.rights.roles import ROLES
from app.shapes import DAY, TEXT, choice, response, shape
from app.values import account_of, find, find_maybe, session_of, to_day, today
from engine import Broken, Call, Operation, Refused, ReleaseNotFound, release


def opener(start: service.Start) -> Callable[[Call, dict[str, Any]], dict[str, Any]]:
    """The operation that opens a pratica of another path, given how an instance is started."""

    def open_one(call: Call, request: dict[str, Any]) -> dict[str, Any]:
        """Open a pratica; all that is asked, but the path, is its first data. Once per idempotency key."""
        here = service.current(call)
        contatto = find_maybe(call, Contatto, request.get("contatto_id"))
        data = {name: value for name, value in request.items() if name not in ("percorso", "unita")}
        try:
            pratica = service.open(
                session_of(call),
                call.ente_id,
                request["percorso"],
                find(call, Persona, request["persona_id"]).id,
                request.get("unita") or (here.unita_id if here else None),
                call.by or "sistema:motore",
                start=start,
                now=call.now,
                data=data,
                contatto_id=contatto.id if contatto else None,
                aperta_da_id=here.id if here else None,
                chiave=call.idempotency_key,
                case_manager_id=here.case_manager_id if here else None,
            )
        except ReleaseNotFound:
            raise Broken(f"il percorso «{request['percorso']}» non è pubblicato") from None
        _follow_on(call, pratica)
        return {"pratica_id": str(pratica.id)}

    return open_one


def _follow_on(call: Call, pratica: Pratica) -> None:
    """Whoever opens a pratica by completing a step goes on following it, if a role of theirs works in its path.

    Until a case manager is chosen: from then on she follows it only as one who did some of its steps.
    """
    session, account_id = session_of(call), account_of(call.by)
    subject = subject_of(session, pratica)
    if account_id is None or pratica.chiusa_at is not None or subject.follows(account_id):
        return
    opener = operators.load(session, account_id)
    _, program = release.current(session, call.ente_id, pratica.percorso)
    working = {role for e in program.diagram.elements.values() for role in (e.group, e.lane) if role}
    held = (
        [ROLES.get(grant.ruolo) for grant in opener.roles if grant.covers(pratica.unita_id)] if opener else []
    )
    if any(role is not None and role.candidate_for & working for role in held):
        assegnazione.appoint(
            session, pratica, account_id, "incaricato", call.now, call.by, motivo=assegnazione.OPENED
        )


def assign(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """With `scelta` give the waiting step to another, or a day; else the whole case to a case manager.

    Refused: operatore_sconosciuto.
    """
    pratica = service.current(call)
    account = _account(call, request)
    if request.get("scelta") is not None:
        _reassign(call, request, pratica, account)
    else:
        _entrust(call, request, pratica, account)
    session_of(call).flush()
    return {}


def _reassign(call: Call, request: dict[str, Any], pratica: Pratica | None, account: Account | None) -> None:
    entro_il = to_day(request.get("entro_il"))
    if account is not None:
        assegnazione.give_tasks(call, account.id)
    if entro_il is not None:
        assegnazione.fix_day(call, entro_il)
    if pratica is not None and account is not None:
        assegnazione.appoint(
            session_of(call),
            pratica,
            account.id,
            "incaricato",
            call.now,
            call.by,
            motivo=request.get("motivo"),
            entro_il=entro_il,
        )


def _entrust(call: Call, request: dict[str, Any], pratica: Pratica | None, account: Account | None) -> None:
    if pratica is None:
        return
    session = session_of(call)
    if account is not None:
        assegnazione.appoint(
            session, pratica, account.id, "case_manager", call.now, call.by, motivo=request.get("motivo")
        )
        assegnazione.relieve_opener(session, pratica, call.now)
    if request.get("riservatezza"):
        pratica.riservatezza = request["riservatezza"]
    persona = find_maybe(call, Persona, request.get("persona_id"))
    persona_id = persona.id if persona else pratica.persona_id
    if persona_id is None or _in_care(session, pratica):
        return
    contatto = find_maybe(call, Contatto, pratica.contatto_id)
    session.add(
        PresaInCarico(
            ente_id=call.ente_id,
            persona_id=persona_id,
            pratica_id=pratica.id,
            unita_id=pratica.unita_id,
            case_manager_id=pratica.case_manager_id,
            area_utenza=request.get("area_utenza") or (contatto.area_utenza if contatto else None),
            dal=to_day(request.get("data_presa_in_carico")) or today(call),
            da_chi=call.by,
        )
    )


def _in_care(session: Session, pratica: Pratica) -> bool:
    """Another case manager does not begin the presa in carico again: `assegnazione` tells who had it."""
    p = PresaInCarico
    query = select(p.id).where(p.ente_id == pratica.ente_id, p.pratica_id == pratica.id, p.al.is_(None))
    return session.scalar(query) is not None


def _account(call: Call, request: dict[str, Any]) -> Account | None:
    if not request.get("operatore_id"):
        return None
    account = find_maybe(call, Account, request["operatore_id"])
    if account is None or not account.attivo:
        raise Refused("operatore_sconosciuto", "Scegli un operatore attivo.", "operatore_id")
    return account


def operations(start: service.Start) -> list[Operation]:
    return [
        Operation(
            "pratica.open",
            "Apri una pratica",
            shape(
                {"percorso": TEXT, "persona_id": TEXT},
                {"contatto_id": TEXT, "unita": TEXT, "progetto_id": TEXT, "intervento_id": TEXT},
            ),
            response(pratica_id=TEXT),
            opener(start),
        ),
        Operation(
            "pratica.assign",
            "Assegna",
            shape(
                {},
                {
                    "scelta": choice("altra_persona", "data_certa"),
                    "operatore_id": TEXT,
                    "entro_il": DAY,
                    "motivo": TEXT,
                    "riservatezza": choice(*LIVELLI[:4]),
                    "data_presa_in_carico": DAY,
                    "area_utenza": choice(*AREE),
                    "persona_id": TEXT,
                },
            ),
            response(),
            assign,
            errors=("operatore_sconosciuto",),
        ),
    ]

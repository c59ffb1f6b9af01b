"""Opening a pratica and finding the one at hand: the use cases that pages, API and steps share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.audit.journal import record
from app.enti.model import Ente
from app.persone.model import Persona
from app.pratiche import orologio
from app.pratiche.model import Pratica, PresaInCarico, Sospensione
from app.pratiche.numero import next_number
from app.rights.roles import SIGILLATI
from app.servizi.models.domanda import Domanda
from app.values import account_of, day_of
from engine import Call, release

Start = Callable[[Session, int, str, dict[str, Any], str], int]
"""Start a path: (session, ente_id, slug, variables, label of who acts) → id of its root instance."""

REGISTRO = "pratica"
_OPENING = "pratiche_in_apertura"


def open(  # noqa: A001 - the verb of the domain; callers say service.open
    session: Session,
    ente_id: int,
    percorso: str,
    persona_id: int | None,
    unita: str | None,
    by: str,
    *,
    start: Start,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    contatto_id: int | None = None,
    aperta_da_id: int | None = None,
    chiave: str | None = None,
    case_manager_id: int | None = None,
) -> Pratica:
    """Open a pratica of a path and start its instance with `data`; flushes, the caller commits.

    Who follows the case goes on following it in the pratica that it opens (`case_manager_id`); else who
    follows the persona does.
    Opened again with the same `chiave`, it gives back the first. Raises ReleaseNotFound.
    """
    if chiave is not None:
        known = session.scalar(select(Pratica).where(Pratica.ente_id == ente_id, Pratica.chiave == chiave))
        if known is not None:
            return known
    pratica = _write(session, ente_id, percorso, persona_id, unita, by, now)
    pratica.contatto_id, pratica.aperta_da_id, pratica.chiave = contatto_id, aperta_da_id, chiave
    pratica.case_manager_id = case_manager_id or _follower(session, pratica)
    session.add(pratica)
    session.flush()
    variables = {"unita": unita, **(data or {})}
    if persona_id is not None:
        variables["persona_id"] = str(persona_id)
    opening: list[Pratica] = session.info.setdefault(_OPENING, [])
    opening.append(pratica)
    try:
        pratica.instance_id = start(session, ente_id, percorso, variables, by)
    finally:
        opening.pop()
    session.flush()
    record(
        session,
        "pratica.open",
        "pratica",
        pratica.id,
        by=account_of(by),
        pratica_id=pratica.id,
        persona_id=persona_id,
        dettaglio={"percorso": percorso, "numero": pratica.protocol_number},
    )
    return pratica


def of_root(session: Session, ente_id: int, root_id: int) -> Pratica | None:
    """The pratica of a root instance. While one is being opened, its own first steps find it too."""
    query = select(Pratica).where(Pratica.ente_id == ente_id, Pratica.instance_id == root_id)
    pratica = session.scalar(query)
    opening: list[Pratica] = session.info.get(_OPENING) or []
    if pratica is None and opening and opening[-1].instance_id is None:
        pratica = opening[-1]
        pratica.instance_id = root_id
    return pratica


def current(call: Call) -> Pratica | None:
    """The pratica in which an operation is called; None in a scenario, which has none."""
    assert call.session is not None
    return of_root(call.session, call.ente_id, call.root_id)


def clock(session: Session, pratica: Pratica, on: datetime) -> orologio.Orologio | None:
    """The legal clock at an instant, or when it was decided or closed; None for a path without a term.

    It starts with the application, for who applies (L. 241/1990 art. 2 c. 6); else when the pratica was opened.
    """
    if pratica.termine_giorni is None:
        return None
    d = Domanda
    asked = session.scalar(
        select(func.min(d.presentata_il)).where(d.ente_id == pratica.ente_id, d.pratica_id == pratica.id)
    )
    s = Sospensione
    pauses = session.scalars(
        select(s).where(s.ente_id == pratica.ente_id, s.pratica_id == pratica.id).order_by(s.dal)
    )
    return orologio.read(
        asked or day_of(pratica.aperta_at),
        pratica.termine_giorni,
        [orologio.Pausa(pause.dal, pause.al, pause.motivo) for pause in pauses],
        pratica.deciso_il or day_of(pratica.chiusa_at or on),
    )


def decide(pratica: Pratica | None, on: date) -> None:
    """The ente has decided on the application: the term is met, or missed, for good. The first decision counts."""
    if pratica is not None and pratica.deciso_il is None:
        pratica.deciso_il = on


def _follower(session: Session, pratica: Pratica) -> int | None:
    """Who follows the persona in her latest presa in carico; a sealed one is told to no other pratica."""
    p, care = PresaInCarico, aliased(Pratica)
    return session.scalar(
        select(Account.id)
        .join(care, (care.ente_id == Account.ente_id) & (care.case_manager_id == Account.id))
        .join(p, (p.ente_id == care.ente_id) & (p.pratica_id == care.id))
        .where(p.ente_id == pratica.ente_id, p.persona_id == pratica.persona_id, p.al.is_(None))
        .where(
            Account.attivo,
            care.riservatezza.not_in(sorted(SIGILLATI)) | (care.riservatezza == pratica.riservatezza),
        )
        .order_by(p.id.desc())
        .limit(1)
    )


def _write(
    session: Session,
    ente_id: int,
    percorso: str,
    persona_id: int | None,
    unita: str | None,
    by: str,
    now: datetime,
) -> Pratica:
    _, program = release.current(session, ente_id, percorso)
    persona = session.get_one(Persona, (ente_id, persona_id)) if persona_id is not None else None
    anno = day_of(now).year
    return Pratica(
        ente_id=ente_id,
        anno=anno,
        numero=next_number(session, ente_id, REGISTRO, anno),
        percorso=percorso,
        titolo=program.bundle.title,
        persona_id=persona_id,
        unita_id=unita,
        aperta_at=now,
        termine_giorni=program.bundle.manifest.get("termine_giorni"),
        riservatezza=persona.livello_riservatezza if persona is not None else "ordinaria",
        sintetico=(persona or session.get_one(Ente, ente_id)).sintetico,
        da_chi=by,
    )

"""The paths that a program may start, and starting one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from sqlalchemy import select

from app.accounts.tokens import ApiClient
from app.api import cases
from app.api.access import actor, engine_of
from app.api.answers import faults
from app.api.failures import Fault, RequestInvalid
from app.api.people import find_persona
from app.api.traces import did
from app.database import db
from app.enti.model import Unita
from app.forms import Form
from app.persone.model import Persona
from app.pratiche import service
from app.wiring import EngineMaker
from engine import Program, ReleaseNotFound
from engine.tables import release

ANYTHING: Final[dict[str, Any]] = {"type": "object"}
DATA: Final = "dati"


@dataclass(frozen=True)
class Path:
    """A path that may be started, with the schema of its first variables."""

    slug: str
    nome: str
    descrizione: str | None
    release: int
    termine_giorni: int | None
    schema: dict[str, Any]


def startable(client: ApiClient) -> list[Path]:
    """The published paths that somebody may start: the others are called by these."""
    engine = engine_of(client)
    slugs = db.session.scalars(
        select(release.c.slug)
        .where(release.c.ente_id == client.ente_id, release.c.current)
        .order_by(release.c.slug)
    ).all()
    found = [engine.current(slug) for slug in slugs]
    return [_path(number, program) for number, program in found if _starters(program)]


def start(
    client: ApiClient, percorso: str, persona_id: str | None, unita: str | None, dati: dict[str, Any]
) -> dict[str, Any]:
    """Open a pratica and start its path; returns it as GET /pratiche/{id} would. Raises RequestInvalid."""
    engine = engine_of(client)
    program = _program(client, percorso)
    persona = _persona(client, persona_id)
    unita = _unita(client, unita) or (persona.unita_id if persona else None)
    _check(client, program, dati)
    maker: EngineMaker = current_app.extensions["percorsi_engines"]
    pratica = service.open(
        db.session(),
        client.ente_id,
        percorso,
        persona.id if persona else None,
        unita,
        actor(client).label,
        start=maker.start,
        now=engine.now(),
        data=dati,
    )
    did(client, "pratica.start", "pratica", pratica.id, (pratica.id, pratica.persona_id), percorso=percorso)
    return cases.shown(client, pratica)


def _starters(program: Program) -> list[str]:
    return list(program.bundle.manifest.get("avvio", []))


def _path(number: int, program: Program) -> Path:
    form = _form(program)
    manifest = program.bundle.manifest
    return Path(
        slug=program.slug,
        nome=program.bundle.title,
        descrizione=manifest.get("descrizione"),
        release=number,
        termine_giorni=manifest.get("termine_giorni"),
        schema=form.schema.root if form else ANYTHING,
    )


def _form(program: Program) -> Form | None:
    """The form of the start event, if the diagram gives it one."""
    form_id = next((start.form_id for start in program.diagram.starts() if start.form_id), None)
    schema = program.form(form_id) if form_id else None
    return Form(schema, program.ui(form_id)) if form_id and schema else None


def _program(client: ApiClient, percorso: str) -> Program:
    try:
        _, program = engine_of(client).current(percorso)
    except ReleaseNotFound:
        raise _unknown_path() from None
    if not _starters(program):
        raise _unknown_path()
    return program


def _unknown_path() -> RequestInvalid:
    return RequestInvalid([Fault(("percorso",), "Nessun percorso con questo slug si può avviare qui.")])


def _persona(client: ApiClient, persona_id: str | None) -> Persona | None:
    if persona_id is None:
        return None
    persona = find_persona(client, persona_id)
    if persona is None:
        raise RequestInvalid([Fault(("persona_id",), "Non troviamo questa persona.")])
    return persona


def _unita(client: ApiClient, unita: str | None) -> str | None:
    row = None if unita is None else db.session.get(Unita, (client.ente_id, unita))
    if unita is not None and (row is None or not row.attiva):
        raise RequestInvalid([Fault(("unita",), "Non troviamo questa unità.")])
    return unita


def _check(client: ApiClient, program: Program, dati: dict[str, Any]) -> None:
    form = _form(program)
    found = faults(client, form, dati, DATA) if form else []
    if found:
        raise RequestInvalid(found)

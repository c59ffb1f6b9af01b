"""Searching, and the page of a persona."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app.accounts.gate import current_operator
from app.audit import saw
from app.bisogni.model import Bisogno
from app.database import db
from app.persone.access import subject_of
from app.persone.finding import find_anything
from app.persone.model import Persona
from app.persone.view import header
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.model import Pratica
from app.pratiche.starting import paths
from app.rights import policy
from app.rights.checks import Reason

blueprint = Blueprint("persone", __name__)


@blueprint.get("/cerca")
def search() -> str:
    """People, pratiche and tasks by a name, a code or a number."""
    operator = current_operator()
    q = request.args.get("q", "").strip()[:100]
    found = find_anything(operator, q) if q else []
    return render_template("persone/cerca.html", q=q, trovati=found)


@blueprint.get("/persone/<int:persona_id>")
def show(persona_id: int) -> str:
    """A persona: who she is, what she asked, her pratiche."""
    operator = current_operator()
    persona = db.session.get(Persona, (operator.ente_id, persona_id))
    if persona is None:
        raise NotFound
    subject = subject_of(persona)
    decision = policy.require(operator, "read:contatti", subject)
    extraordinary = decision.reason is Reason.EXTRAORDINARY
    saw(persona.id, sezione="contatti", straordinario=extraordinary)
    readable = bool(policy.may(operator, "read:cartella", subject))
    needs = select(Bisogno).where(Bisogno.persona_id == persona.id).order_by(Bisogno.id.desc()).limit(50)
    cases = select(Pratica).where(Pratica.persona_id == persona.id).order_by(Pratica.id.desc()).limit(50)
    pratiche = [
        (pratica, bool(policy.may(operator, "read:pratiche", pratica_subject(db.session, pratica))))
        for pratica in db.session.scalars(cases)
        if not policy.may(operator, "read:pratiche", pratica_subject(db.session, pratica)).absent
    ]
    return render_template(
        "persone/persona.html",
        persona=persona,
        testata=header(persona, operator),
        bisogni=list(db.session.scalars(needs)) if readable else [],
        pratiche=pratiche,
        percorsi=paths(operator) if policy.may_ever(operator, "pratica:start") else [],
    )

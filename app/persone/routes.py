"""Searching, and the file of a persona."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.accounts.gate import current_operator
from app.audit import saw
from app.persone import cartella, service
from app.persone.finding import find_anything

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
    """The file of a persona, section by section as far as the operator may read."""
    operator = current_operator()
    persona = service.find(operator, persona_id)
    seen = cartella.readable(operator, persona)
    for section, decision in seen.items():
        saw(persona.id, sezione=section, straordinario=cartella.is_extraordinary(decision))
    return render_template("persone/cartella.html", c=cartella.build(operator, persona, seen))

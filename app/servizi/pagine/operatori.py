"""The pages on which a supplier says who works for it, and an office reads it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts.gate import current_operator
from app.attivita.service import engine_of
from app.database import db
from app.enti.model import Unita
from app.forms import Form, Message, Parsed
from app.rights import policy
from app.servizi import operatori
from app.servizi.models import Fornitore, OperatoreFornitore
from app.servizi.operatori import NewWorker
from app.servizi.pagine.parole import PROFILI
from app.values import day_of
from engine.form import FieldError

blueprint = Blueprint("operatori_fornitore", __name__, url_prefix="/ordini/operatori")

Page = str | Response | tuple[str, int]

_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date", "minLength": 10, "maxLength": 10}

errors.register(operatori.WorkerNotFound, errors.NOT_FOUND)


@blueprint.get("/<fornitore_id>")
def index(fornitore_id: str) -> str:
    """Who works for a supplier, and who did."""
    name, today = _supplier(fornitore_id), _today()
    rows = operatori.of_supplier(db.session, fornitore_id)
    return render_template(
        "servizi/operatori.html",
        fornitore=name,
        fornitore_id=fornitore_id,
        ora=[row for row in rows if row.al is None or row.al >= today],
        prima=[row for row in rows if row.al is not None and row.al < today],
        oggi=today,
        profili=PROFILI,
        dice=bool(operatori.may_say(current_operator(), fornitore_id)),
    )


@blueprint.route("/<fornitore_id>/nuovo", methods=["GET", "POST"])
def new(fornitore_id: str) -> Page:
    """Somebody who begins."""
    name, form = _own(fornitore_id), _form_of_new()
    if request.method == "GET":
        return _form_page(name, fornitore_id, "Aggiungi un operatore", form, {"dal": _today().isoformat()})
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        wrong = _add(fornitore_id, form, parsed)
    if parsed.action or wrong:
        return _again(name, fornitore_id, "Aggiungi un operatore", form, parsed, wrong)
    flash(f"Aggiunto: {parsed.data['codice']}.", "ok")
    return redirect(url_for("operatori_fornitore.index", fornitore_id=fornitore_id), 303)


@blueprint.route("/<fornitore_id>/<int:number>/fine", methods=["GET", "POST"])
def end(fornitore_id: str, number: int) -> Page:
    """The last day of somebody."""
    name = _own(fornitore_id)
    row = operatori.find(db.session, fornitore_id, number)
    title, form = f"{row.codice}: ultimo giorno", _form_of_end()
    if request.method == "GET":
        return _form_page(name, fornitore_id, title, form, {"al": (row.al or _today()).isoformat()})
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        wrong = _end(fornitore_id, row, form, parsed)
    if parsed.action or wrong:
        return _again(name, fornitore_id, title, form, parsed, wrong)
    flash(f"{row.codice} lavora fino al {written.full(row.al)}.", "ok")
    return redirect(url_for("operatori_fornitore.index", fornitore_id=fornitore_id), 303)


def _add(fornitore_id: str, form: Form, parsed: Parsed) -> list[Message]:
    data = parsed.data
    told = NewWorker(data["codice"], data["qualifica"], date.fromisoformat(data["dal"]), data.get("nome"))
    try:
        operatori.add(db.session, current_operator(), fornitore_id, told)
    except operatori.AlreadyThere:
        db.session.rollback()
        return _said(
            form, parsed, "codice", "C’è già con questa qualifica in quei giorni. Controlla la matricola."
        )
    db.session.commit()
    return []


def _end(fornitore_id: str, row: OperatoreFornitore, form: Form, parsed: Parsed) -> list[Message]:
    begun = row.dal
    try:
        operatori.end(
            db.session, current_operator(), fornitore_id, row.id, date.fromisoformat(parsed.data["al"])
        )
    except operatori.BeforeBeginning:
        db.session.rollback()
        return _said(
            form, parsed, "al", f"Ha cominciato il {written.full(begun)}: scegli da quel giorno in poi."
        )
    db.session.commit()
    return []


def _said(form: Form, parsed: Parsed, field: str, sentence: str) -> list[Message]:
    return form.messages([FieldError((field,), "operazione", parsed.data[field], sentence)], parsed.data)


def _supplier(fornitore_id: str) -> str:
    """The name of an accredited supplier whose people one may read. Raises NotAllowed, WorkerNotFound."""
    operator = current_operator()
    decision = operatori.may_read(operator, fornitore_id)
    if not decision:
        raise policy.NotAllowed("read:ordini", decision.reason, decision.absent)
    f, u = Fornitore, Unita
    name = db.session.scalar(
        select(u.nome).join(f, (f.ente_id == u.ente_id) & (f.id == u.id)).where(u.id == fornitore_id)
    )
    if name is None:
        raise operatori.WorkerNotFound(fornitore_id)
    return name


def _own(fornitore_id: str) -> str:
    """As `_supplier`, for who speaks for it."""
    name, decision = _supplier(fornitore_id), operatori.may_say(current_operator(), fornitore_id)
    if not decision:
        raise policy.NotAllowed("task:complete", decision.reason, decision.absent)
    return name


def _today() -> date:
    return day_of(engine_of(current_operator()).now())


def _form_page(name: str, fornitore_id: str, titolo: str, form: Form, data: dict[str, Any]) -> str:
    return render_template(
        "servizi/operatore.html",
        fornitore=name,
        fornitore_id=fornitore_id,
        titolo=titolo,
        tree=form.tree(data),
    )


def _again(
    name: str, fornitore_id: str, titolo: str, form: Form, parsed: Parsed, wrong: list[Message]
) -> Page:
    tree = form.tree(parsed.data, wrong, typed=parsed.typed)
    page = render_template(
        "servizi/operatore.html", fornitore=name, fornitore_id=fornitore_id, titolo=titolo, tree=tree
    )
    return (page, 422) if wrong else page


def _form_of_new() -> Form:
    """{codice, qualifica, dal, nome?}."""
    offered = [{"const": kind, "title": words} for kind, words in PROFILI.items()]
    return Form(
        {
            "type": "object",
            "properties": {
                "codice": {"title": "Matricola", "type": "string", "minLength": 1, "maxLength": 40},
                "nome": {"title": "Nome e cognome", "type": "string", "minLength": 1, "maxLength": 120},
                "qualifica": {"title": "Qualifica", "type": "string", "oneOf": offered},
                "dal": {"title": "Lavora con voi dal giorno", **_DAY},
            },
            "required": ["codice", "qualifica", "dal"],
            "additionalProperties": False,
        },
        {
            "campi": {
                "codice": {"aiuto": "Come la scrivete negli interventi del mese."},
                "nome": {"aiuto": "Lo legge anche l’ufficio del comune che controlla gli interventi."},
                "qualifica": {"widget": "scelta"},
            }
        },
    )


def _form_of_end() -> Form:
    """{al}."""
    return Form(
        {
            "type": "object",
            "properties": {"al": {"title": "Ultimo giorno di lavoro", **_DAY}},
            "required": ["al"],
            "additionalProperties": False,
        },
        {
            "campi": {
                "al": {
                    "aiuto": "Compreso. Gli interventi fino a quel giorno restano. Se torna, aggiungilo di nuovo."
                }
            }
        },
    )

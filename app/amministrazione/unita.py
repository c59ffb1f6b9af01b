"""The pages of the units: where people work, and to whom the work goes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import errors
from app.amministrazione import elenco, moduli
from app.amministrazione.parametri import configurator
from app.amministrazione.routes import Page, said
from app.database import db
from app.enti import unita as service
from app.enti.model import Unita
from app.enti.unita import Details, Held, NewUnit
from app.format import plural

blueprint = Blueprint("unita", __name__, url_prefix="/unita")

errors.register(service.UnitNotFound, errors.NOT_FOUND)


@blueprint.get("/")
def index() -> str:
    """The units of the ente: the open ones, then those closed."""
    configurator()
    rows = db.session.scalars(select(Unita).order_by(Unita.nome, Unita.id)).all()
    return render_template(
        "amministrazione/unita.html",
        aperte=[row for row in rows if row.attiva],
        chiuse=[row for row in rows if not row.attiva],
        nomi={row.id: row.nome for row in rows},
        tipi=moduli.TIPI,
    )


@blueprint.route("/nuova", methods=["GET", "POST"])
def new() -> Page:
    """Make a unit."""
    operator = configurator()
    form = moduli.unita(elenco.unita(), nuova=True)
    if request.method == "GET":
        return render_template("amministrazione/unita_nuova.html", tree=form.tree({"parent_id": moduli.ENTE}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        above = parsed.data["parent_id"]
        asked = {**parsed.data, "parent_id": None if above == moduli.ENTE else above}
        try:
            service.open_unit(db.session, operator, NewUnit(**asked))
        except service.UnitTaken:
            wrong = said(form, parsed, "id", "Un’altra unità, anche chiusa, ha già questo codice")
        else:
            db.session.commit()
            flash("Unità creata. Adesso puoi dare ruoli lì.", "ok")
            return redirect(url_for("unita.show", unita_id=asked["id"]), 303)
    page = render_template(
        "amministrazione/unita_nuova.html", tree=form.tree(parsed.data, wrong, typed=parsed.typed)
    )
    return (page, 422) if wrong else page


@blueprint.route("/<unita_id>", methods=["GET", "POST"])
def show(unita_id: str) -> Page:
    """One unit: its name and where it is found; closing it."""
    operator = configurator()
    row = _found(unita_id)
    form = moduli.unita([], nuova=False)
    if request.method == "GET":
        return _page(row, form.tree({name: getattr(row, name) for name in Details.__annotations__}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if parsed.action or wrong:
        page = _page(row, form.tree(parsed.data, wrong, typed=parsed.typed))
        return (page, 422) if wrong else page
    service.change_unit(db.session, operator, unita_id, Details(**parsed.data))
    db.session.commit()
    flash("Unità cambiata.", "ok")
    return redirect(url_for("unita.show", unita_id=unita_id), 303)


@blueprint.post("/<unita_id>/chiudi")
def close(unita_id: str) -> Response:
    """Close a unit, if nothing and nobody is left there."""
    operator = configurator()
    try:
        service.close_unit(db.session, operator, unita_id)
    except service.UnitInUse as kept:
        db.session.rollback()
        flash(f"L’unità resta aperta: {told(kept.held)}.", "avviso")
    else:
        db.session.commit()
        flash("Unità chiusa: non si danno più ruoli lì. Quello che ha fatto resta.", "ok")
    return redirect(url_for("unita.show", unita_id=unita_id), 303)


@blueprint.post("/<unita_id>/riapri")
def reopen(unita_id: str) -> Response:
    operator = configurator()
    service.reopen_unit(db.session, operator, unita_id)
    db.session.commit()
    flash("Unità riaperta.", "ok")
    return redirect(url_for("unita.show", unita_id=unita_id), 303)


def told(held: Held) -> str:
    """What keeps a unit open, and what to do first."""
    parts = [
        (held.ruoli, "ruolo da togliere", "ruoli da togliere"),
        (held.attivita, "attività da finire", "attività da finire"),
        (held.pratiche, "pratica aperta", "pratiche aperte"),
        (held.unita, "unità sotto da chiudere", "unità sotto da chiudere"),
    ]
    words = [plural(count, one, many) for count, one, many in parts if count]
    return "ha " + ", ".join(words + (["un accreditamento in corso"] if held.accreditata else []))


def _found(unita_id: str) -> Unita:
    row = db.session.scalar(select(Unita).where(Unita.id == unita_id))
    if row is None:
        raise service.UnitNotFound(unita_id)
    return row


def _page(row: Unita, tree: object) -> str:
    above = db.session.scalar(select(Unita.nome).where(Unita.id == row.parent_id))
    held = service.held_by(db.session, row.id)
    return render_template(
        "amministrazione/unita_una.html",
        u=row,
        tipo=moduli.TIPI[row.tipo],
        sopra=above,
        tree=tree,
        tiene=None if held.nothing else told(held),
    )

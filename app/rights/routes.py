"""Pages of break-glass: asking to open the case of another, and the responsabile's look at who did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.amministrazione import elenco, programmi
from app.database import db
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import extraordinary
from app.rights.extraordinary import LASTS, ReasonMissing
from app.rights.policy import may_ever, require, require_ever

blueprint = Blueprint("rights", __name__)

Page = str | Response | tuple[str, int]

REVIEWS: dict[str, tuple[Callable[[Any, Operator, int], None], str]] = {
    "approva": (extraordinary.approve, "Accesso approvato per otto ore."),
    "visto": (extraordinary.acknowledge, "Segnato come visto."),
    "chiudi": (extraordinary.close, "Accesso chiuso."),
}


@blueprint.route("/pratiche/<int:pratica_id>/accesso-straordinario", methods=["GET", "POST"])
def ask(pratica_id: int) -> Page:
    operator = current_operator()
    pratica = db.session.scalar(select(Pratica).where(Pratica.id == pratica_id))
    if pratica is None:
        raise NotFound
    subject = subject_of(db.session(), pratica)
    require(operator, "accesso:request", subject)
    context = {"numero": pratica.protocol_number, "ore": LASTS.seconds // 3600}
    if request.method == "GET":
        return render_template("accounts/accesso_straordinario.html", **context, motivo="", errore=False)
    motivo = request.form.get("motivo", "")
    try:
        extraordinary.ask(db.session, operator, subject, motivo)
    except ReasonMissing:
        page = render_template("accounts/accesso_straordinario.html", **context, motivo=motivo, errore=True)
        return page, 422
    db.session.commit()
    if subject.sealed:
        flash("Richiesta inviata. La pratica si apre quando un responsabile approva.", "ok")
    else:
        flash("La pratica è aperta in lettura. Il responsabile è stato avvisato.", "ok")
    return redirect("/", 303)


@blueprint.get("/accessi-straordinari")
def to_review() -> Page:
    operator = current_operator()
    require_ever(operator, "accesso:review")
    waiting = extraordinary.to_review(db.session, operator)
    return render_template(
        "accounts/accessi.html",
        accessi=waiting,
        numeri=_numbers([access.pratica_id for access in waiting if access.pratica_id is not None]),
        arrivi=elenco.arrivals(operator),
        rifatte=elenco.resets(operator),
        programmi=programmi.waiting() if may_ever(operator, programmi.APPROVE) else [],
    )


@blueprint.post("/accessi-straordinari/<int:access_id>")
def review(access_id: int) -> Page:
    operator = current_operator()
    require_ever(operator, "accesso:review")
    if request.form.get("azione") not in REVIEWS:
        abort(400)
    act, said = REVIEWS[request.form["azione"]]
    act(db.session, operator, access_id)
    db.session.commit()
    flash(said, "ok")
    return redirect(url_for("rights.to_review"), 303)


def _numbers(ids: list[int]) -> dict[int, str]:
    found = db.session.scalars(select(Pratica).where(Pratica.id.in_(ids)))
    return {pratica.id: pratica.protocol_number for pratica in found}

"""The pages of a pratica: its number and term, how far it has come, what happened, what hangs on it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.gate import current_operator
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.audit import saw
from app.database import db
from app.incidents import service
from app.pratiche import assegnazione, elenco, page, starting
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.checks import Reason
from app.rights.subject import Subject
from app.values import to_id

blueprint = Blueprint("pratiche", __name__, url_prefix="/pratiche")


@blueprint.get("/")
def index() -> str:
    """The pratiche that the operator may read, open ones first."""
    operator = current_operator()
    policy.require_ever(operator, "read:pratiche")
    wanted = elenco.Filter(
        q=request.args.get("q_lista", "")[:100],
        percorso=request.args.get("percorso", "")[:100],
        chiuse=request.args.get("chiuse", "") == "si",
        pagina=min(max(request.args.get("pagina", 1, type=int), 1), 10_000),
    )
    rows, more = elenco.list_rows(operator, wanted)
    return render_template(
        "pratiche/elenco.html", righe=rows, altre=more, filtro=wanted, percorsi=elenco.paths()
    )


@blueprint.get("/<int:pratica_id>")
def show(pratica_id: int) -> str | tuple[str, int]:
    operator = current_operator()
    try:
        pratica, subject, decision = _readable(operator, pratica_id)
    except policy.NotAllowed as refusal:
        return _only_that_it_exists(operator, pratica_id, refusal), 403
    saw(pratica.persona_id, pratica.id, sezione="pratica", straordinario=_extraordinary(decision))
    return render_template("pratiche/pratica.html", p=page.build(operator, pratica, subject))


@blueprint.get("/<int:pratica_id>/diagramma/<int:instance_id>.bpmn")
def drawing(pratica_id: int, instance_id: int) -> Response:
    """The diagram of one of the pratica's paths, for the viewer: it names no person."""
    operator = current_operator()
    pratica, _, _ = _readable(operator, pratica_id)
    engine = engine_of(operator)
    for instance in engine.instances_of(pratica.instance_id or 0):
        if instance.id == instance_id:
            content = engine.program(instance.hash).bundle.diagram
            return Response(content, mimetype="application/xml")
    raise NotFound


def _only_that_it_exists(operator: Operator, pratica_id: int, refusal: policy.NotAllowed) -> str:
    """Who works on cases may know of one and who follows it (dominio: «exists» and referent), and how to ask."""
    pratica = db.session.get_one(Pratica, (operator.ente_id, pratica_id))
    subject = subject_of(db.session, pratica)
    if refusal.absent or not policy.may(operator, "read:esiste", subject):
        raise refusal
    followed_by = assegnazione.follower(db.session(), pratica) or pratica.responsabile_id
    referent = db.session.get(Account, (operator.ente_id, followed_by or 0))
    may_ask = bool(policy.may(operator, "accesso:request", subject))
    return render_template("pratiche/limitata.html", pratica=pratica, referente=referent, chiedere=may_ask)


def _readable(operator: Operator, pratica_id: int) -> tuple[Pratica, Subject, policy.Decision]:
    pratica = db.session.scalar(select(Pratica).where(Pratica.id == pratica_id))
    if pratica is None:
        raise NotFound
    subject = subject_of(db.session, pratica)
    return pratica, subject, policy.require(operator, "read:pratiche", subject)


def _extraordinary(decision: policy.Decision) -> bool:
    return decision.reason is Reason.EXTRAORDINARY


@blueprint.post("/<int:pratica_id>/incidenti/<int:incident_id>")
def retry(pratica_id: int, incident_id: int) -> AnyResponse:
    """Try again what had stopped."""
    operator = current_operator()
    _readable(operator, pratica_id)
    flash(*service.TOLD[service.retry(operator, incident_id)])
    return redirect(url_for("pratiche.show", pratica_id=pratica_id), 303)


@blueprint.post("/contatto")
def start_contact() -> AnyResponse:
    """Somebody asks for help: go straight to the first step of a first contact."""
    operator = current_operator()
    policy.require_ever(operator, "pratica:start")
    pratica = starting.contact(operator)
    tasks = engine_of(operator).open_tasks(pratica.instance_id or 0)
    if not tasks:
        return redirect(url_for("pratiche.show", pratica_id=pratica.id), 303)
    return redirect(url_for("attivita.show", task_id=tasks[0].id), 303)


@blueprint.post("/avvia")
def start() -> AnyResponse:
    """Start a path for a persona already known."""
    operator = current_operator()
    policy.require_ever(operator, "pratica:start")
    percorso, persona = request.form.get("percorso", ""), to_id(request.form.get("persona_id"))
    if percorso not in dict(starting.paths(operator)) or persona is None:
        flash("Scegli un percorso dall’elenco.", "avviso")
        return redirect(url_for("pratiche.index"), 303)
    pratica = starting.start(operator, percorso, persona)
    return redirect(url_for("pratiche.show", pratica_id=pratica.id), 303)

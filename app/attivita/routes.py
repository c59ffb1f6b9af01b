"""The page of a task: what to do and why, whose it is, the form, and what was answered before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import errors
from app.accounts.gate import current_operator
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita import drafts, service, vincoli
from app.attivita.inizio import first_answers
from app.attivita.page import Page, build, crumbs, given_answers, pratica_url
from app.attivita.service import Case
from app.audit import saw
from app.database import db
from app.forms import Message, Parsed, Tree
from app.inbox import rows
from app.inbox.rows import Filter
from app.rights import policy
from app.values import day_of, to_id
from engine import AnswerRefused, FormInvalid, TaskNotOpen
from engine.form import FieldError

blueprint = Blueprint("attivita", __name__, url_prefix="/attivita")

AWAY = {
    "rimanda": "attivita.choose_back",
    "delega": "attivita.choose_colleague",
    "sospendi": "inbox.scrivania",
}


@blueprint.get("/<int:task_id>")
def show(task_id: int) -> str | tuple[str, int]:
    operator = current_operator()
    case = service.find(operator, task_id)
    saw(case.pratica.persona_id, case.pratica.id, sezione="attivita")
    if case.task.status != "open":
        return _closed(case), 200
    page = build(operator, case)
    return _render(page, _tree_of_draft(operator, page))


@blueprint.post("/<int:task_id>")
def submit(task_id: int) -> str | Response | tuple[str, int]:
    operator = current_operator()
    case = service.find(operator, task_id)
    saw(case.pratica.persona_id, case.pratica.id, sezione="attivita")
    if case.task.status != "open":
        return _conflict(operator, case)
    service.find(operator, task_id, "task:complete")
    page = build(operator, case)
    action = request.form.get("azione", "completa")
    if action in AWAY:
        service.keep_draft(operator, task_id, request.form)
        if action == "sospendi":
            flash(f"«{case.task.name}» resta tra le tue, con la bozza salvata.", "ok")
            return redirect(url_for("inbox.scrivania"), 303)
        return redirect(url_for(AWAY[action], task_id=task_id), 303)
    if page.form is None:
        return _complete(operator, page, {}, None, action)
    parsed = page.form.parse(request.form, request.files, page.sources)
    if parsed.action:
        return _render(page, page.form.tree(parsed.data, typed=parsed.typed, sources=page.sources))
    today = day_of(service.engine_of(operator).now())
    refused = (*parsed.refused, *vincoli.refusals(page.form.schema.root, parsed.data, lambda: today))
    messages = page.form.check(parsed.data, refused, page.sources)
    if messages:
        return _wrong(page, parsed, messages)
    return _complete(operator, page, parsed.data, parsed, action)


def _complete(
    operator: Operator, page: Page, answers: dict[str, Any], parsed: Parsed | None, action: str
) -> str | Response | tuple[str, int]:
    task = page.case.task
    try:
        service.complete(operator, task.id, answers)
    except TaskNotOpen:
        return _conflict(operator, service.find(operator, task.id))
    except FormInvalid as error:
        return _refused(page, answers, parsed, list(error.errors))
    except AnswerRefused as error:
        path = tuple(error.field.split(".")) if error.field else ()
        return _refused(page, answers, parsed, [FieldError(path, "operazione", None, error.message)])
    return _completed(operator, page, action)


def _completed(operator: Operator, page: Page, action: str) -> Response:
    flash(f"Completata: {page.case.task.name}.", "ok")
    if action == "completa_e_chiudi":
        return redirect(page.pratica_url or url_for("inbox.scrivania"), 303)
    return redirect(_next(operator, page.case), 303)


def _next(operator: Operator, case: Case) -> str:
    """The next step of the same pratica if it is mine, else the nearest of my tasks, else the scrivania."""
    engine = service.engine_of(operator)
    mine = [t for t in engine.open_tasks(case.task.root_id) if t.assignee_id == operator.account_id]
    if mine:
        return url_for("attivita.show", task_id=mine[0].id)
    now = engine.now()
    nearest = rows.list_rows(db.session, operator, Filter("mie"), now)
    if nearest:
        return url_for("attivita.show", task_id=nearest[0].id)
    return url_for("inbox.scrivania")


def _wrong(page: Page, parsed: Parsed, messages: list[Message]) -> tuple[str, int]:
    assert page.form is not None
    service.keep_draft(current_operator(), page.case.task.id, request.form)
    tree = page.form.tree(parsed.data, messages, typed=parsed.typed, sources=page.sources)
    return _render(page, tree), 422


def _refused(
    page: Page, answers: dict[str, Any], parsed: Parsed | None, errors: list[FieldError]
) -> tuple[str, int]:
    if page.form is None or parsed is None:
        return _render(page, None, str(errors[0].expected or "Non è andata a buon fine.")), 422
    service.keep_draft(current_operator(), page.case.task.id, request.form)
    general = [e for e in errors if not e.path]
    messages = page.form.messages([e for e in errors if e.path], answers)
    tree = page.form.tree(parsed.data, messages, typed=parsed.typed, sources=page.sources)
    return _render(page, tree, str(general[0].expected) if general else None), 422


def _tree_of_draft(operator: Operator, page: Page) -> Tree | None:
    if page.form is None:
        return None
    draft = drafts.find(operator, page.case.task.id)
    if draft is None:
        return page.form.tree(first_answers(operator, page), sources=page.sources)
    values = drafts.fields(draft)
    values["_azione"] = "aggiorna"  # shown again as it was typed, checked only when sent
    parsed = page.form.parse(values, None, page.sources)
    return page.form.tree(parsed.data, typed=parsed.typed, sources=page.sources)


def _render(page: Page, tree: Tree | None, refused: str | None = None) -> str:
    operator = current_operator()
    draft = drafts.find(operator, page.case.task.id)
    return render_template(
        "attivita/attivita.html",
        page=page,
        task=page.case.task,
        pratica=page.case.pratica,
        tree=tree,
        rifiuto=refused,
        perche_no=_reason(page),
        briciole=crumbs(operator, page.case),
        bozza=draft.saved_at if draft else None,
    )


def _reason(page: Page) -> str:
    if page.may_complete.allowed:
        return ""
    _, advice = errors.REFUSALS.get(page.may_complete.reason, ("", "Se ti serve, chiedi al responsabile."))
    return advice


def _closed(case: Case) -> str:
    return _closed_page(case, None)


def _conflict(operator: Operator, case: Case) -> str | Response | tuple[str, int]:
    """Somebody did it first: say who and when, and keep what was typed in sight, in the form's own words.

    A button pressed twice sends the same answers twice: to who did it just so, it is done.
    """
    page = build(operator, case)
    parsed = page.form.parse(request.form, None, page.sources) if page.form else None
    action = request.form.get("azione", "completa")
    sent = action not in AWAY and not (parsed and parsed.action)
    if sent and _did_just_so(operator, case, parsed.data if parsed else {}):
        return _completed(operator, page, action)
    tree = (
        page.form.tree(parsed.data, typed=parsed.typed, sources=page.sources, readonly=True)
        if page.form and parsed
        else None
    )
    return _closed_page(case, tree), 409


def _did_just_so(operator: Operator, case: Case, answers: dict[str, Any]) -> bool:
    """Whether it was this operator who closed the task, with these very answers."""
    task = case.task
    return task.closed_by == operator.account_id and any(
        (row.instance_id, row.element_id, row.event, row.at)
        == (task.instance_id, task.element_id, "done", task.closed_at)
        and (row.answers or {}) == answers
        for row in service.engine_of(operator).history(task.root_id)
    )


def _closed_page(case: Case, typed: Tree | None) -> str:
    operator = current_operator()
    closer = db.session.get(Account, (case.pratica.ente_id, case.task.closed_by or 0))
    return render_template(
        "attivita/chiusa.html",
        case=case,
        briciole=crumbs(operator, case),
        tue=typed,
        date=given_answers(current_operator(), case),
        pratica_url=pratica_url(operator, case),
        chi=closer.name if closer else None,
    )


@blueprint.post("/<int:task_id>/bozza")
def draft(task_id: int) -> Response | tuple[Response, int]:
    """Keep what is being typed; asked by the page's script every few seconds."""
    try:
        saved = service.keep_draft(current_operator(), task_id, request.form)
    except TaskNotOpen:
        return jsonify(errore="L’attività è cambiata."), 409
    return jsonify(salvata_alle=saved)


@blueprint.post("/<int:task_id>/prendi")
def take(task_id: int) -> Response:
    service.claim(current_operator(), task_id)
    return redirect(url_for("attivita.show", task_id=task_id), 303)


@blueprint.post("/<int:task_id>/lascia")
def leave(task_id: int) -> Response:
    service.release(current_operator(), task_id)
    flash("L’attività è di nuovo di tutta l’unità.", "ok")
    return redirect(url_for("inbox.scrivania"), 303)


@blueprint.get("/<int:task_id>/rimanda")
def choose_back(task_id: int) -> str:
    return _back_page(task_id, None)


@blueprint.post("/<int:task_id>/rimanda")
def back(task_id: int) -> Response | tuple[str, int]:
    operator = current_operator()
    reason = request.form.get("motivo", "").strip()
    to_element = request.form.get("a", "")
    if not reason or not to_element:
        return _back_page(
            task_id, "Scegli il passo e scrivi il motivo: lo legge chi riprende il lavoro."
        ), 422
    service.send_back(operator, task_id, to_element, reason[:2_000])
    flash("Rimandata indietro. Chi la riprende legge il tuo motivo.", "ok")
    return redirect(url_for("inbox.scrivania"), 303)


def _back_page(task_id: int, wrong: str | None) -> str:
    operator = current_operator()
    case = service.find(operator, task_id, "task:complete")
    return render_template(
        "attivita/rimanda.html",
        case=case,
        briciole=crumbs(operator, case),
        passi=service.engine_of(operator).send_back_targets(task_id),
        errore=wrong,
        scelto=request.form.get("a", ""),
        motivo=request.form.get("motivo", ""),
    )


@blueprint.get("/<int:task_id>/delega")
def choose_colleague(task_id: int) -> str:
    operator = current_operator()
    case = service.find(operator, task_id)
    others = [(i, name) for i, name in service.takers(operator, case) if i != operator.account_id]
    return render_template(
        "attivita/delega.html", case=case, briciole=crumbs(operator, case), colleghi=others
    )


@blueprint.post("/<int:task_id>/delega")
def delegate(task_id: int) -> Response:
    operator = current_operator()
    to = to_id(request.form.get("a"))
    if to is None:
        flash("Scegli a chi dare l’attività.", "avviso")
        return redirect(url_for("attivita.choose_colleague", task_id=task_id), 303)
    try:
        service.give(operator, task_id, to)
    except policy.NotAllowed:
        flash("Questa persona non può farla: scegli qualcun altro.", "avviso")
        return redirect(url_for("attivita.choose_colleague", task_id=task_id), 303)
    flash("Data alla collega o al collega che hai scelto.", "ok")
    return redirect(url_for("inbox.scrivania"), 303)

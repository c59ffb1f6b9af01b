"""The pages of what has stopped. Who opens them: responsabile or administrator, when the bar's count says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.audit import saw
from app.forms import Form, Message
from app.incidents import board, messaggi, service
from app.rights import policy
from app.values import to_id
from engine import CorrectionRefused, EngineError, FormInvalid

blueprint = Blueprint("incidents", __name__, url_prefix="/passi-fermi")

MOST = 200  # chosen at once
LONGEST = 500  # characters of a reason

Page = str | Response | tuple[str, int]


@blueprint.get("/")
def index() -> str:
    operator = current_operator()
    policy.require_ever(operator, board.ACTION)
    groups = board.groups(operator)
    for fermo in (fermo for group in groups for fermo in group.fermi):
        _saw(fermo)
    return render_template(
        "incidents/fermi.html",
        gruppi=groups,
        colleghi=board.helpers(operator),
        mai_attesi=messaggi.waiting(operator),
    )


@blueprint.post("/messaggi")
def see_messages() -> Response:
    """Messages that nobody awaited were looked into."""
    name, source, last = (request.form.get(each, "") for each in ("nome", "da", "ultimo"))
    if messaggi.see(current_operator(), name, source, to_id(last) or 0):
        flash("Segnati come visti.", "ok")
    else:
        flash("Erano già segnati come visti.", "avviso")
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/scelti")
def chosen() -> Response:
    """Set going, pass or give the chosen ones; each by its own rights, and what failed is said."""
    operator = current_operator()
    policy.require_ever(operator, board.ACTION)
    ids = [each for value in request.form.getlist("scelte") if (each := to_id(value))][:MOST]
    act = _act(operator)
    if not ids or act is None:
        flash("Scegli almeno una riga; per segnarle come fatte scrivi il motivo.", "avviso")
        return redirect(url_for("incidents.index"), 303)
    done = sum(_did(act, incident_id) for incident_id in ids)
    if done:
        flash(f"Fatto per {done}.", "ok")
    if done < len(ids):
        flash(f"Per {len(ids) - done} non si è potuto, o si sono fermati di nuovo.", "avviso")
    return redirect(url_for("incidents.index"), 303)


def _act(operator: Operator) -> Callable[[int], bool | None] | None:
    action, reason, to = request.form.get("azione"), _reason(), to_id(request.form.get("a"))
    if action == "riprova":
        return lambda incident_id: service.retry(operator, incident_id)
    if action == "fatto" and reason:
        return lambda incident_id: service.skip(operator, incident_id, reason)
    if action == "affida" and to is not None:
        return lambda incident_id: service.give(operator, incident_id, to)
    return None


def _did(act: Callable[[int], bool | None], incident_id: int) -> bool:
    try:
        return act(incident_id) is not False
    except (EngineError, policy.NotAllowed):
        return False


@blueprint.get("/<int:incident_id>")
def show(incident_id: int) -> str:
    return _page(incident_id)


@blueprint.post("/<int:incident_id>/riprova")
def retry(incident_id: int) -> Response:
    flash(*service.TOLD[service.retry(current_operator(), incident_id)])
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/<int:incident_id>/fatto")
def skip(incident_id: int) -> Page:
    if not _reason():
        return _page(incident_id, manca="fatto"), 422
    service.skip(current_operator(), incident_id, _reason())
    flash("Segnato come fatto: la pratica va avanti. Il motivo resta nella sua storia.", "ok")
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/<int:incident_id>/affida")
def give(incident_id: int) -> Response:
    to = to_id(request.form.get("a"))
    if to is None:
        flash("Scegli a chi affidarlo.", "avviso")
        return redirect(url_for("incidents.show", incident_id=incident_id), 303)
    service.give(current_operator(), incident_id, to)
    flash("Affidato.", "ok")
    return redirect(url_for("incidents.index"), 303)


@blueprint.route("/<int:incident_id>/correggi", methods=["GET", "POST"])
def correct(incident_id: int) -> Page:
    """The data that the step reads, to be put right."""
    operator = current_operator()
    remedy = service.remedy(operator, incident_id)
    if remedy.corrects is None:
        raise NotFound
    return _ask(incident_id, "correggi", remedy.corrects, remedy.values, service.correct)


@blueprint.route("/<int:incident_id>/risultato", methods=["GET", "POST"])
def answer(incident_id: int) -> Page:
    """What the outside body would have answered."""
    operator = current_operator()
    remedy = service.remedy(operator, incident_id)
    if remedy.response is None:
        raise NotFound
    return _ask(incident_id, "risultato", remedy.response, {}, service.answer)


def _ask(
    incident_id: int,
    what: str,
    schema: dict[str, Any],
    values: dict[str, Any],
    act: Callable[[Operator, int, dict[str, Any], str], None],
) -> Page:
    form = Form({name: part for name, part in schema.items() if name != "$schema"})
    if request.method == "GET":
        return _form_page(incident_id, what, form.tree(_present(values)))
    parsed = form.parse(request.form)
    if parsed.action:
        return _form_page(incident_id, what, form.tree(parsed.data, typed=parsed.typed))
    messages: list[Message] = form.check(parsed.data, parsed.refused)
    refused = None
    if not messages and _reason():
        try:
            act(current_operator(), incident_id, parsed.data, _reason())
        except FormInvalid as error:
            messages = form.messages(list(error.errors), parsed.data)
        except CorrectionRefused as error:
            refused = error.message
        else:
            flash("Registrato: il passo è ripartito. Il motivo resta nella storia della pratica.", "ok")
            return redirect(url_for("incidents.index"), 303)
    tree = form.tree(parsed.data, messages, typed=parsed.typed)
    return _form_page(incident_id, what, tree, manca=not _reason(), rifiuto=refused), 422


def _form_page(incident_id: int, what: str, tree: Any, **shown: Any) -> str:
    fermo, _ = _find(incident_id)
    return render_template(
        "incidents/dati.html", fermo=fermo, che_cosa=what, tree=tree, motivo=_reason(), **shown
    )


def _page(incident_id: int, **shown: Any) -> str:
    operator = current_operator()
    fermo, group = _find(incident_id)
    remedy = service.remedy(operator, incident_id) if fermo.corregge else None
    return render_template(
        "incidents/fermo.html",
        fermo=fermo,
        gruppo=group,
        rimedio=remedy,
        colleghi=board.helpers(operator),
        motivo=_reason(),
        **shown,
    )


def _find(incident_id: int) -> tuple[board.Stopped, board.Group]:
    operator = current_operator()
    policy.require_ever(operator, board.ACTION)
    found = board.find(operator, incident_id)
    if found is None:
        raise NotFound
    _saw(found[0])
    return found


def _saw(fermo: board.Stopped) -> None:
    if fermo.pratica_id is not None:
        saw(fermo.persona_id, fermo.pratica_id, sezione="passi_fermi")


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _reason() -> str:
    return request.form.get("_motivo", "").strip()[:LONGEST]

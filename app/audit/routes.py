"""The pages of who saw what. Who opens them: the responsabile of the unit, from the cartella; the DPO, from the bar."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.audit import registro, saw
from app.audit.registro import Condition, Filter
from app.database import db
from app.persone.access import subject_of as persona_subject
from app.persone.model import Persona
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.checks import Reason
from app.values import to_id

blueprint = Blueprint("consultazioni", __name__)

Page = str | Response | tuple[str, int]


@blueprint.route("/consultazioni", methods=["GET", "POST"])
def index() -> Page:
    """The DPO's way in: by the code or the number that a person asks about, never by browsing people.

    And the break-glass accesses, whose reasons somebody apart from the units must be able to weigh.
    """
    operator = current_operator()
    if not registro.reads_everything(operator):
        raise policy.NotAllowed(registro.ACTION, Reason.ROLE)
    asked = request.form.get("cerca", "").strip()[:40]
    if request.method == "GET":
        accesses = registro.extraordinary_accesses()
        for each in accesses:
            saw(each.accesso.persona_id, each.accesso.pratica_id, scopo="controllo", sezione="consultazioni")
        return render_template("audit/cerca.html", cerca="", errore=None, accessi=accesses)
    found = registro.find(asked)
    if isinstance(found, Pratica):
        return redirect(url_for("consultazioni.of_pratica", pratica_id=found.id), 303)
    if found is not None:
        return redirect(url_for("consultazioni.of_persona", persona_id=found.id), 303)
    wrong = "Nessuna persona e nessuna pratica: ricontrolla quello che hai scritto"
    wrong = wrong if asked else "Scrivi un codice fiscale o il numero di una pratica"
    return render_template("audit/cerca.html", cerca=asked, errore=wrong, accessi=None), 422


@blueprint.get("/persone/<int:persona_id>/consultazioni")
def of_persona(persona_id: int) -> str:
    """Who read or changed anything of a persona."""
    operator = current_operator()
    persona = db.session.get(Persona, (operator.ente_id, persona_id))
    if persona is None:
        raise NotFound
    subject = persona_subject(persona)
    policy.require(operator, registro.ACTION, subject)
    saw(persona.id, scopo=registro.purpose(operator), sezione="consultazioni")
    reads = bool(policy.may(operator, "read:contatti", subject))
    name = persona.name if reads else f"Persona {persona.id}"
    above = ("Persone", url_for("persone.search")), (name, url_for("persone.show", persona_id=persona.id))
    return _page(
        operator, registro.of_persona(persona), "Chi ha visto la cartella", name, above if reads else ()
    )


@blueprint.get("/pratiche/<int:pratica_id>/consultazioni")
def of_pratica(pratica_id: int) -> str:
    """Who read or changed anything of a pratica."""
    operator = current_operator()
    pratica = db.session.get(Pratica, (operator.ente_id, pratica_id))
    if pratica is None:
        raise NotFound
    subject = pratica_subject(db.session, pratica)
    policy.require(operator, registro.ACTION, subject)
    saw(pratica.persona_id, pratica.id, scopo=registro.purpose(operator), sezione="consultazioni")
    reads = bool(policy.may(operator, "read:pratiche", subject))
    name = f"Pratica {pratica.protocol_number}"
    above = ("Pratiche", url_for("pratiche.index")), (name, url_for("pratiche.show", pratica_id=pratica.id))
    return _page(
        operator, registro.of_pratica(pratica), "Chi ha visto la pratica", name, above if reads else ()
    )


def _page(
    operator: Operator, about: Condition, title: str, name: str, above: tuple[tuple[str, str], ...]
) -> str:
    wanted = _wanted()
    rows, more = registro.lines(operator, about, wanted)
    return render_template(
        "audit/consultazioni.html",
        titolo=title,
        nome=name,
        briciole=[
            *(above or (("Consultazioni", url_for("consultazioni.index")), (name, None))),
            (title, None),
        ],
        righe=rows,
        altre=more,
        filtro=wanted,
        persone=registro.people(operator, about),
        indirizzo=_address,
    )


def _wanted() -> Filter:
    mostra, chi = request.args.get("mostra", ""), request.args.get("chi", "")
    return Filter(
        mostra=mostra if mostra in registro.MOSTRA else "",
        chi=to_id(chi),
        pagina=min(max(request.args.get("pagina", 1, type=int), 1), 10_000),
    )


def _address(pagina: int) -> str:
    wanted = _wanted()
    return url_for(
        request.endpoint or "",
        **(request.view_args or {}),
        mostra=wanted.mostra or None,
        chi=wanted.chi,
        pagina=pagina,
    )

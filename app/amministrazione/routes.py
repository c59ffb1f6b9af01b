"""The pages of accounts and roles. Who opens them: the administrator of the ente, who sees no case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts import service
from app.accounts.gate import current_operator, limits
from app.accounts.operator import Operator
from app.accounts.service import NewAccount
from app.amministrazione import elenco, moduli, ruoli
from app.amministrazione.elenco import Filter
from app.attivita.service import engine_of
from app.database import db
from app.errors import Meaning
from app.forms import Form, Message, Parsed
from app.rights import policy
from app.rights.subject import Subject
from app.values import day_of
from engine.form import FieldError

blueprint = Blueprint("operatori", __name__, url_prefix="/operatori")

Page = str | Response | tuple[str, int]
Act = Callable[[Any, Operator, int], None]

ACTION: Final = "account:manage"
APART: Final = (
    "Chi amministra gli accessi non ha ruoli sulle persone né di controllo: li deve avere un’altra persona"
)

errors.register(service.AccountNotFound, errors.NOT_FOUND)
errors.register(
    service.OwnAccount,
    Meaning(
        403,
        "Su di te non puoi",
        "Nessuno dà o toglie ruoli a sé, né si sospende. Non è cambiato niente.",
        "Lo fa un’altra persona che amministra l’ente.",
    ),
)


def administrator() -> Operator:
    """Who is asking, who must manage accounts. Raises NotAllowed."""
    operator = current_operator()
    policy.require(operator, ACTION, Subject(operator.ente_id))
    return operator


@blueprint.get("/")
def index() -> str:
    """The people at work in the ente."""
    administrator()
    stato = request.args.get("stato", "attivi")
    wanted = Filter(
        q=request.args.get("q_lista", "").strip()[:100],
        stato=stato if stato in elenco.STATI else "attivi",
        pagina=min(max(request.args.get("pagina", 1, type=int), 1), 10_000),
    )
    found, more = elenco.rows(wanted)
    return render_template("amministrazione/elenco.html", righe=found, altre=more, filtro=wanted)


@blueprint.get("/ruoli")
def roles() -> str:
    """What each role may do, in words."""
    administrator()
    return render_template("amministrazione/ruoli.html", ruoli=ruoli.in_words())


@blueprint.route("/nuovo", methods=["GET", "POST"])
def new() -> Page:
    """Open an account; the provisional password is shown this once."""
    operator = administrator()
    form = moduli.account()
    if request.method == "GET":
        return render_template("amministrazione/nuovo.html", tree=form.tree({}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        try:
            account_id, password = service.open_account(db.session, operator, NewAccount(**parsed.data))
        except service.UsernameTaken:
            wrong = said(form, parsed, "nome_utente", "Qualcuno ha già questo nome utente: scegline un altro")
        else:
            db.session.commit()
            return _password(account_id, password, "Accesso aperto")
    page = render_template(
        "amministrazione/nuovo.html", tree=form.tree(parsed.data, wrong, typed=parsed.typed)
    )
    return (page, 422) if wrong else page


@blueprint.get("/<int:account_id>")
def show(account_id: int) -> str:
    """One account: its roles, and what may be done with it."""
    operator = administrator()
    return render_template(
        "amministrazione/operatore.html",
        o=elenco.card(account_id, limits()),
        tuo=account_id == operator.account_id,
    )


@blueprint.route("/<int:account_id>/ruoli", methods=["GET", "POST"])
def give_role(account_id: int) -> Page:
    """Give a role, in a unit, for a time."""
    operator = administrator()
    found = elenco.card(account_id, limits())
    if account_id == operator.account_id:
        raise service.OwnAccount
    today = day_of(engine_of(operator).now())
    form = moduli.ruolo(elenco.unita(), today)
    if request.method == "GET":
        return render_template(
            "amministrazione/ruolo.html", o=found, tree=form.tree({"dal": today.isoformat()})
        )
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        wrong = _give(operator, account_id, form, parsed)
        if not wrong:
            flash("Ruolo dato. Se la persona era dentro, deve entrare di nuovo.", "ok")
            return redirect(url_for("operatori.show", account_id=account_id), 303)
    page = render_template(
        "amministrazione/ruolo.html", o=found, tree=form.tree(parsed.data, wrong, typed=parsed.typed)
    )
    return (page, 422) if wrong else page


def _give(operator: Operator, account_id: int, form: Form, parsed: Parsed) -> list[Message]:
    data = parsed.data
    unita = None if data["unita"] == moduli.ENTE else data["unita"]
    dal, al = (written.parse(data.get(name)) for name in ("dal", "al"))
    if unita is None and ruoli.needs_unit(data["ruolo"]):
        return said(
            form, parsed, "unita", "Per un fornitore scegli la sua unità: su tutto l’ente non vedrebbe niente"
        )
    try:
        service.grant_role(db.session, operator, account_id, data["ruolo"], unita, dal=dal, al=al)
    except service.PeriodWrong:
        wrong = (
            ("al", "Il ruolo finirebbe prima di cominciare")
            if al and dal and al < dal
            else (
                "dal",
                "Un ruolo comincia da oggi in poi",
            )
        )
        return said(form, parsed, *wrong)
    except service.RoleOverlaps as held:
        until = f"al {written.full(held.al)}" if held.al else "senza scadenza"
        words = (
            f"Ha già questo ruolo qui, dal {written.full(held.dal)} {until}: toglilo prima, o cambia i giorni"
        )
        return said(form, parsed, "ruolo", words)
    except service.RolesApart:
        return said(form, parsed, "ruolo", APART)
    except service.UnitClosed:
        return said(form, parsed, "unita", "Questa unità è stata chiusa: scegline un’altra")
    db.session.commit()
    return []


def said(form: Form, parsed: Parsed, field: str, words: str) -> list[Message]:
    return form.messages([FieldError((field,), "operazione", parsed.data.get(field), words)], parsed.data)


@blueprint.post("/<int:account_id>/ruoli/<int:grant_id>/togli")
def take_role(account_id: int, grant_id: int) -> Response:
    def take(session: Any, operator: Operator, _: int) -> None:
        service.end_role(session, operator, grant_id)

    return _do(account_id, take, "Ruolo tolto. Se la persona era dentro, deve entrare di nuovo.")


@blueprint.post("/<int:account_id>/sospendi")
def suspend(account_id: int) -> Response:
    return _do(account_id, service.close_account, "Accesso sospeso: la persona è fuori da adesso.")


@blueprint.post("/<int:account_id>/riapri")
def reopen(account_id: int) -> Response:
    return _do(account_id, service.reopen_account, "Accesso riaperto, con la password e i ruoli di prima.")


@blueprint.post("/<int:account_id>/uscite")
def end_sessions(account_id: int) -> Response:
    return _do(account_id, service.end_sessions, "La persona è fuori da tutti i computer.")


@blueprint.post("/<int:account_id>/password")
def reset_password(account_id: int) -> str:
    """Make a provisional password and show it, this once: nothing keeps it, and no redirect could carry it."""
    password = service.reset_password(db.session, administrator(), account_id)
    db.session.commit()
    return _password(account_id, password, "Password rifatta")


def _do(account_id: int, act: Act, said: str) -> Response:
    operator = administrator()
    try:
        act(db.session, operator, account_id)
    except service.LastAdministrator:
        db.session.rollback()
        flash(
            "È l’ultima persona che amministra l’ente. Prima dai il ruolo a un’altra, senza scadenza.",
            "avviso",
        )
    except service.GrantNotFound:
        db.session.rollback()
        flash("Questo ruolo era già finito.", "avviso")
    else:
        db.session.commit()
        flash(said, "ok")
    return redirect(url_for("operatori.show", account_id=account_id), 303)


def _password(account_id: int, password: str, title: str) -> str:
    found = elenco.card(account_id, limits())
    return render_template("amministrazione/password.html", o=found, password=password, titolo=title)

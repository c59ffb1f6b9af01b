"""Pages of the account: log in, log out, change the password, send again a form that came too late."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app import security
from app.accounts import gate, login, pending, sessions
from app.accounts.login import Credentials, LoginRefused, PasswordWrong
from app.accounts.passwords import SHORTEST, PasswordTooWeak
from app.accounts.throttle import Throttled
from app.database import db
from app.database.context import ente_context
from app.format import plural

blueprint = Blueprint("accounts", __name__)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]

WEAK = {
    "corta": f"La nuova password è corta: servono almeno {SHORTEST} caratteri.",
    "lunga": "La nuova password è troppo lunga.",
    "nome": "La nuova password è facile da indovinare: scegline una diversa dal nome utente.",
    "uguale": "La nuova password è uguale a quella di ora: scegline un’altra.",
}


@blueprint.get("/accesso")
@gate.public
def log_in() -> Page:
    if g.operator is not None:
        return redirect(_after_login())
    return _login_page()


@blueprint.post("/accesso")
@gate.public
def log_in_send() -> Page:
    credentials = _credentials(request.form.get("nome_utente", ""), request.form.get("password", ""))
    try:
        token = _log_in(credentials)
    except LoginRefused:
        return _login_page(errore="rifiutato"), 422
    except Throttled as wait:
        page = _login_page(errore="troppi", attesa=wait.seconds, riprova_at=wait.retry_at)
        return page, 429, {"Retry-After": str(wait.seconds)}
    session.clear()  # nothing set before the login survives it
    return gate.set_session_cookie(redirect(_after_login(), 303), token)


@blueprint.post("/uscita")
def log_out() -> Page:
    login.log_out(db.session, request.cookies[security.session_cookie_name()], gate.current_operator())
    session.clear()
    return gate.drop_session_cookie(redirect(url_for("accounts.log_in"), 303))


@blueprint.route("/password", methods=["GET", "POST"])
def change_password() -> Page:
    if request.method == "GET":
        return _password_page()
    new = request.form.get("nuova", "")
    if new != request.form.get("ripeti", ""):
        return _password_page(ripeti="Le due password nuove non sono uguali: scrivile di nuovo."), 422
    operator = gate.current_operator()
    current = _credentials(operator.username, request.form.get("attuale", ""))
    try:
        token = login.change_password(db.session, operator, current, new, gate.limits(), _secret())
    except PasswordWrong:
        return _password_page(attuale="La password di ora non è giusta: scrivila di nuovo."), 422
    except PasswordTooWeak as weak:
        return _password_page(nuova=WEAK[weak.why]), 422
    except Throttled as wait:
        page = _password_page(
            attuale=f"Troppi tentativi. Riprova tra {plural(wait.seconds, 'secondo', 'secondi')}."
        )
        return page, 429, {"Retry-After": str(wait.seconds)}
    flash("Password cambiata. Sugli altri computer dovrai entrare di nuovo.", "ok")
    return gate.set_session_cookie(redirect("/", 303), token)


@blueprint.get("/invio-sospeso/<key>")
def pending_form(key: str) -> Page:
    form = pending.take(db.session, gate.current_operator().account_id, key)
    return render_template("accounts/invio_sospeso.html", modulo=form)


def _log_in(credentials: Credentials) -> str:
    old = request.cookies.get(security.session_cookie_name())
    db.session.rollback()  # the reading of the old session, done for its ente
    with ente_context(None):
        token = login.log_in(db.session, credentials, gate.limits(), _secret())
    if old and g.operator is not None:
        sessions.end(db.session, old)
        db.session.commit()
    return token


def _login_page(**outcome: object) -> str:
    form = request.values
    return render_template(
        "accounts/accesso.html",
        nome_utente=form.get("nome_utente", ""),
        next=gate.local_path(form.get("next")),
        sospeso=form.get("sospeso", ""),
        scaduta=bool(form.get("scaduta")),
        **outcome,
    )


def _after_login() -> str:
    key = request.values.get("sospeso")
    if key:
        return url_for("accounts.pending_form", key=key)
    return gate.local_path(request.values.get("next"))


def _password_page(**errori: str) -> str:
    must = gate.current_operator().must_change
    return render_template("accounts/password.html", shortest=SHORTEST, deve=must, errori=errori)


def _credentials(username: str, password: str) -> Credentials:
    return Credentials(username, password, request.remote_addr or "", request.user_agent.string)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])

"""The programs that have a token: which, what each may do, who let it; and the second person who looks.

An administrator sees no case, so a token that reads cases is no administrator's alone: it waits for a
responsabile, who is somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, select, true
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts import tokens
from app.accounts.gate import current_operator
from app.accounts.models import Account, TokenApi
from app.accounts.operator import Operator
from app.amministrazione import moduli
from app.amministrazione.routes import Page, administrator, said
from app.api.scopes import ON_PEOPLE, SCOPES
from app.attivita.service import engine_of
from app.database import db
from app.errors import Meaning
from app.rights import policy
from app.rights.subject import Subject
from app.values import day_of
from engine.calendar import ROME

blueprint = Blueprint("programmi", __name__, url_prefix="/operatori/programmi")

APPROVE: Final = "token:approve"

errors.register(
    tokens.TokenNotFound,
    Meaning(
        409,
        "Il token non c’è, o è già finito",
        "Nel frattempo qualcuno lo ha revocato o approvato, o è scaduto. Non è cambiato niente.",
        "Torna ai programmi per vedere come stanno.",
    ),
)
errors.register(
    tokens.TwoPeopleNeeded,
    Meaning(
        403,
        "Serve un’altra persona",
        "Nessuno approva un token chiesto da sé.",
        "Lo farà un altro responsabile.",
    ),
)


@dataclass(frozen=True)
class Programma:
    """A token in words; `stato` is "attivo", "in attesa", "scaduto" or "revocato"."""

    token: TokenApi
    ambiti: list[str]
    chiesto_da: str
    approvato_da: str | None
    scade_il: date | None
    stato: str


@blueprint.get("/")
def index() -> str:
    administrator()
    found = programs(true())
    return render_template(
        "amministrazione/programmi.html",
        vivi=[each for each in found if each.stato in ("attivo", "in attesa")],
        finiti=[each for each in found if each.stato not in ("attivo", "in attesa")],
    )


@blueprint.route("/nuovo", methods=["GET", "POST"])
def new() -> Page:
    """Make a token; it is shown this once."""
    operator = administrator()
    form = moduli.programma()
    if request.method == "GET":
        return render_template("amministrazione/programma.html", tree=form.tree({}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    until = written.parse(parsed.data.get("al")) if not wrong and not parsed.action else None
    if until is not None and until < day_of(engine_of(operator).now()):
        wrong = said(form, parsed, "al", "Questo giorno è già passato")
    if parsed.action or wrong:
        page = render_template(
            "amministrazione/programma.html", tree=form.tree(parsed.data, wrong, typed=parsed.typed)
        )
        return (page, 422) if wrong else page
    scopes, nome = parsed.data["ambiti"], parsed.data["nome"].strip()
    alone = not ON_PEOPLE & set(scopes)
    token = tokens.issue(db.session, operator, nome, scopes, _end_of(until), approved=alone)
    db.session.commit()
    return render_template("amministrazione/token.html", token=token, nome=nome, vale=alone)


@blueprint.post("/<int:token_id>/revoca")
def revoke(token_id: int) -> Response:
    """End a token."""
    return _end(
        administrator(), token_id, "programmi.index", "Token revocato: da adesso non apre più niente."
    )


@blueprint.post("/<int:token_id>/rifiuta")
def refuse(token_id: int) -> Response:
    """A responsabile does not let a token work that waits for it."""
    operator = _reviewer()
    if all(each.token.id != token_id for each in waiting()):
        raise tokens.TokenNotFound(token_id)
    return _end(operator, token_id, "rights.to_review", "Programma non approvato: il suo token è finito.")


def _end(operator: Operator, token_id: int, back: str, words: str) -> Response:
    tokens.revoke(db.session, operator, token_id)
    db.session.commit()
    flash(words, "ok")
    return redirect(url_for(back), 303)


@blueprint.post("/<int:token_id>/approva")
def approve(token_id: int) -> Response:
    tokens.approve(db.session, _reviewer(), token_id)
    db.session.commit()
    flash("Programma approvato: da adesso può lavorare.", "ok")
    return redirect(url_for("rights.to_review"), 303)


def _reviewer() -> Operator:
    operator = current_operator()
    policy.require(operator, APPROVE, Subject(operator.ente_id))
    return operator


def waiting() -> list[Programma]:
    """The tokens that wait for a second person."""
    return [each for each in programs(TokenApi.approved_at.is_(None)) if each.stato == "in attesa"]


def programs(wanted: ColumnElement[bool]) -> list[Programma]:
    """Those tokens, the newest first."""
    found = db.session.scalars(select(TokenApi).where(wanted).order_by(TokenApi.id.desc())).all()
    ids = {each.created_by for each in found} | {each.approved_by for each in found}
    people = db.session.scalars(select(Account).where(Account.id.in_(ids - {None})))
    names = {row.id: row.name for row in people}
    now = datetime.now(ROME)
    return [_told(each, names, now) for each in found]


def _told(token: TokenApi, names: dict[int, str], now: datetime) -> Programma:
    expires = token.expires_at
    if token.revoked_at is not None:
        state = "revocato"
    elif expires is not None and expires <= now:
        state = "scaduto"
    else:
        state = "attivo" if token.approved_at is not None else "in attesa"
    return Programma(
        token=token,
        ambiti=[SCOPES.get(scope, scope) for scope in token.scopes],
        chiesto_da=names[token.created_by],
        approvato_da=names.get(token.approved_by or 0),
        scade_il=None if expires is None else (expires.astimezone(ROME) - timedelta(seconds=1)).date(),
        stato=state,
    )


def _end_of(day: Any) -> datetime | None:
    """The first instant after that day, in Italy."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), ROME)

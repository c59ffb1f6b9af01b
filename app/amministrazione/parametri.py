"""The page of the parameters: what each is worth here, and deciding another value from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app import audit, errors
from app import format as written
from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.amministrazione import moduli, valori
from app.amministrazione.routes import Page, said
from app.amministrazione.valori import Gruppo, Voce
from app.attivita.service import engine_of
from app.database import db
from app.enti import parametri
from app.enti.model import Valore
from app.enti.patrono import CALENDAR
from app.enti.recapiti import CONTACTS
from app.forms import Form, Message, Parsed
from app.rights import policy
from app.rights.subject import Subject
from app.servizi.tariffe import TARIFFARIO
from app.values import day_of
from engine import operator as acting

blueprint = Blueprint("parametri", __name__, url_prefix="/parametri")

CONFIGURE: Final = "ente:configure"
YEARS: Final = 5  # beyond, a day is a slip of the hand

errors.register(valori.ParameterNotFound, errors.NOT_FOUND)


def configurator() -> Operator:
    """Who is asking, who must configure the ente. Raises NotAllowed."""
    operator = current_operator()
    policy.require(operator, CONFIGURE, Subject(operator.ente_id))
    return operator


@blueprint.get("/")
def index() -> str:
    """The parameters of the paths in force."""
    found = valori.groups(configurator())
    return render_template(
        "amministrazione/parametri.html",
        gruppi=[each for each in found if not each.aperto_da],
        altrove=[each for each in found if each.aperto_da],
        calendario=CALENDAR,
        recapiti=CONTACTS,
        tariffario=TARIFFARIO,
    )


@blueprint.route("/<percorso>/<parametro>", methods=["GET", "POST"])
def decide(percorso: str, parametro: str) -> Page:
    """One parameter: its history, and another value from a day on."""
    operator = configurator()
    group, voce = valori.find(operator, percorso, parametro)
    today = day_of(engine_of(operator).now())
    form = moduli.parametro(voce)
    if request.method == "GET":
        return _page(group, voce, form.tree({**moduli.known(voce), "dal": today.isoformat()}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        wrong = _refusals(group, voce, form, parsed, today)
    if parsed.action or wrong:
        page = _page(group, voce, form.tree(parsed.data, wrong, typed=parsed.typed))
        return (page, 422) if wrong else page
    value = moduli.decided(voce, parsed.data)
    _keep(operator, voce, value, _day(parsed))
    flash(f"{voce.titolo}: {voce.words(value)} dal {written.full(_day(parsed))}.", "ok")
    return redirect(url_for("parametri.index", _anchor=percorso), 303)


def _page(group: Gruppo, voce: Voce, tree: Any) -> str:
    return render_template("amministrazione/parametro.html", g=group, p=voce, tree=tree, guida=_guide(voce))


def _guide(voce: Voce) -> str:
    """What a decision touches and what it leaves."""
    if voce.is_feast:
        return (
            "Una festa non conta nei termini in giorni lavorativi. I termini già fissati restano come sono."
        )
    if voce.is_contact:
        return "Sta scritto nelle lettere che chiedono una risposta, dal suo giorno."
    if voce.percorso == TARIFFARIO:
        return "Vale dal suo giorno, anche per le pratiche aperte."
    return (
        "Vale per le pratiche che cominciano da quel giorno. Quelle già aperte tengono il valore che avevano."
    )


def _refusals(group: Gruppo, voce: Voce, form: Form, parsed: Parsed, today: date) -> list[Message]:
    day, where = _day(parsed), "giorno" if voce.is_feast else "valore"
    try:
        value = moduli.decided(voce, parsed.data)
    except ValueError:
        return said(form, parsed, where, "Questo mese non ha così tanti giorni")
    if day < today:
        return said(form, parsed, "dal", "Un valore si decide da oggi in poi")
    if day.year > today.year + YEARS:
        return said(form, parsed, "dal", f"Controlla l’anno: al massimo {YEARS} anni da oggi")
    holding = voce.holding(day)
    if holding is not None and holding.valore == value:
        since = written.full(holding.dal)
        return said(form, parsed, where, f"Vale già {voce.words(value)}, dal {since}")
    return [] if voce.of_no_path else _out_of_order(group, voce, form, parsed)


def _out_of_order(group: Gruppo, voce: Voce, form: Form, parsed: Parsed) -> list[Message]:
    """`tariffa_minima` stays under `tariffa_massima`: whatever has two such names."""
    value, day = parsed.data["valore"], _day(parsed)
    for mark, opposite, words in (
        ("_minim", "_massim", "Deve restare sotto"),
        ("_massim", "_minim", "Deve restare sopra"),
    ):
        if mark not in voce.chiave:
            continue
        twin = voce.chiave.replace(mark, opposite)
        other = next((each for each in group.voci if each.chiave == twin), None)
        if other is None:
            continue
        for limit in (other.on(day), *(each.valore for each in other.poi if each.dal > day)):
            if limit <= value if mark == "_minim" else limit >= value:
                return said(form, parsed, "valore", f"{words} «{other.titolo}»: {other.words(limit)}")
    return []


def _keep(operator: Operator, voce: Voce, value: Valore, day: date) -> None:
    decided = parametri.decide(
        operator.ente_id, voce.percorso, voce.chiave, value, dal=day, by=acting(operator.account_id).label
    )
    detail = {"percorso": voce.percorso, "chiave": voce.chiave, "valore": str(value), "dal": day.isoformat()}
    audit.record(
        db.session,
        "parametro.decide",
        "parametro",
        decided.id,
        by=operator,
        scopo="configurazione",
        dettaglio=detail,
    )
    db.session.commit()


def _day(parsed: Parsed) -> date:
    return date.fromisoformat(parsed.data["dal"])

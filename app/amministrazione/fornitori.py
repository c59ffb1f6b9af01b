"""The pages of the suppliers: who is accredited for what, and who takes no new orders for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.amministrazione import moduli
from app.amministrazione.routes import Page, said
from app.attivita.service import engine_of
from app.database import db
from app.enti import unita
from app.enti.model import Unita
from app.enti.unita import NewUnit
from app.forms import Form, Message, Parsed
from app.rights import policy
from app.rights.subject import Subject
from app.servizi import accreditamento
from app.servizi.accreditamento import MANAGE, Accreditamento
from app.servizi.models import Fornitore, Ordine, SospensioneFornitore
from app.servizi.ordine import OPEN
from app.servizi.pagine.parole import PROFILI
from app.values import day_of

blueprint = Blueprint("fornitori", __name__, url_prefix="/fornitori")

errors.register(accreditamento.SupplierNotFound, errors.NOT_FOUND)
errors.register(accreditamento.NotAccredited, errors.NOT_FOUND)


@dataclass(frozen=True)
class Riga:
    """A supplier in the list; without `dal` it was never accredited."""

    id: str
    nome: str
    stato: str
    forma: str
    dal: date | None
    al: date | None
    servizi: str
    durc_scaduto: bool
    ordini: int


def manager() -> tuple[Operator, date]:
    """Who is asking, who must manage suppliers, and today. Raises NotAllowed."""
    operator = current_operator()
    policy.require(operator, MANAGE, Subject(operator.ente_id))
    return operator, day_of(engine_of(operator).now())


@blueprint.get("/")
def index() -> str:
    """The suppliers of the ente, by name."""
    _, today = manager()
    found = db.session.execute(_rows(today).order_by(Unita.nome, Unita.id))
    return render_template("amministrazione/fornitori.html", righe=[_row(row, today) for row in found])


@blueprint.route("/nuovo", methods=["GET", "POST"])
def new() -> Page:
    """A supplier that is not there yet, with its accreditation."""
    operator, today = manager()
    form = moduli.fornitore(nuovo=True)
    if request.method == "GET":
        tree = form.tree({"dal": today.isoformat()})
        return render_template("amministrazione/fornitore_nuovo.html", tree=tree)
    parsed = form.parse(request.form)
    wrong = _wrong(form, parsed)
    if not parsed.action and not wrong:
        data = parsed.data
        made = NewUnit(data["id"], data["nome"], "fornitore", None, telefono=data.get("telefono"))
        try:
            unita.open_unit(db.session, operator, replace(made, email=data.get("email")))
        except unita.UnitTaken:
            wrong = said(form, parsed, "id", "Un’altra unità, anche chiusa, ha già questo codice")
        else:
            accreditamento.accredit(db.session, operator, data["id"], _given(data))
            db.session.commit()
            flash(
                "Fornitore aggiunto. Per accettare gli ordini serve una persona con il ruolo «fornitore accreditato» "
                "in questa unità: lo dà chi amministra, da «Operatori».",
                "ok",
            )
            return redirect(url_for("fornitori.show", fornitore_id=data["id"]), 303)
    page = render_template(
        "amministrazione/fornitore_nuovo.html", tree=form.tree(parsed.data, wrong, typed=parsed.typed)
    )
    return (page, 422) if wrong else page


@blueprint.route("/<fornitore_id>", methods=["GET", "POST"])
def show(fornitore_id: str) -> Page:
    """One supplier: its accreditation, which may be renewed or changed."""
    operator, today = manager()
    row = _found(fornitore_id, today)
    form = moduli.fornitore(nuovo=False)
    if request.method == "GET":
        return _page(row, today, form.tree(_known(operator, fornitore_id)))
    parsed = form.parse(request.form)
    wrong = _wrong(form, parsed)
    if parsed.action or wrong:
        page = _page(row, today, form.tree(parsed.data, wrong, typed=parsed.typed))
        return (page, 422) if wrong else page
    accreditamento.accredit(db.session, operator, fornitore_id, _given(parsed.data))
    db.session.commit()
    flash("Accreditamento salvato.", "ok")
    return redirect(url_for("fornitori.show", fornitore_id=fornitore_id), 303)


@blueprint.route("/<fornitore_id>/sospendi", methods=["GET", "POST"])
def suspend(fornitore_id: str) -> Page:
    """Stop new orders from a day on, and say why."""
    operator, today = manager()
    row = _found(fornitore_id, today)
    if row.dal is None:
        raise accreditamento.NotAccredited(fornitore_id)
    form = moduli.sospensione()
    tree = form.tree({"dal": today.isoformat()})
    wrong: list[Message] = []
    if request.method == "POST":
        parsed = form.parse(request.form)
        wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
        if not parsed.action and not wrong:
            wrong = _suspend(operator, fornitore_id, form, parsed, today)
            if not wrong:
                return redirect(url_for("fornitori.show", fornitore_id=fornitore_id), 303)
        tree = form.tree(parsed.data, wrong, typed=parsed.typed)
    page = render_template(
        "amministrazione/fornitore_sospendi.html", nome=row.nome, fornitore_id=fornitore_id, tree=tree
    )
    return (page, 422) if wrong else page


@blueprint.post("/<fornitore_id>/riprendi")
def resume(fornitore_id: str) -> Response:
    """New orders from today on."""
    operator, today = manager()
    done = accreditamento.resume(db.session, operator, fornitore_id, today)
    db.session.commit()
    flash(
        *(
            ("Sospensione tolta: da oggi può ricevere ordini.", "ok")
            if done
            else ("Non era sospeso.", "avviso")
        )
    )
    return redirect(url_for("fornitori.show", fornitore_id=fornitore_id), 303)


def _suspend(operator: Operator, fornitore_id: str, form: Form, parsed: Parsed, today: date) -> list[Message]:
    dal = date.fromisoformat(parsed.data["dal"])
    if dal < today:
        return said(form, parsed, "dal", "Una sospensione comincia da oggi in poi")
    try:
        accreditamento.suspend(db.session, operator, fornitore_id, parsed.data["motivo"].strip(), dal)
    except accreditamento.AlreadySuspended:
        return said(form, parsed, "dal", "È già sospeso: togli prima quella sospensione")
    db.session.commit()
    flash(f"Sospeso dal {written.full(dal)}.", "ok")
    return []


def _wrong(form: Form, parsed: Parsed) -> list[Message]:
    if parsed.action:
        return []
    wrong = form.check(parsed.data, parsed.refused)
    dal, al = parsed.data.get("dal"), parsed.data.get("al")
    if not wrong and al is not None and al < dal:
        return said(form, parsed, "al", "Finirebbe prima di cominciare")
    return wrong


def _given(data: Mapping[str, Any]) -> Accreditamento:
    days = {name: written.parse(data.get(name)) for name in ("dal", "al", "durc_scade_il")}
    zones = [zone.strip() for zone in data.get("zone", "").split(",")]
    return Accreditamento(
        **days,  # type: ignore[arg-type]
        profili=data["profili"],
        zone=[zone for zone in zones if zone],
        ore_settimana=data["ore_settimana"],
        atto=data.get("atto"),
        partita_iva=data.get("partita_iva"),
    )


def _known(operator: Operator, fornitore_id: str) -> dict[str, Any]:
    held = db.session.get(Fornitore, (operator.ente_id, fornitore_id))
    if held is None:
        return {}
    days = {name: getattr(held, name) for name in ("dal", "al", "durc_scade_il")}
    hours = held.ore_settimana
    known = {
        **{name: day and day.isoformat() for name, day in days.items()},
        "profili": held.profili,
        "zone": ", ".join(held.zone),
        "ore_settimana": int(hours) if hours == int(hours) else hours,
        "atto": held.atto,
        "partita_iva": held.partita_iva,
    }
    return {name: value for name, value in known.items() if value}


def _rows(today: date) -> Select[Any]:
    """Every supplier with its accreditation, whether it takes orders today, and how many it has."""
    f, o, s = Fornitore, Ordine, SospensioneFornitore
    orders = select(func.count()).where(
        o.ente_id == Unita.ente_id, o.fornitore_id == Unita.id, o.stato.in_(OPEN)
    )
    stopped = select(s.id).where(
        s.ente_id == f.ente_id, s.fornitore_id == f.id, s.dal <= today, s.al.is_(None) | (s.al >= today)
    )
    return (
        select(Unita, f, stopped.exists().label("ferma"), orders.scalar_subquery().label("ordini"))
        .outerjoin(f, (f.ente_id == Unita.ente_id) & (f.id == Unita.id))
        .where(Unita.tipo == "fornitore")
    )


def _row(row: Any, today: date) -> Riga:
    held: Fornitore | None = row.Fornitore
    stato, forma = _state(held, row.ferma, today)
    late = held is not None and held.durc_scade_il is not None and held.durc_scade_il < today
    return Riga(
        id=row.Unita.id,
        nome=row.Unita.nome,
        stato=stato,
        forma=forma,
        dal=held.dal if held else None,
        al=held.al if held else None,
        servizi=", ".join(PROFILI[each] for each in held.profili) if held else "",
        durc_scaduto=late,
        ordini=row.ordini,
    )


def _state(held: Fornitore | None, stopped: bool, today: date) -> tuple[str, str]:
    if held is None:
        return "non accreditato", "poi"
    if held.al is not None and held.al < today:
        return "accreditamento finito", "no"
    if stopped:
        return "sospeso", "occhio"
    return ("non ancora", "poi") if held.dal > today else ("accreditato", "ok")


def _found(fornitore_id: str, today: date) -> Riga:
    row = db.session.execute(_rows(today).where(Unita.id == fornitore_id)).first()
    if row is None:
        raise accreditamento.SupplierNotFound(fornitore_id)
    return _row(row, today)


def _page(row: Riga, today: date, tree: object) -> str:
    s = SospensioneFornitore
    over = select(s).where(s.fornitore_id == row.id, s.al < today, s.al >= s.dal).order_by(s.dal.desc())
    return render_template(
        "amministrazione/fornitore.html",
        r=row,
        oggi=today,
        ferma=accreditamento.suspension(db.session, row.id, today),
        storia=db.session.scalars(over).all(),
        tree=tree,
    )

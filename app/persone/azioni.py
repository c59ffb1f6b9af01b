"""The small pages on which something is registered about a persona: each says what will happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts.gate import current_operator
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.audit import saw
from app.database import db
from app.errors import Meaning
from app.forms import Form, Parsed
from app.persone import cartella, moduli, registry, residenza, service
from app.persone.access import subject_of
from app.persone.decesso import DeathImpossible
from app.persone.model import Persona
from app.persone.residenza import ResidenzaImpossible
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.model import Pratica
from app.rights import policy
from app.servizi.models import Domanda
from app.servizi.pagine import messaggi
from app.values import day_of
from engine import Broken, Refused, Transient
from engine.form import FieldError

blueprint = Blueprint("azioni", __name__, url_prefix="/persone/<int:persona_id>")

Page = str | Response | tuple[str, int]
Wrong = tuple[str, str]  # field and sentence

errors.register(service.PersonaNotFound, errors.NOT_FOUND)
errors.register(
    service.CodiceFiscaleMissing,
    Meaning(
        409,
        "Manca il codice fiscale",
        "Senza codice fiscale non si può chiedere niente all’INPS. Non è cambiato niente.",
        "Registralo con la domanda, poi riprova.",
    ),
)

ALL_NOTES = 200
DEATH_DAY = "Non può essere nel futuro, né prima della nascita, né diverso da quello già registrato."


# ---- diary


@blueprint.route("/diario", methods=["GET", "POST"])
def diario(persona_id: int) -> Page:
    """The whole diary for who may read it, and the form of a new note or of a correction."""
    operator = current_operator()
    persona = service.find(operator, persona_id)
    reads = policy.may(operator, "read:diario", subject_of(persona))
    writes = service.may(operator, persona, "diario:write")
    if not reads:
        service.require(operator, persona, "diario:write")
    saw(
        persona.id,
        sezione="diario" if reads else "nome",
        straordinario=cartella.is_extraordinary(reads),
    )
    form = moduli.diario()
    corregge = request.args.get("corregge", type=int)

    def show(parsed: Parsed | None, wrong: list[Any]) -> str:
        first = {"fatto_il": _today().isoformat(), "tipo": "nota"}
        tree = form.tree(parsed.data, wrong, typed=parsed.typed) if parsed else form.tree(first)
        return render_template(
            "persone/diario.html",
            persona=persona,
            tree=tree if writes else None,
            note=cartella.notes(persona, ALL_NOTES) if reads else None,
            corregge=corregge,
            puo_correggere=writes,
        )

    def write(data: dict[str, Any]) -> Wrong | None:
        fatto_il = date.fromisoformat(data["fatto_il"])
        if fatto_il > _today():
            return "fatto_il", "Non può essere nel futuro."
        service.write_diary(operator, persona_id, data["tipo"], data["testo"], fatto_il, corregge)
        return None

    if request.method == "GET":
        return show(None, [])
    service.require(operator, persona, "diario:write")
    return _take(form, write, show, lambda: _done(persona_id, "Nota aggiunta al diario."))


# ---- death


@blueprint.route("/decesso", methods=["GET", "POST"])
def decesso(persona_id: int) -> Page:
    """A death: every path about the persona hears of it."""
    operator = current_operator()
    persona = _opened(operator, persona_id, "decesso:write", "cartella")
    form = moduli.decesso()
    known, hidden = _reached(operator, "decesso_registrato", persona)

    def show(parsed: Parsed | None, wrong: list[Any]) -> str:
        return _page(
            "persone/decesso.html", form, parsed, wrong, {}, persona, pratiche=known, nascoste=hidden
        )

    def write(data: dict[str, Any]) -> Wrong | None:
        try:
            service.register_death(operator, persona_id, date.fromisoformat(data["deceduta_il"]))
        except DeathImpossible:
            return "deceduta_il", DEATH_DAY
        return None

    if request.method == "GET":
        return show(None, [])
    return _take(
        form,
        write,
        show,
        lambda: _done(persona_id, "Decesso registrato. Le pratiche aperte vanno in chiusura."),
    )


# ---- residence


@blueprint.route("/residenza", methods=["GET", "POST"])
def residenza_nuova(persona_id: int) -> Page:
    """A change of residence."""
    operator = current_operator()
    persona = _opened(operator, persona_id, "residenza:write", "contatti")
    form = moduli.residenza()
    known, hidden = _reached(operator, "residenza_variata", persona)
    now = residenza.current(db.session(), operator.ente_id, persona.id, _today())

    def show(parsed: Parsed | None, wrong: list[Any]) -> str:
        first = {"comune": now.comune} if now is not None else {}
        return _page(
            "persone/residenza.html",
            form,
            parsed,
            wrong,
            first,
            persona,
            pratiche=known,
            nascoste=hidden,
            ora=now,
        )

    def write(data: dict[str, Any]) -> Wrong | None:
        try:
            service.move(operator, persona_id, data)
        except ResidenzaImpossible:
            return "dal", "È prima dell’inizio della residenza di adesso."
        return None

    if request.method == "GET":
        return show(None, [])
    return _take(form, write, show, lambda: _done(persona_id, "Residenza registrata."))


# ---- ISEE


@blueprint.route("/isee", methods=["GET", "POST"])
def isee(persona_id: int) -> Page:
    """Ask INPS again: a new attestation changes what the persona pays."""
    operator = current_operator()
    persona = _opened(operator, persona_id, "isee:ask", "isee")
    form = moduli.isee()
    if registry.codice_fiscale(db.session(), persona) is None:
        raise service.CodiceFiscaleMissing(persona_id)
    guasto = assente = None
    parsed = form.parse(request.form) if request.method == "POST" else None
    wrong = form.check(parsed.data, parsed.refused) if parsed else []
    tipo = _usual(persona) if parsed is None or wrong else parsed.data["tipo"]
    if parsed is not None and not wrong:
        try:
            missing = request.form.get("azione") == "assente"
            found = None if missing else service.ask_inps(operator, persona_id, tipo)
            return _done(persona_id, _said(service.keep_isee(operator, persona_id, tipo, found)))
        except Refused as refusal:
            assente = refusal.message or "All’INPS non risulta un ISEE valido."
        except Transient:
            guasto = "L’INPS non risponde.", "Riprova tra qualche minuto."
        except Broken:
            guasto = "L’INPS non accetta la richiesta.", "Avvisa chi cura il programma: riprovare non basta."
        persona = service.find(operator, persona_id)  # asking closed the transaction
    known, hidden = _reached(operator, "isee_variato", persona)
    page = _page(
        "persone/isee.html", form, parsed, wrong, {"tipo": tipo}, persona, pratiche=known, nascoste=hidden,
        guasto=guasto, assente=assente, tipo=tipo,
    )  # fmt: skip
    return (page, 422) if wrong else (page, 503) if guasto else page


def _usual(persona: Persona) -> str:
    """The kind asked for her last application."""
    d = Domanda
    last = select(d.tipo_isee).where(d.persona_id == persona.id).order_by(d.id.desc()).limit(1)
    return db.session.scalar(last) or "SocioSanitario"


def _said(esito: service.Esito) -> str:
    if not esito.nuova:
        return "L’INPS ha la stessa attestazione: non è cambiato niente."
    if esito.valore is None:
        said = "Registrato: la persona non ha un ISEE valido."
    else:
        said = f"ISEE registrato: {written.euro(esito.valore)}"
        said += f", vale fino al {written.full(esito.scade_il)}." if esito.scade_il else "."
    return said + (" La quota è stata ricalcolata da oggi." if esito.percorsi else "")


# ---- what they share


def _today() -> date:
    return day_of(engine_of(current_operator()).now())


def _opened(operator: Operator, persona_id: int, action: str, sezione: str) -> Persona:
    """The persona, for who may do that; the page shows something of the section."""
    persona = service.find(operator, persona_id)
    service.require(operator, persona, action)
    saw(persona.id, sezione=sezione)
    return persona


def _reached(operator: Operator, message: str, persona: Persona) -> tuple[list[Pratica], int]:
    """The pratiche that a message would reach: those that may be named, and how many others."""
    roots = messaggi.listeners(engine_of(operator), message, str(persona.id))
    cases = list(
        db.session.scalars(select(Pratica).where(Pratica.instance_id.in_(roots)).order_by(Pratica.id))
    )
    named = [p for p in cases if policy.may(operator, "read:pratiche", pratica_subject(db.session, p))]
    return named, len(cases) - len(named)


def _page(
    template: str,
    form: Form,
    parsed: Parsed | None,
    wrong: list[Any],
    first: dict[str, Any],
    persona: Persona,
    **more: Any,
) -> str:
    tree = form.tree(parsed.data, wrong, typed=parsed.typed) if parsed else form.tree(first)
    return render_template(template, persona=persona, tree=tree, **more)


def _take(
    form: Form,
    write: Callable[[dict[str, Any]], Wrong | None],
    show: Callable[[Parsed | None, list[Any]], str],
    done: Callable[[], Response],
) -> Page:
    """Read the form, do it, or show what is wrong beside its field."""
    parsed = form.parse(request.form)
    if parsed.action:
        return show(parsed, [])
    wrong = form.check(parsed.data, parsed.refused)
    refused = None if wrong else write(parsed.data)
    if refused is not None:
        field, sentence = refused
        wrong = form.messages([FieldError((field,), "operazione", parsed.data[field], sentence)], parsed.data)
    return (show(parsed, wrong), 422) if wrong else done()


def _done(persona_id: int, said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for("persone.show", persona_id=persona_id), 303)

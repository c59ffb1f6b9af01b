"""The pages of services: a supplier's orders and months, what may be told to a running path, money and its list."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app import errors
from app import format as written
from app.accounts.gate import current_operator
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.audit import saw
from app.database import db
from app.errors import Meaning
from app.forms import Message, Parsed, Tree
from app.persone.model import Persona
from app.pratiche.access import subject_of as pratica_subject
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.subject import Subject
from app.servizi import budget, operatori
from app.servizi.budget import CapitoloElsewhere, CapitoloTaken
from app.servizi.models import Budget
from app.servizi.models.budget import SERVIZI
from app.servizi.operatori import SUPPLIER
from app.servizi.ordine import OrdineNotWaiting
from app.servizi.pagine import denaro, fondo, mese, messaggi, ordini, parole, service
from app.servizi.pagine.messaggi import Attesa
from app.values import account_of, day_of
from engine import Refused
from engine.form import FieldError

blueprint = Blueprint("servizi", __name__)

Page = str | Response | tuple[str, int]

LONGEST_REASON = 500  # characters
INVIO = re.compile(r"[0-9a-f]{32}")

errors.register(
    OrdineNotWaiting,
    Meaning(
        409,
        "L’ordine ha già una risposta",
        "Nel frattempo qualcuno ha risposto, o il tempo è scaduto. Non è cambiato niente.",
        "Torna agli ordini per vedere a che punto è.",
    ),
)
errors.register(service.OrdineNotFound, errors.NOT_FOUND)
errors.register(service.CapitoloNotFound, errors.NOT_FOUND)
errors.register(
    service.MonthNotReady,
    Meaning(
        409,
        "Il mese non si può mandare adesso",
        "Non è ancora finito, o lo hai già mandato. Non è cambiato niente.",
        "Torna all’ordine per vedere a che punto è.",
    ),
)
errors.register(
    service.MessageNotAwaited,
    Meaning(
        409,
        "Non serve più",
        "Nel frattempo la pratica è andata avanti e non aspetta più questa notizia. Non è cambiato niente.",
        "Apri la pratica per vedere che cosa è successo.",
    ),
)


def _today() -> date:
    return day_of(engine_of(current_operator()).now())


# ---- a supplier's orders


@blueprint.get("/ordini")
def orders() -> str:
    """A supplier's orders, or for an office those of the cases that it reaches: who waits for an answer first."""
    operator = current_operator()
    policy.require_ever(operator, "read:ordini")
    today = _today()
    pagina = min(max(request.args.get("pagina", 1, type=int), 1), 10_000)
    in_attesa = [ordini.view(operator, each, today) for each in ordini.waiting(operator)]
    rows, more = ordini.others(operator, pagina)
    altri = [ordini.view(operator, each, today) for each in rows]
    for each in (*in_attesa, *altri):
        saw(each.ordine.persona_id, each.ordine.pratica_id, sezione="ordini")
    return render_template(
        "servizi/ordini.html",
        in_attesa=[(each, bool(service.may_answer(operator, each.ordine))) for each in in_attesa],
        altri=altri,
        altre=more,
        pagina=pagina,
        parole=parole,
        di_fornitore=SUPPLIER in operator.ruoli,
        fornitori=ordini.suppliers(operator),
    )


@blueprint.get("/ordini/<int:ordine_id>")
def order(ordine_id: int) -> str:
    """One order: what to do, and what may be said of it."""
    operator = current_operator()
    found = service.find_order(operator, ordine_id)
    saw(found.persona_id, found.pratica_id, sezione="ordini")
    shown = ordini.view(operator, found, _today())
    return render_template(
        "servizi/ordine.html",
        o=shown,
        di_fornitore=SUPPLIER in operator.ruoli,
        operatori=bool(operatori.may_read(operator, found.fornitore_id)),
        parole=parole,
        risponde=found.stato == "mandato" and bool(service.may_answer(operator, found)),
        manda=mese.is_ready(shown.mese, found, _today()) and bool(service.may_answer(operator, found)),
        notizie=service.sendable_of_order(operator, found) if service.may_answer(operator, found) else [],
    )


@blueprint.post("/ordini/<int:ordine_id>/accetta")
def accept(ordine_id: int) -> Response:
    service.accept(current_operator(), ordine_id)
    flash("Ordine accettato. Quando cominci, registra l’avvio dalla scrivania.", "ok")
    return redirect(url_for("servizi.order", ordine_id=ordine_id), 303)


@blueprint.route("/ordini/<int:ordine_id>/rifiuta", methods=["GET", "POST"])
def refuse(ordine_id: int) -> Page:
    """Why the supplier does not take the order."""
    operator = current_operator()
    found = service.find_order(operator, ordine_id)
    if found.stato != "mandato":
        raise OrdineNotWaiting(found.id, found.stato)
    saw(found.persona_id, found.pratica_id, sezione="ordini")
    motivo = request.form.get("motivo", "").strip()
    if request.method == "POST" and motivo:
        service.refuse(operator, ordine_id, motivo[:LONGEST_REASON])
        flash("Ordine rifiutato. Il comune lo chiede a un altro fornitore.", "ok")
        return redirect(url_for("servizi.orders"), 303)
    wrong = request.method == "POST"
    page = render_template("servizi/rifiuta.html", o=ordini.view(operator, found, _today()), errore=wrong)
    return (page, 422) if wrong else page


@blueprint.route("/ordini/<int:ordine_id>/mese", methods=["GET", "POST"])
def month(ordine_id: int) -> Page:
    """The events of a month, from a file."""
    operator = current_operator()
    found = service.find_order(operator, ordine_id)
    saw(found.persona_id, found.pratica_id, sezione="ordini")
    wrong: list[str] = []
    if request.method == "POST":
        sent = request.files.get("eventi")
        read = mese.read(sent.read(mese.LARGEST + 1) if sent else b"")
        wrong = read.errori or _submit(operator, ordine_id, read.eventi)
        if not wrong:
            flash(f"Interventi mandati: {len(read.eventi)}. Ora il comune li controlla.", "ok")
            return redirect(url_for("servizi.order", ordine_id=ordine_id), 303)
    shown = ordini.view(operator, found, _today())
    page = render_template(
        "servizi/mese.html",
        o=shown,
        pronto=mese.is_ready(shown.mese, found, _today()),
        errori=wrong,
        colonne=(*mese.COLUMNS, *mese.OPTIONAL),
        codici=mese.CODES,
    )
    return (page, 422) if wrong else page


def _submit(operator: Operator, ordine_id: int, rows: list[dict[str, Any]]) -> list[str]:
    try:
        service.submit_month(operator, ordine_id, rows)
    except Refused as refusal:
        return [refusal.message]
    return []


# ---- what may be told to a running path


@blueprint.route("/pratiche/<int:pratica_id>/messaggi/<nome>/<chiave>", methods=["GET", "POST"])
def message(pratica_id: int, nome: str, chiave: str) -> Page:
    """The form of a message that a pratica waits for."""
    operator = current_operator()
    pratica = db.session.scalar(select(Pratica).where(Pratica.id == pratica_id))
    if pratica is None:
        raise NotFound
    policy.require(operator, "read:pratiche", pratica_subject(db.session, pratica))
    saw(pratica.persona_id, pratica.id, sezione="pratica")
    wait = _find(service.sendable(operator, pratica), nome, chiave)
    back = url_for("pratiche.show", pratica_id=pratica.id)
    persona = db.session.get(Persona, (operator.ente_id, pratica.persona_id)) if pratica.persona_id else None
    where = [
        ("Pratiche", url_for("pratiche.index")),
        (pratica.protocol_number, back),
        (wait.messaggio.titolo, None),
    ]

    def send(data: dict[str, Any], invio: str) -> None:
        service.tell(operator, pratica.id, nome, chiave, data, invio)

    occhiello = f"{pratica.titolo} per {persona.name}" if persona else pratica.titolo
    return _asked(wait, send, back, where, occhiello)


@blueprint.route("/ordini/<int:ordine_id>/messaggi/<nome>", methods=["GET", "POST"])
def message_of_order(ordine_id: int, nome: str) -> Page:
    """The form of a message that a supplier may send about its order."""
    operator = current_operator()
    found = service.find_order(operator, ordine_id)
    saw(found.persona_id, found.pratica_id, sezione="ordini")
    wait = _find(service.sendable_of_order(operator, found), nome, str(found.id))
    back = url_for("servizi.order", ordine_id=found.id)
    where = [
        ("Ordini", url_for("servizi.orders")),
        (f"Ordine {found.id}", back),
        (wait.messaggio.titolo, None),
    ]

    def send(data: dict[str, Any], invio: str) -> None:
        service.tell_of_order(operator, found.id, nome, data, invio)

    return _asked(wait, send, back, where, f"Ordine {found.id}")


def _find(waits: list[Attesa], nome: str, chiave: str) -> Attesa:
    for wait in waits:
        if (wait.messaggio.nome, wait.chiave) == (nome, chiave):
            return wait
    raise service.MessageNotAwaited(nome)


def _asked(wait: Attesa, send: Any, back: str, where: list[tuple[str, str | None]], occhiello: str) -> Page:
    """Show the form, or take its answers: one page for every message."""
    if request.method == "GET":
        return _message_page(wait, None, [], back, where, occhiello)
    parsed = wait.form.parse(request.form)
    if parsed.action:
        return _message_page(wait, parsed, [], back, where, occhiello)
    found = wait.form.check(parsed.data, parsed.refused)
    found = found or wait.form.messages(wait.wrong(parsed.data, engine_of(current_operator())), parsed.data)
    if found:
        return _message_page(wait, parsed, found, back, where, occhiello), 422
    invio = request.form.get("invio", "")
    send(parsed.data, invio if INVIO.fullmatch(invio) else secrets.token_hex(16))
    flash("Registrato. La pratica è andata avanti.", "ok")
    return redirect(back, 303)


def _message_page(
    wait: Attesa,
    parsed: Parsed | None,
    found: list[Message],
    back: str,
    where: list[tuple[str, str | None]],
    occhiello: str,
) -> str:
    tree = wait.form.tree(parsed.data, found, typed=parsed.typed) if parsed else wait.form.tree({})
    return render_template(
        "servizi/messaggio.html",
        messaggio=wait.messaggio,
        tree=tree,
        invio=secrets.token_hex(16),
        torna=back,
        briciole=where,
        occhiello=occhiello,
    )


@blueprint.app_context_processor
def _of_pratica() -> dict[str, Any]:
    return {"richieste_di": _requests}


def _requests(pratica: Pratica) -> dict[str, Any]:
    """For the page of a pratica: what may be told to it now, and what it was told."""
    operator = current_operator()
    subject = pratica_subject(db.session, pratica)
    reads = policy.may(operator, "read:cartella", subject) or policy.may(operator, "read:economico", subject)
    heard = messaggi.told(engine_of(operator), pratica.instance_id) if reads and pratica.instance_id else []
    return {
        "aperte": service.sendable(operator, pratica),
        "dette": [(each, _who(each.riga.by)) for each in heard],
    }


def _who(by: str) -> str:
    account_id = account_of(by)
    found = db.session.get(Account, (current_operator().ente_id, account_id)) if account_id else None
    return found.name if found else "Percorsi"


# ---- money


@blueprint.get("/fondo")
def fund() -> str:
    """What each chapter has left, and who waits for it."""
    operator = current_operator()
    policy.require_ever(operator, "read:economico")
    today = _today()
    lists = fondo.lists(operator, today)
    for each in lists:
        for place in each.posti:
            if place.pratica is not None:
                saw(place.pratica.persona_id, place.pratica.id, sezione="economico")
    return render_template(
        "servizi/fondo.html",
        anno=today.year,
        capitoli=[
            (anno, found)
            for anno in (today.year, today.year + 1)
            if (found := fondo.chapters(operator.ente_id, anno)) or anno == today.year
        ],
        liste=lists,
        libera=bool(fondo.may_release(operator)),
    )


@blueprint.post("/fondo/libera")
def release_fund() -> Response:
    operator = current_operator()
    servizio = request.form.get("servizio", "")
    if servizio not in SERVIZI:
        flash("Scegli la lista da cui chiamare.", "avviso")
        return redirect(url_for("servizi.fund"), 303)
    called = service.release_fund(operator, servizio)
    if called:
        word = "persona" if called == 1 else "persone"
        flash(f"Fondo liberato per {called} {word}: la pratica va avanti da sola.", "ok")
    else:
        flash("Nessuno chiamato: la lista è vuota, o il fondo non basta per la prima persona.", "avviso")
    return redirect(url_for("servizi.fund"), 303)


@blueprint.route("/fondo/denaro", methods=["GET", "POST"])
def add_money() -> Page:
    """Money comes to a capitolo."""
    operator = current_operator()
    policy.require(operator, "task:complete", Subject(operator.ente_id, ruolo=fondo.HOLDER))
    form = denaro.form(_today())
    if request.method == "GET":
        return render_template("servizi/denaro.html", tree=form.tree({"anno": _today().year}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        try:
            covered = service.add_money(operator, parsed.data)
        except CapitoloElsewhere:
            said = "Quest’anno è già di un altro servizio: ricontrolla il numero."
            wrong = form.messages(
                [FieldError(("capitolo",), "operazione", parsed.data["capitolo"], said)], parsed.data
            )
        else:
            one, many = "servizio in corso ora è coperto", "servizi in corso ora sono coperti"
            more = f" {written.plural(covered, one, many)}." if covered else ""
            flash(f"Denaro aggiunto al capitolo {parsed.data['capitolo']}.{more}", "ok")
            return redirect(url_for("servizi.fund"), 303)
    page = render_template("servizi/denaro.html", tree=form.tree(parsed.data, wrong, typed=parsed.typed))
    return (page, 422) if wrong else page


@blueprint.route("/fondo/capitoli/<int:budget_id>", methods=["GET", "POST"])
def reduce_money(budget_id: int) -> Page:
    """A capitolo: what came to it and what was taken, and taking money away."""
    operator = current_operator()
    capitolo = service.find_chapter(operator, budget_id, _today().year)
    form = denaro.reduction()
    if request.method == "GET":
        return _chapter_page(capitolo, form.tree({}))
    parsed = form.parse(request.form)
    wrong = [] if parsed.action else form.check(parsed.data, parsed.refused)
    if not parsed.action and not wrong:
        try:
            service.reduce_money(operator, budget_id, parsed.data)
        except CapitoloTaken as taken:
            free = written.euro(taken.disponibile)
            words = f"Il resto è già prenotato o speso: si possono togliere al massimo {free}"
            field = FieldError(("euro",), "operazione", parsed.data["euro"], words)
            wrong = form.messages([field], parsed.data)
        else:
            flash(f"Denaro tolto dal capitolo {capitolo.capitolo}.", "ok")
            return redirect(url_for("servizi.fund"), 303)
    page = _chapter_page(capitolo, form.tree(parsed.data, wrong, typed=parsed.typed))
    return (page, 422) if wrong else page


def _chapter_page(capitolo: Budget, tree: Tree) -> str:
    changes = budget.changes(db.session(), capitolo.ente_id, capitolo.id)
    return render_template(
        "servizi/capitolo.html",
        capitolo=capitolo,
        servizio=parole.SERVIZI[capitolo.servizio],
        variazioni=[(each, _who(each.da_chi or "")) for each in changes],
        tree=tree,
    )

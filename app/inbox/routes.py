"""The scrivania: what I must do, what I may take, what my unit has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.gate import current_operator, local_path
from app.attivita import service
from app.database import db
from app.format import age
from app.inbox import rows
from app.inbox.counts import by_view
from app.inbox.rows import GRUPPI, PAGE, VISTE, Filter, Row
from app.pagine.frame import menu
from app.rights import policy
from app.servizi.pagine import ordini
from app.values import to_id
from engine import EngineError

blueprint = Blueprint("inbox", __name__)

TITOLI = {"scadute": "Scadute", "oggi": "Oggi", "settimana": "Entro 7 giorni", "oltre": "Più avanti"}
SEGNI = {
    "minori": ("minore", "persona"),
    "giudiziaria": ("atti giudiziari", "lucchetto"),
    "violenza": ("riservata", "lucchetto"),
    "adozione": ("riservata", "lucchetto"),
}
MASSIMO = 100  # tasks in one bulk action


@blueprint.get("/")
def home() -> Response:
    """The day begins at the scrivania, or for who has none at the first page of the bar."""
    entries = menu(current_operator(), lambda _: None)
    return redirect(entries[0]["url"] if entries else url_for("pagine.benvenuto"))


@blueprint.get("/scrivania")
def scrivania() -> str:
    operator = current_operator()
    policy.require_ever(operator, "read:inbox")
    now = datetime.now().astimezone()
    wanted = _wanted()
    found = rows.list_rows(db.session, operator, wanted, now)
    more, found = len(found) > PAGE, found[:PAGE]
    paths, steps = rows.choices(db.session, operator)
    supervises = policy.may_ever(operator, "task:assign")
    return render_template(
        "inbox/scrivania.html",
        vista=wanted.vista,
        filtro=wanted,
        conteggi=by_view(operator, now),
        per_gruppo=rows.count_groups(db.session, operator, Filter(wanted.vista), now),
        gruppi=_groups(found) if wanted.ordina == "scadenza" else _flat(found),
        percorsi=paths,
        passi=steps,
        colleghi=rows.colleagues(db.session, operator) if supervises else [],
        assegna=supervises,
        avvia=policy.may_ever(operator, "pratica:start"),
        altre=more,
        ordini=ordini.unanswered(operator),
        oggi=now,
        indirizzo=_address,
    )


def _wanted() -> Filter:
    asked = request.args
    vista = asked.get("vista", "mie")
    return Filter(
        vista=vista if vista in VISTE else "mie",
        q=asked.get("q_lista", "")[:100],
        percorso=asked.get("percorso", "")[:100],
        passo=asked.get("passo", "")[:100],
        quando=asked.get("quando", "") if asked.get("quando", "") in GRUPPI else "",
        chi=to_id(asked.get("chi")),
        ordina=asked.get("ordina", "scadenza"),
        pagina=min(max(asked.get("pagina", 1, type=int), 1), 10_000),
    )


def _address(**changes: Any) -> str:
    """The page as it is, with something changed; None drops a parameter."""
    kept = {**request.args.to_dict(), "pagina": None, **changes}
    return url_for("inbox.scrivania", **{name: value for name, value in kept.items() if value})


def _groups(found: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "chiave": gruppo,
            "titolo": TITOLI[gruppo],
            "attivita": [_shown(row) for row in found if row.gruppo == gruppo],
        }
        for gruppo in GRUPPI
    ]


def _flat(found: list[Row]) -> list[dict[str, Any]]:
    return [{"chiave": "tutte", "titolo": "Tutte", "attivita": [_shown(row) for row in found]}]


def _shown(row: Row) -> dict[str, Any]:
    now = datetime.now().astimezone()
    segno = SEGNI.get(row.riservatezza)
    return {
        "id": row.id,
        "url": url_for("attivita.show", task_id=row.id),
        "titolo": row.titolo,
        "nota": row.nota,
        "scadenza": row.scadenza,
        "persona": row.persona,
        "eta": age(row.nascita, now),
        "segni": [{"testo": segno[0], "segno": segno[1]}] if segno else [],
        "percorso": row.percorso,
        "pratica": row.pratica,
        "chi": row.chi,
        "dal": row.dal,
    }


@blueprint.get("/conteggi")
def counts() -> Response:
    """Counts that the page keeps fresh."""
    operator = current_operator()
    policy.require_ever(operator, "read:inbox")
    now = datetime.now().astimezone()
    return jsonify(by_view(operator, now))


@blueprint.post("/scrivania/scelte")
def bulk() -> Response:
    """Take, give or leave the chosen tasks; each by its own rights, and what failed is said."""
    operator = current_operator()
    chosen = [each for value in request.form.getlist("scelte") if (each := to_id(value))][:MASSIMO]
    action = request.form.get("azione", "")
    to = to_id(request.form.get("a"))
    done, failed = 0, 0
    for task_id in chosen:
        try:
            _apply(action, task_id, to)
            done += 1
        except (EngineError, policy.NotAllowed):
            failed += 1
    _say(operator.name, action, done, failed, len(chosen))
    return redirect(local_path(request.form.get("torna") or url_for("inbox.scrivania")), 303)


def _apply(action: str, task_id: int, to: int | None) -> None:
    operator = current_operator()
    if action == "prendi":
        service.claim(operator, task_id)
    elif action == "lascia":
        service.release(operator, task_id)
    elif action == "assegna" and to is not None:
        service.give(operator, task_id, to)


def _say(name: str, action: str, done: int, failed: int, chosen: int) -> None:
    if not chosen:
        flash("Scegli almeno un’attività dall’elenco.", "avviso")
    elif done:
        verb = {"prendi": "prese", "lascia": "lasciate", "assegna": "assegnate"}.get(action, "cambiate")
        flash(f"Attività {verb}: {done}.", "ok")
    if failed:
        flash(
            f"Non è stato possibile per {failed}: nel frattempo sono cambiate, o toccano ad altri.", "avviso"
        )

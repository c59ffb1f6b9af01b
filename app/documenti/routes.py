"""Documents on the screen: a file to take away, a text to read, a form to add one."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import errors
from app.accounts.gate import current_operator
from app.audit import saw
from app.database import db
from app.documenti import adding, antivirus, reading
from app.documenti.reading import FileGone, FileWaiting
from app.documenti.tipo import title_of
from app.documenti.uploads import OfPratica
from app.errors import Meaning
from app.forms import Sources, Tree
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica

blueprint = Blueprint("documenti", __name__)

# Even a browser told to show it may run nothing of it, nor ask anything of us.
NOTHING_RUNS: Final = "sandbox; default-src 'none'"

errors.register(
    FileWaiting,
    Meaning(
        423,
        "Il file aspetta il controllo antivirus",
        "È al sicuro, ma nessuno lo può aprire prima del controllo.",
        "Riprova tra qualche minuto. Se succede ancora, avvisa chi amministra Percorsi.",
    ),
)
errors.register(
    FileGone,
    Meaning(
        410,
        "Il file non c’è più",
        "Conteneva un virus, oppure era rimasto in un modulo mai completato.",
        "Se ti serve, chiedilo di nuovo a chi l’aveva mandato.",
    ),
)


def init_app(app: Flask) -> None:
    """The pages and the antivirus. Raises SettingRefused."""
    antivirus.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.get("/documenti/<int:file_id>")
def download(file_id: int) -> Response:
    """A file, to be saved and never shown: what it may hide has no page of ours to act on."""
    served = reading.open_file(current_operator(), file_id)
    response = send_file(
        BytesIO(served.content),
        served.media,
        as_attachment=True,
        download_name=served.nome,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/documenti/testo/<int:documento_id>")
def text(documento_id: int) -> str:
    documento, pratica = reading.open_text(current_operator(), documento_id)
    return render_template(
        "documenti/testo.html",
        pratica=pratica,
        occhiello=title_of(documento.tipo),
        titolo=documento.titolo,
        testo=documento.testo or "",
        quando=documento.recorded_at,
        a=None,
    )


@blueprint.get("/documenti/lettera/<int:avviso_id>")
def letter(avviso_id: int) -> str:
    avviso, pratica = reading.open_letter(current_operator(), avviso_id)
    return render_template(
        "documenti/testo.html",
        pratica=pratica,
        occhiello="Lettera",
        titolo=avviso.oggetto,
        testo=avviso.testo,
        quando=avviso.inviato_at,
        a=avviso.destinatario,
    )


@blueprint.route("/pratiche/<int:pratica_id>/documenti/nuovo", methods=["GET", "POST"])
def add(pratica_id: int) -> str | AnyResponse | tuple[str, int]:
    """Add a document to a pratica."""
    operator = current_operator()
    pratica = db.session.scalar(select(Pratica).where(Pratica.id == pratica_id))
    if pratica is None:
        raise NotFound
    subject = subject_of(db.session, pratica)
    adding.require_add(operator, subject)
    saw(pratica.persona_id, pratica.id, sezione="documenti")
    form, sources = adding.form_for(operator, subject), Sources(uploads=OfPratica(operator, pratica))
    if request.method == "GET":
        return _form_page(pratica, form.tree({}, sources=sources))
    parsed = form.parse(request.form, request.files, sources)
    found = [] if parsed.action else form.check(parsed.data, parsed.refused, sources)
    if parsed.action or found:
        tree = form.tree(parsed.data, found, typed=parsed.typed, sources=sources)
        return _form_page(pratica, tree), 422 if found else 200
    adding.add(operator, pratica_id, parsed.data)
    flash(f"Aggiunto: {parsed.data['titolo']}.", "ok")
    return redirect(url_for("pratiche.show", pratica_id=pratica_id), 303)


def _form_page(pratica: Pratica, tree: Tree) -> str:
    return render_template("documenti/nuovo.html", pratica=pratica, tree=tree)

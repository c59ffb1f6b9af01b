"""A page with one form on it, for the tests: strict CSP, the repository's own sheets and script."""

from pathlib import Path

from flask import Flask, Response, make_response, render_template_string, request, send_from_directory

import app as package
from app import format as writing
from app.forms import Form, Sources
from app.forms.routes import blueprint

APP = Path(package.__file__).parent
FRONTEND = APP / "frontend"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'"
)

PAGE = """
{%- from "forms/form.html" import modulo -%}
<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Prova – Percorsi</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<meta name="htmx-config" content='{"includeIndicatorCSS": false}'>
{% for sheet in sheets %}<link rel="stylesheet" href="/frontend/{{ sheet }}">{% endfor %}
{% if script %}<script type="module" src="/frontend/node_modules/htmx.org/dist/htmx.esm.min.js"></script>
<script type="module" src="/frontend/src/form.js"></script>{% endif %}</head>
<body class="pr"><main><div class="pr-page"><h1>Prova</h1>
{% call modulo(tree, "/", comuni="/moduli/comuni") %}
<div class="pr-comandi"><button class="btn btn-primary">Completa</button></div>
{% endcall %}
</div></main></body></html>
"""


class Site:
    """What was asked of the page and what was accepted."""

    def __init__(self, form: Form, data=None, sources=None, script=True) -> None:
        self.form = form
        self.data = data or {}
        self.sources = sources or Sources()
        self.script = script
        self.accepted = None
        self.taken = False
        self.posts: list[str | None] = []
        self.before_answer = lambda: None

    def show(self) -> Response:
        return self.page(self.form.tree(self.data, sources=self.sources), 200)

    def take(self) -> Response:
        self.posts.append(request.form.get("_azione"))
        self.before_answer()
        if self.taken:
            return make_response("<!doctype html><title>Presa</title><h1>L’ha completata Anna</h1>", 409)
        parsed = self.form.parse(request.form, request.files, self.sources)
        found = [] if parsed.action else self.form.check(parsed.data, parsed.refused, self.sources)
        if not parsed.action and not found:
            self.accepted = parsed.data
            return make_response("<!doctype html><title>Fatto</title><h1>Fatto</h1>")
        tree = self.form.tree(parsed.data, found, typed=parsed.typed, sources=self.sources)
        return self.page(tree, 422 if found else 200)

    def page(self, tree, status: int) -> Response:
        sheets = ["src/percorsi.css", "src/stile/domande.css"]
        bootstrap = "node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css"
        if (FRONTEND / bootstrap).exists():
            sheets.insert(0, bootstrap)
        html = render_template_string(PAGE, tree=tree, sheets=sheets, script=self.script)
        response = make_response(html, status)
        response.headers["Content-Security-Policy"] = CSP
        return response


def flask_app(site: Site) -> Flask:
    server = Flask("app", root_path=str(APP))
    server.config["TESTING"] = True
    writing.init_app(server)
    server.register_blueprint(blueprint)
    server.add_url_rule("/", "show", site.show, methods=["GET"])
    server.add_url_rule("/", "take", site.take, methods=["POST"])
    server.add_url_rule("/frontend/<path:name>", "frontend", lambda name: send_from_directory(FRONTEND, name))
    return server

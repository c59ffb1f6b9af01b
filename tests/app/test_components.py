"""The macros of templates/components/, rendered as pages render them."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string
from lxml import html

from app import assets, format
from app.diagram import brief, outline, svg
from engine.xml import parse_xml

APP = Path(format.__file__).parent
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=format.ROME)
COMPONENTS = sorted(path.name for path in (APP / "templates" / "components").glob("*.html"))


@pytest.fixture
def app(tmp_path):
    files = ("percorsi.js", "percorsi.css", "bootstrap-italia.css")
    entries = ",".join(f'"src/{name}": {{"file": "{name}"}}' for name in files)
    (tmp_path / "manifest.json").write_text("{" + entries + "}")
    app = Flask("app", root_path=str(APP))
    app.secret_key = "prova"
    format.init_app(app, lambda: NOW)
    assets.init_app(app, assets.Manifest(tmp_path))
    app.jinja_env.globals["csrf_token"] = lambda: "gettone"
    return app


@pytest.fixture
def render(app):
    def rendered(source, **context):
        with app.test_request_context():
            return html.fromstring(f"<div>{render_template_string(source, **context)}</div>")

    return rendered


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_compiles_and_says_what_it_takes(app, name):
    app.jinja_env.get_template(f"components/{name}")
    source = (APP / "templates" / "components" / name).read_text()
    assert source.startswith("{#-")


@pytest.mark.parametrize(
    ("when", "css", "words"),
    [
        ("2026-11-20", "pr-scad--scaduta", "scaduta 3 giorni fa"),
        ("2026-11-23", "pr-scad--oggi", "oggi"),
        ("2026-11-25", "pr-scad--presto", "mer 25 nov"),
        ("2026-12-31", "pr-scad--poi", "gio 31 dic"),
        (None, "pr-muted", "senza scadenza"),
    ],
)
def test_a_deadline_has_a_class_and_words(render, when, css, words):
    source = '{% from "components/segni.html" import scadenza %}{{ scadenza(quando) }}'
    mark = render(source, quando=when).find("span")
    assert css in mark.get("class")
    assert " ".join(mark.text_content().split()) == words


def test_the_clock_shares_its_length_among_days(render):
    # given twenty days counted, ten suspended, ten left
    source = (
        '{% from "components/orologio.html" import orologio %}{{ orologio(tratti, "Restano 10 giorni") }}'
    )
    days = (("usati", 20), ("fermo", 10), ("resto", 10))
    tratti = [{"tipo": kind, "giorni": count} for kind, count in days]
    # when
    page = render(source, tratti=tratti)
    # then today stands where the rest begins
    assert page.xpath(".//*[@class='o-resto']/@x") == ["75.00%"]
    assert page.xpath(".//*[@class='o-oggi']/@x1") == ["75.00%"]
    assert page.xpath(".//*[@class='o-fermo']/@fill") == ["url(#term-tratti)"]


def test_what_a_person_wrote_is_escaped(render):
    source = '{% from "components/segni.html" import persona_testa %}{{ persona_testa({"nome": nome}) }}'
    page = render(source, nome="<script>alert(1)</script>")
    assert not page.xpath(".//script")


def test_a_menu_posts_what_changes_something(render):
    source = '{% from "components/comandi.html" import menu %}{{ menu("Altro", voci, "gettone") }}'
    page = render(source, voci=[{"nome": "Annulla", "url": "/annulla", "invia": True}])
    assert page.xpath(".//form/@method") == ["post"]
    assert page.xpath(".//input[@name='csrf_token']/@value") == ["gettone"]


def test_tasks_keep_their_table_roles_when_they_become_cards(render):
    # given
    una = {"id": 7, "url": "/attivita/7", "titolo": "Visita a casa", "persona": "Repetto", "scadenza": None}
    source = (
        '{% from "components/elenchi.html" import lista_attivita %}'
        '{{ lista_attivita([{"chiave": "poi", "titolo": "Poi", "attivita": [una]}], "Le mie", chi=true) }}'
    )
    # when
    page = render(source, una=una)
    # then
    assert page.xpath(".//table/@role") == ["table"]
    assert page.xpath(".//input/@aria-label") == ["Scegli: Visita a casa, Repetto"]
    assert "nessuno" in page.text_content()


def test_the_outline_links_each_answer_to_its_step(render):
    # given
    xml = parse_xml((Path(__file__).parent / "diagram" / "visita.bpmn").read_bytes())
    source = '{% from "components/cammino.html" import cammino %}{{ cammino(disegno, racconto, breve) }}'
    # when
    told = outline(xml)
    page = render(source, disegno=svg(xml), racconto=told, breve=brief(told))
    # then
    ids = set(page.xpath(".//@id"))
    targets = page.xpath(".//ol//a/@href")
    assert targets
    assert {target.removeprefix("#") for target in targets} <= ids


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 429, 500, 503])
def test_error_pages_say_what_happened_and_what_to_do(render, status):
    # given
    meaning = SimpleNamespace(status=status, titolo="Che cosa", testo="Al sicuro.", rimedio="Fai così.")
    # when
    page = render(f'{{% include "errori/{status}.html" %}}', errore=meaning, fatti={}, richiesta="a1b2")
    # then
    words = page.text_content()
    assert all(part in words for part in ("Che cosa", "Al sicuro.", "Fai così."))
    assert ("a1b2" in words) == (status >= 500)

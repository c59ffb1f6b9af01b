"""Every page of every role: nothing that axe-core knows, nothing wider than a phone, nothing in the console.

The pages of the story itself are looked at while it is told (test_story_by_mouse.py).
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.settings import Settings
from app.web import create_app
from app.wiring import make_engines

pytestmark = pytest.mark.xdist_group("journeys")

EVERYBODY = ("/password", "/accessibilita", "/privacy", "/aiuto", "/benvenuto", "/non-esiste")
ROLES = {
    "marco.costa": ("/scrivania?vista=prendere", "/cerca?q=Costa", "/persone/{persona}", "/pratiche/"),
    "giulia.parodi": (
        "/scrivania?vista=unita",
        "/cerca",
        "/persone/{persona}",
        "/pratiche/",
        "/pratiche/{pratica}",
        "/attivita/{attivita}/rimanda",
        "/attivita/{attivita}/delega",
        "/pratiche/{servita}/messaggi/rimodulazione_richiesta/{ordine_servito}",
        "/pratiche/{pratica}/documenti/nuovo",
        "/documenti/lettera/{avviso}",
        "/persone/{persona}/decesso",
        "/persone/{persona}/diario",
        "/persone/{persona}/isee",
        "/persone/{persona}/residenza",
    ),
    "luca.repetto": ("/pratiche/{pratica}", "/pratiche/{pratica}/accesso-straordinario"),
    "anna.traverso": (
        "/scrivania?vista=unita",
        "/pratiche/{pratica}",
        "/accessi-straordinari",
        "/fondo",
        "/passi-fermi/",
        "/persone/{persona}/consultazioni",
        "/pratiche/{pratica}/consultazioni",
    ),
    "paolo.ferrari": (
        "/scrivania?vista=prendere",
        "/pratiche/{pratica}",
        "/fondo",
        "/fondo/denaro",
        "/fondo/capitoli/{capitolo}",
    ),
    "silvia.canepa": ("/scrivania?vista=unita", "/ordini", "/fondo"),
    "dario.olivieri": ("/scrivania?vista=unita", "/ordini"),
    "elsa.pittaluga": ("/scrivania", "/pratiche/"),
    "coop.lanterna": (
        "/scrivania",
        "/ordini",
        "/ordini/{ordine}",
        "/ordini/{ordine}/rifiuta",
        "/ordini/{ordine_servito}",
        "/ordini/{ordine_servito}/mese",
        "/ordini/{ordine_servito}/messaggi/rimodulazione_richiesta",
        "/ordini/operatori/{fornitore}",
        "/ordini/operatori/{fornitore}/nuovo",
    ),
    "admin.genova": (
        "/",
        "/passi-fermi/",
        "/operatori/?stato=sospesi",
        "/operatori/nuovo",
        "/operatori/ruoli",
        "/operatori/{operatore}",
        "/operatori/{operatore}/ruoli",
        "/operatori/programmi/",
        "/operatori/programmi/nuovo",
        "/parametri/",
        "/parametri/{percorso}/{parametro}",
        "/unita/",
        "/unita/nuova",
        "/unita/{unita}",
        "/fornitori/",
        "/fornitori/nuovo",
        "/fornitori/{fornitore}",
        "/fornitori/{fornitore}/sospendi",
    ),
    "dpo.genova": ("/consultazioni", "/persone/{persona}/consultazioni"),
    "analista.genova": ("/scrivania?vista=unita", "/pratiche/{pratica}"),
}
# Pages that the other journeys look at, or the tests of a step that has stopped, and what is no page.
ELSEWHERE = {
    "/accesso",
    "/attivita/<int:task_id>",
    "/documenti/testo/<int:documento_id>",  # the page of a letter
    "/invio-sospeso/<key>",
    "/ordini/operatori/<fornitore_id>/<int:number>/fine",  # tests/app/servizi_pagine/test_operatori.py
    "/passi-fermi/<int:incident_id>",  # tests/app/incidents/test_pages.py
    "/passi-fermi/<int:incident_id>/correggi",
    "/passi-fermi/<int:incident_id>/risultato",
}
NO_PAGE = re.compile(
    r"^/(api|static|health)/|\.bpmn$|^/conteggi$|^/moduli/comuni$|^/documenti/<int:file_id>$"
)


@pytest.fixture(scope="package")
def ids(shortcut):
    """Numbers of three women: one's order waits at La Lanterna, one waits for a visit, one is helped."""
    ordered = shortcut.to_order("Costa", "Bianca", "CSTBNC48C54D969R")
    visited = shortcut.to_visit("Costa", "Dora", "CSTDRO48C54D969T")
    served = shortcut.to_service("Costa", "Ada", "CSTDAA48C54D969Y")
    return {
        **shortcut.numbers(ordered),
        "attivita": shortcut.finds(visited, "visita_domiciliare"),
        "servita": served,
        "ordine_servito": shortcut.numbers(served)["ordine"],
        "operatore": 1,  # the first account, and a capitolo of next year
        "capitolo": 3,
        "percorso": "domiciliarita",
        "parametro": "tariffa_massima",
        "unita": "ats-centro-est",
        "fornitore": "coop-lanterna",
    }


@pytest.mark.parametrize("username", ROLES)
def test_every_page_of_a_role_can_be_used_by_everybody(at_desk, watch, ids, username):
    # given
    watch.expected |= {403, 404}
    person = at_desk(username).enters()
    # when
    for path in ROLES[username]:
        person.goes_to(path.format(**ids)).looks(f"{username} {path}")
    # then
    watch.finds_nothing_wrong()


def test_the_pages_of_everybody_too(at_desk, watch):
    # given
    watch.expected.add(404)
    person = at_desk("giulia.parodi").enters()
    # when
    for path in EVERYBODY:
        person.goes_to(path).looks(path)
    # then
    watch.finds_nothing_wrong()


def test_no_page_is_forgotten():
    settings = Settings("test", Path(), "127.0.0.1", 0, "k" * 40, "postgresql://nobody@/nothing", None)
    rules = create_app(settings, make_engines({})).url_map.iter_rules()
    pages = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and not NO_PAGE.search(rule.rule)}
    looked = {shape(path) for paths in (EVERYBODY, *ROLES.values()) for path in paths}
    forgotten = {page for page in pages - ELSEWHERE if shape(page) not in looked}
    assert not forgotten, "add these pages to the roles that open them"


def shape(path):
    """A path without what changes from one record to another."""
    path = path.partition("?")[0]
    path = re.sub(r"/messaggi/.*", "/messaggi/…", path)
    return re.sub(r"[<{][^>}]*[>}]", "…", path)


def test_the_focus_goes_first_to_the_link_that_skips_to_the_content(at_desk):
    # given
    giulia = at_desk("giulia.parodi").enters()
    # when
    giulia.goes_to("/pratiche/").hits("Tab")
    # then
    expect(giulia.page.get_by_role("link", name="Vai al contenuto")).to_be_focused()
    giulia.hits("Enter")
    expect(giulia.page.locator("#contenuto")).to_be_focused()

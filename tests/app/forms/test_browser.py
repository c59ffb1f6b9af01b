"""Forms in a real browser: accessible at every width, whole without script, patient with slow answers."""

import threading

import pytest
from playwright.sync_api import expect

from app.forms import Sources
from tests.app.servizi_pagine.citta import NARROW, assert_accessible

from .piano import ANSWERS, piano
from .questions import Registry, Shelf, form_of
from .site import Site

EVERYTHING = form_of(
    {
        "chi": {"type": "string", "title": "Chi chiede"},
        "nuova": {
            "type": "object",
            "title": "Chi accompagna",
            "properties": {
                "persona_id": {"type": "string"},
                "nuova": {"type": "object", "properties": {"nome": {"type": "string", "title": "Nome"}}},
            },
        },
        "quando": {"type": "string", "format": "date-time", "title": "Quando"},
        "ora": {"type": "string", "format": "time", "title": "A che ora"},
        "iban": {"type": "string", "format": "iban", "title": "IBAN"},
        "email": {"type": "string", "format": "email", "title": "Email"},
        "nascita": {"type": "string", "format": "belfiore", "title": "Luogo di nascita"},
        "consenso": {"type": "boolean", "const": True, "title": "Ho letto l’informativa"},
        "documento": {"type": "string", "contentMediaType": "application/pdf", "title": "Documento"},
        "ore": {"type": "integer", "title": "Ore alla settimana"},
        "molte": {"enum": ["a", "b", "c", "d", "e"], "title": "Fascia"},
        "righe": {
            "type": "array",
            "title": "Impegni",
            "minItems": 1,
            "items": {"type": "string", "title": "Impegno"},
        },
    },
    {
        "campi": {
            "chi": {"widget": "persona"},
            "nuova": {"widget": "persona"},
            "consenso": {"widget": "spunta"},
            "ore": {"unita": "ore"},
            "righe": {"voce": "un impegno"},
        }
    },
    required=["chi", "consenso", "righe", "ora"],
)
FILLED = {
    "chi": "7",
    "nuova": {"nuova": {"nome": "Ada"}},
    "nascita": "Z110",
    "righe": ["uno", "due"],
    "ora": "08:30",
}


def everything(data=None):
    return Site(EVERYTHING, data, Sources(people=Registry(), uploads=Shelf()))


@pytest.mark.parametrize("data", [{}, ANSWERS], ids=["empty", "filled"])
def test_a_plan_is_accessible_before_and_after_errors(visit, data):
    page = visit(Site(piano(), data), NARROW)
    assert_accessible(page)
    page.fill("#c-tetto", "12,3x")
    page.fill("#c-indirizzo-comune", "Samone")
    page.get_by_role("button", name="Completa").click()
    expect(page.locator("#sommario")).to_be_focused()
    assert_accessible(page)


@pytest.mark.parametrize("data", [None, FILLED], ids=["empty", "filled"])
def test_every_other_kind_of_question_is_accessible(visit, data):
    page = visit(everything(data), NARROW)
    assert_accessible(page)
    page.get_by_role("button", name="Completa").click()
    assert_accessible(page)


def test_all_works_without_script(visit):
    site = Site(piano(), ANSWERS)
    page = visit(site, javascript=False)
    page.get_by_role("button", name="Aggiungi una persona").click()
    page.fill("#c-aprono-1-nome", "Nadia Cortese")
    page.fill("#c-aprono-1-telefono", "010 555 0177")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Aggiungi un turno").click()
    expect(page.locator("#c-quali")).to_have_count(0)
    page.get_by_role("button", name="Togli il turno Turno 3").click()
    page.fill("#c-tetto", "140")
    page.get_by_role("button", name="Completa").click()
    expect(page.locator("#sommario")).to_contain_text("Motivo del tetto: manca")
    page.fill("#c-motivo", "Pensione minima")
    page.get_by_role("button", name="Completa").click()
    expect(page.get_by_role("heading", name="Fatto")).to_be_visible()
    assert site.accepted["aprono"][1] == {"nome": "Nadia Cortese", "telefono": "+390105550177"}
    assert site.accepted["motivo"] == "Pensione minima"
    assert "quali" not in site.accepted


def test_a_link_of_the_summary_leads_to_the_control(visit):
    page = visit(Site(piano(), {}))
    page.get_by_role("button", name="Completa").click()
    page.get_by_role("link", name="Ci sono animali?").click()
    expect(page.locator("#c-animali-0")).to_be_focused()


def test_only_the_form_is_asked_again_when_an_answer_shows_a_question(visit):
    site = Site(piano(), {})
    page = visit(site)
    page.evaluate("window.marked = true")
    page.fill("#c-indicazioni", "Suonare due volte")
    page.get_by_label("Sì", exact=True).check()
    page.locator("#c-quali").fill("Un cane")
    expect(page.locator("#c-indicazioni")).to_have_value("Suonare due volte")
    page.get_by_label("No", exact=True).check()
    expect(page.locator("#c-quali")).to_have_count(0)
    page.get_by_label("Sì", exact=True).check()
    expect(page.locator("#c-quali")).to_have_value("Un cane")
    assert page.evaluate("window.marked")
    assert site.posts == ["aggiorna"] * 3


class Slow:
    """Holds every answer until it is let go."""

    def __init__(self, site):
        self.gate = threading.Event()
        site.before_answer = lambda: self.gate.wait(60)

    def let_go(self):
        self.gate.set()


def test_what_is_typed_while_an_answer_is_on_its_way_stays_and_keeps_the_focus(visit):
    site = Site(piano(), {"indicazioni": "prima", "rischi": ["fumo"]})
    page = visit(site)
    slow = Slow(site)
    page.get_by_label("Sì", exact=True).check()
    page.fill("#c-indicazioni", "dopo")
    page.locator("#c-rischi-0").check()
    page.locator("#c-rischi-1").uncheck()
    page.fill("#c-tetto", "1")
    page.locator("#c-indirizzo-via").press_sequentially("Via Jori")
    slow.let_go()
    expect(page.locator("#c-quali")).to_have_count(1)
    expect(page.locator("#c-motivo")).to_have_count(1)
    expect(page.locator("#c-indirizzo-via")).to_be_focused()
    page.keyboard.type(" 14")
    expect(page.locator("#c-indirizzo-via")).to_have_value("Via Jori 14")
    expect(page.locator("#c-indicazioni")).to_have_value("dopo")
    assert page.locator("input[name=rischi]:checked").evaluate_all("all => all.map(each => each.value)") == [
        "scale"
    ]


def test_two_quick_clicks_are_both_heard(visit):
    site = Site(piano(), ANSWERS)
    page = visit(site)
    slow = Slow(site)
    page.get_by_role("button", name="Aggiungi una persona").click()
    page.fill("#c-aprono-0-nome", "Marina Rossi")
    page.get_by_label("No", exact=True).check()
    slow.let_go()
    expect(page.locator("#c-quali")).to_have_count(0)
    expect(page.locator("#c-aprono-1-nome")).to_have_count(1)
    expect(page.locator("#c-aprono-0-nome")).to_have_value("Marina Rossi")
    assert site.posts == ["aggiungi:aprono", "aggiorna"]


def test_a_new_row_takes_the_focus_and_a_removed_one_gives_it_back(visit):
    page = visit(Site(piano(), ANSWERS))
    page.get_by_role("button", name="Aggiungi una persona").click()
    expect(page.locator("#c-aprono-1-nome")).to_be_focused()
    page.keyboard.type("Nadia")
    page.locator("#c-aprono-0-togli").click()
    expect(page.locator("#c-aprono-0-nome")).to_have_value("Nadia")
    expect(page.locator("#c-aprono-1-nome")).to_have_count(0)
    expect(page.locator("#c-aprono-aggiungi")).to_be_focused()


def test_ticks_follow_their_row(visit):
    page = visit(Site(piano(), ANSWERS))
    page.locator("#c-turni-0-giorni-6").check()
    page.get_by_role("button", name="Togli il turno Igiene personale").click()
    expect(page.locator("#c-turni-1-riga")).to_have_count(0)
    assert page.locator("#c-turni-0-riga input:checked").evaluate_all(
        "all => all.map(each => each.value)"
    ) == [
        "mar",
        "ven",
    ]


def test_hours_are_counted_while_one_writes(visit):
    page = visit(Site(piano(), ANSWERS))
    page.fill("#c-turni-0-alle", "9")
    page.keyboard.press("Tab")
    expect(page.locator("#c-turni-0-riga .pr-ore")).to_have_text("3:00")


def test_an_answer_without_the_form_is_shown_as_a_page(visit):
    site = Site(piano(), ANSWERS)
    page = visit(site)
    site.taken = True
    page.get_by_label("No", exact=True).click()
    expect(page.get_by_role("heading", name="L’ha completata Anna")).to_be_visible()


def test_a_municipality_is_suggested_while_one_writes(visit):
    page = visit(Site(piano(), {}))
    page.locator("#c-indirizzo-comune").press_sequentially("samo")
    expect(page.locator("#c-indirizzo-comune-l option").first).to_have_attribute("value", "Samo (RC)")


def test_a_file_is_sent_once(visit, tmp_path):
    (tmp_path / "relazione.pdf").write_bytes(b"%PDF-1.7 prova")
    site = everything({"chi": "7", "righe": ["uno"], "ora": "08:30"})
    page = visit(site)
    page.set_input_files("#c-documento", str(tmp_path / "relazione.pdf"))
    page.get_by_role("button", name="Aggiungi un impegno").click()
    expect(page.get_by_text("relazione.pdf", exact=True)).to_be_visible()
    page.get_by_label("Ho letto l’informativa").check()
    page.get_by_role("button", name="Completa").click()
    expect(page.get_by_role("heading", name="Fatto")).to_be_visible()
    assert list(site.sources.uploads.files) == ["f1"]
    assert site.accepted["documento"] == "f1"


def test_a_file_is_taken_away_and_its_control_waits_for_another(visit, tmp_path):
    # given
    (tmp_path / "relazione.pdf").write_bytes(b"%PDF-1.7 prova")
    site = everything({"chi": "7", "righe": ["uno"], "ora": "08:30"})
    page = visit(site)
    page.set_input_files("#c-documento", str(tmp_path / "relazione.pdf"))
    page.get_by_role("button", name="Aggiungi un impegno").click()
    # when
    page.get_by_role("button", name="Togli relazione.pdf").click()
    # then
    expect(page.get_by_text("relazione.pdf")).to_have_count(0)
    expect(page.locator("#c-documento")).to_be_focused()
    page.get_by_label("Ho letto l’informativa").check()
    page.get_by_role("button", name="Completa").click()
    expect(page.get_by_role("heading", name="Fatto")).to_be_visible()
    assert "documento" not in site.accepted


def test_a_person_is_searched_in_place(visit):
    site = everything()
    page = visit(site)
    page.fill("#c-chi-t", "ottonello")
    page.keyboard.press("Enter")
    expect(page.locator("#c-chi-p0")).to_be_focused()
    assert site.posts == ["cerca:chi"]
    page.get_by_label("Ottonello Carla").check()
    page.locator("#c-chi-cerca").click()
    expect(page.locator("#c-chi .pr-scelta-persona")).to_contain_text("Ottonello Carla")

"""The story with the keyboard alone: no test here touches a mouse."""

import pytest
from playwright.sync_api import expect

from tests.journeys import chapters
from tests.journeys.hands import Keyboard

pytestmark = pytest.mark.xdist_group("journeys")

CATERINA = ("Ottonello", "Caterina", "TTNCRN48C54D969H")


@pytest.fixture
def at_keyboard(at_desk):
    """Somebody who has no mouse."""
    return lambda username: at_desk(username, Keyboard).about("Ottonello").enters()


def test_a_contact_with_a_mistake_and_an_interview_with_rows(city, at_keyboard, watch):
    # given
    city.moves_to(2026, 11, 23)
    watch.expected.add(422)
    marco, giulia = at_keyboard("marco.costa"), at_keyboard("giulia.parodi")
    marco.presses("Registra un contatto").arrives_at("Registra il contatto")
    # when
    marco.answers(chapters.contact_of("Ottonello", "", "TTNCRN48C54D969H"))
    marco.hits("Control+Enter")
    # then
    expect(marco.page.locator("#sommario")).to_be_focused()
    marco.hits("Tab", "Enter")
    expect(marco.page.get_by_label("Nome", exact=True)).to_be_focused()
    # when
    marco.types("Caterina").hits("Control+Enter").reads("Completata: Registra il contatto.")
    # and
    giulia.opens("Fai il primo colloquio").answers(chapters.INTERVIEW)
    giulia.presses("Aggiungi una dimensione", within="Situazione rilevata")
    giulia.presses("Togli Dimensione 3", within="Situazione rilevata")
    giulia.hits("Control+Enter").reads("Completata: Fai il primo colloquio.")
    # then
    giulia.hits("/").types("Ottonello").hits("Enter").arrives_at("Risultati per «Ottonello»")
    giulia.follows("Caterina Ottonello").arrives_at("Caterina Ottonello")
    watch.finds_nothing_wrong()


def test_the_list_moves_chooses_and_takes_by_single_keys(shortcut, at_keyboard, watch):
    # given
    for nome, code in (("Adele", "TTNDLA48C54D969R"), ("Bice", "TTNBCI48C54D969Y")):
        shortcut.to_application("Ottonello", nome, code)
    giulia = at_keyboard("giulia.parodi").goes_to("/scrivania?vista=prendere&q_lista=Ottonello")
    links = giulia.page.locator(".pr-titolo a")
    # when
    giulia.hand.reach(links)
    # then
    expect(links.nth(0)).to_be_focused()
    giulia.hits("j")
    expect(links.nth(1)).to_be_focused()
    giulia.hits("k")
    expect(links.nth(0)).to_be_focused()
    giulia.hits("x")
    expect(giulia.page.locator(".pr-spunta").first).to_be_checked()
    giulia.looks("Scrivania, una scelta")
    giulia.hits("p").reads("Attività prese: 1.")
    watch.finds_nothing_wrong()


def test_all_keys_are_shown_and_lead_where_they_say(at_keyboard, watch):
    # given
    giulia = at_keyboard("giulia.parodi").goes_to("/pratiche/")
    # when
    giulia.hits("?")
    # then
    dialog = giulia.page.get_by_role("dialog", name="Tasti")
    expect(dialog).to_be_visible()
    giulia.looks("Tasti")
    giulia.hits("Escape")
    expect(dialog).to_be_hidden()
    giulia.hits("g", "s")
    giulia.page.wait_for_url("**/scrivania")
    watch.finds_nothing_wrong()


def test_the_supplier_takes_an_order(shortcut, at_keyboard, watch):
    # given
    shortcut.to_order("Ottonello", "Delia", "TTNDLE48C54D969V")
    lanterna = at_keyboard("coop.lanterna")
    # when
    lanterna.hits("g", "o").arrives_at("Ordini")
    lanterna.accepts_order_of("Delia")
    # then
    lanterna.reads("Ordine accettato.")
    watch.finds_nothing_wrong()

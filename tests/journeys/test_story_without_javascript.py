"""The story in a browser that runs no script: pages, forms and buttons are enough."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import chapters

pytestmark = pytest.mark.xdist_group("journeys")


@pytest.fixture
def at_plain_desk(at_desk):
    """Somebody whose browser runs no script."""
    return lambda username: at_desk(username, javascript=False).about("Repetto").enters()


def test_a_contact_an_interview_and_the_pratica(city, at_plain_desk, watch):
    # given
    city.moves_to(2026, 11, 23)
    watch.expected.add(422)
    marco, giulia = at_plain_desk("marco.costa"), at_plain_desk("giulia.parodi")
    marco.presses("Registra un contatto").arrives_at("Registra il contatto")
    # when
    marco.answers(chapters.contact_of("Repetto", "", "RPTGNI48C54D969C")).presses(
        "Completa e vai alla prossima"
    )
    # then
    marco.reads("da correggere").answers({"Nome": "Gina"}).completes()
    # when
    giulia.opens("Fai il primo colloquio").answers(
        {**chapters.INTERVIEW, "Come si prosegue": "Si chiede una prestazione"}
    )
    giulia.presses("Aggiungi una dimensione", within="Situazione rilevata")
    giulia.presses("Togli Dimensione 3", within="Situazione rilevata")
    giulia.presses("Completa e vai alla prossima")
    # then: the question that the last answer asks appears with its mistake
    giulia.reads("da correggere").answers({"Quale prestazione": "Aiuto in casa (domiciliarità)"}).completes()
    # when
    giulia.opens("Raccogli la domanda")
    giulia.searches("Repetto").follows("Gina Repetto").arrives_at("Gina Repetto")
    giulia.page.get_by_role("link", name=re.compile("^Domiciliarità")).click()
    # then
    giulia.reads("Apri: Raccogli la domanda")
    expect(giulia.page.locator(".pr-dia svg").first).to_be_visible()
    watch.finds_nothing_wrong()


def test_the_list_takes_what_is_chosen(shortcut, at_plain_desk, watch):
    # given
    shortcut.to_application("Repetto", "Emma", "RPTMME48C54D969C")
    giulia = at_plain_desk("giulia.parodi").goes_to("/scrivania?vista=prendere&q_lista=Repetto")
    # when
    giulia.page.get_by_role("checkbox", name="Emma Repetto").or_(
        giulia.page.locator(".pr-spunta")
    ).first.check()
    giulia.presses("Prendi")
    # then
    giulia.reads("Attività prese: 1.")


def test_the_supplier_takes_an_order(shortcut, at_plain_desk, watch):
    # given
    shortcut.to_order("Repetto", "Ida", "RPTDIA48C54D969Q")
    lanterna = at_plain_desk("coop.lanterna")
    # when
    lanterna.follows("Ordini").accepts_order_of("Ida")
    # then
    lanterna.reads("Ordine accettato.")

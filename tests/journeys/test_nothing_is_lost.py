"""Nothing that somebody wrote is ever lost: mistakes, expired sessions, no network, two at once, two clicks."""

import re
import time

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.journeys import chapters
from tests.journeys.person import PATIENCE

pytestmark = pytest.mark.xdist_group("journeys")

STEP = re.compile(r"/attivita/\d+$")
REQUEST = "Non riesco più a fare le scale."
CALL = {
    "Canale": "Telefono",
    "Giorno del contatto": "2026-11-23",
    "Chi chiede": "La persona stessa",
    "Cognome": "Bruzzone",
    "Nome": "Ada",
    "Che cosa chiede": REQUEST,
    "Tipo di richiesta": "Vuole un'informazione",
    "Area": "Anziani",
    "Urgenza": "Nessuna",
    "C'è un minore che può essere in pericolo": False,
    "Informativa sulla privacy consegnata": True,
}


@pytest.fixture
def marco(at_desk):
    """At the counter, before the form of a first contact."""
    someone = at_desk("marco.costa").about("Bruzzone").enters()
    return someone.presses("Registra un contatto").arrives_at("Registra il contatto")


def what_she_asks(person):
    return person.page.get_by_label("Che cosa chiede")


def eventually(page, happened):
    """Let the page go on until it has happened."""
    until = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < until:
        page.wait_for_timeout(50)


def complete(person):
    person.presses("Completa e vai alla prossima")


def test_a_mistake_keeps_every_answer_and_leads_to_its_field(marco, watch):
    # given
    watch.expected.add(422)
    marco.answers({**CALL, "Codice fiscale": "RSSRSO44A41D969Z"})
    # when
    complete(marco)
    # then
    expect(marco.page.locator("#sommario")).to_be_focused()
    marco.looks("Registra il contatto, con un errore")
    expect(what_she_asks(marco)).to_have_value(REQUEST)
    marco.page.locator("#sommario a").first.click()
    code = marco.page.get_by_label(re.compile("^Codice fiscale"))
    expect(code).to_be_focused()
    expect(code).to_have_value("RSSRSO44A41D969Z")
    marco.answers({"Codice fiscale": ""}).completes()
    watch.finds_nothing_wrong()


def test_a_draft_is_kept_while_it_is_written(marco):
    # given
    marco.answers(CALL)
    marco.reads(re.compile(r"Bozza salvata alle \d+:\d\d"))
    # when
    marco.page.reload()
    # then
    expect(what_she_asks(marco)).to_have_value(REQUEST)
    expect(marco.page.get_by_role("radiogroup", name="Urgenza").get_by_label("Nessuna")).to_be_checked()
    marco.completes()


def test_a_form_sent_after_the_session_ended_is_sent_again_after_the_login(marco, clock):
    # given
    marco.answers(CALL)
    with clock.connect() as connection:
        connection.execute(text("update sessione set expires_at = tempo.now()"))
    # when
    complete(marco)
    marco.reads("Quello che hai scritto è al sicuro").looks("Entra, con un modulo sospeso")
    marco.logs_in()
    marco.arrives_at("Quello che avevi scritto è qui")
    # then
    marco.presses("Invia adesso").reads("Completata: Registra il contatto.")


def test_of_two_who_complete_the_same_step_the_second_reads_what_she_wrote(at_desk, shortcut, watch):
    # given
    watch.expected.add(409)
    step = shortcut.finds(
        shortcut.to_application("Bruzzone", "Ida", "BRZDIA48C54D969T"), "domanda_domiciliare"
    )
    giulia, luca = at_desk("giulia.parodi").enters(), at_desk("luca.repetto").enters()
    for someone, why in ((giulia, "Cade spesso."), (luca, "Ha smesso di cucinare.")):
        someone.goes_to(f"/attivita/{step}").answers(
            {**chapters.application_of("BRZDIA48C54D969T"), "Perché serve": why}
        )
    giulia.completes()
    # when
    complete(luca)
    # then
    luca.reads(re.compile("già stata completata da Giulia Parodi")).reads("Quello che avevi scritto")
    luca.reads("Ha smesso di cucinare.").looks("Attività già completata")
    watch.finds_nothing_wrong()


def test_without_network_the_draft_says_so_and_recovers(marco, watch):
    # given
    marco.page.context.set_offline(True)
    # when
    marco.answers({"Che cosa chiede": REQUEST})
    # then
    marco.reads("Non salvata: sei senza rete.")
    marco.page.context.set_offline(False)
    marco.reads(re.compile("Bozza salvata alle"))


def test_two_clicks_complete_once(marco, watch):
    # given
    marco.answers(CALL)
    # when
    marco.page.get_by_role("button", name="Completa e vai alla prossima").dblclick()
    # then
    marco.reads("Completata: Registra il contatto.")


def test_a_late_answer_about_the_questions_does_not_send_the_form_again(marco, watch):
    # given an answer that asks the server what to show next, and a button pressed before it knows
    watch.expected.add(409)
    held = []
    marco.answers({title: answer for title, answer in CALL.items() if title != "Chi chiede"})
    marco.page.route(STEP, lambda route: held.append(route))
    with marco.page.expect_request(STEP):
        marco.answers({"Chi chiede": CALL["Chi chiede"]})
    with marco.page.expect_request(STEP):
        button = marco.page.get_by_role("button", name="Completa e vai alla prossima")
        button.click(no_wait_after=True)
    eventually(marco.page, lambda: len(held) == 2)  # both are asked for, and on their way here
    # when the form arrives first, and the answer to the question last
    asked, sent = held
    done = sent.fetch(max_redirects=0)
    with marco.page.expect_response(STEP):
        asked.continue_()
    marco.page.wait_for_timeout(200)
    # then
    assert held == [asked, sent]
    sent.fulfill(response=done)
    marco.reads("Completata: Registra il contatto.")
    watch.finds_nothing_wrong()


def test_the_way_back_after_completing_says_that_it_is_done(marco, watch):
    # given
    watch.expected.add(409)
    marco.answers(CALL).completes()
    # when
    marco.page.go_back()
    # then
    marco.page.reload()
    marco.reads("Questa attività è già stata completata")

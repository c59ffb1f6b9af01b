"""The pages of services in a real browser: accessible at every width, whole without script."""

from tests.app.servizi_pagine.citta import NARROW, assert_accessible


def test_the_suppliers_pages_are_accessible(browse, storie):
    waiting, running = storie.in_ordine.ordine_id, storie.in_servizio.ordine_id
    page = browse("coop.lanterna", "/ordini", NARROW)
    assert_accessible(page)
    root = page.url.removesuffix("/ordini")
    for path in (f"{waiting}", f"{waiting}/rifiuta", f"{running}", f"{running}/mese"):
        page.goto(f"{root}/ordini/{path}")
        assert_accessible(page)
    page.set_input_files("#eventi", {"name": "mese.csv", "mimeType": "text/csv", "buffer": b"data;dalle\n"})
    page.get_by_role("button", name="Manda gli interventi").click()
    page.get_by_text("Il file è da correggere").first.wait_for()
    assert_accessible(page)


def test_the_pages_of_what_may_be_told_are_accessible(browse, storie):
    story = storie.in_servizio
    page = browse("giulia.parodi", f"/pratiche/{story.pratica_id}", NARROW)
    page.get_by_role("link", name="Chiedi una modifica del piano").click()
    assert_accessible(page)
    page.get_by_role("button", name="Chiedi una modifica del piano").click()
    page.get_by_text("2 risposte da correggere").first.wait_for()
    assert_accessible(page)
    page.get_by_label("La persona").check()
    page.get_by_label("Che cosa deve cambiare").fill("Un’ora in più il sabato")
    page.get_by_role("button", name="Chiedi una modifica del piano").click()
    page.get_by_text("Un’ora in più il sabato").first.wait_for()
    assert_accessible(page)


def test_the_fund_is_accessible_and_called_by_keyboard(browse, storie):
    page = browse("paolo.ferrari", "/fondo", NARROW)
    assert_accessible(page)
    page.get_by_role("button", name="Libera il fondo per la prima della lista").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Fondo liberato per 1 persona").wait_for()
    assert_accessible(page)


def test_money_is_added_without_script(browse, storie):
    page = browse("paolo.ferrari", "/fondo", script=False)
    page.get_by_role("link", name="Aggiungi denaro a un capitolo").click()
    page.get_by_role("button", name="Aggiungi").click()
    page.get_by_text("da correggere").first.wait_for()
    page.get_by_label("Assistenza domiciliare").check()
    page.get_by_label("Capitolo").fill("1204/1")
    page.get_by_label("Quanto si aggiunge").fill("1.000")
    page.get_by_role("button", name="Aggiungi").click()
    page.get_by_text("Denaro aggiunto al capitolo 1204/1").wait_for()


def test_the_form_of_money_is_accessible(browse, storie):
    page = browse("paolo.ferrari", "/fondo/denaro", NARROW)
    assert_accessible(page)
    page.get_by_role("button", name="Aggiungi").click()
    page.get_by_text("da correggere").first.wait_for()
    assert_accessible(page)


def test_an_order_is_accepted_without_script(browse, storie):
    page = browse("coop.lanterna", "/ordini", script=False)
    page.get_by_role("button", name="Accetta").click()
    page.get_by_text("Ordine accettato").wait_for()

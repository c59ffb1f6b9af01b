"""The pages of services in a real browser: accessible at every width, whole without script."""

from playwright.sync_api import expect

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


def test_the_list_of_the_scrivania_is_entered_and_filtered_without_the_mouse(browse):
    # given the page as it opens, with the focus on nothing
    page = browse("marco.costa", "/scrivania")
    page.get_by_role("button", name="Registra un contatto").click()
    page.get_by_role("link", name="Scrivania").first.click()
    titles = page.locator(".pr-lista--att .pr-titolo a")
    expect(titles).to_have_count(1)
    # when
    page.keyboard.press("j")
    # then
    expect(titles.first).to_be_focused()
    # when a filter is chosen with the arrows, the page comes back where it was
    page.focus("#f-ordina")
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**ordina=persona*")
    expect(page.locator("#f-ordina")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**ordina=percorso*")


def test_a_form_sent_without_network_stays_where_it_is(browse, storie):
    # given
    page = browse("coop.lanterna", f"/ordini/{storie.in_ordine.ordine_id}/rifiuta")
    page.get_by_label("Perché").fill("Non abbiamo posto")
    page.context.set_offline(True)
    # when
    page.get_by_role("button", name="Rifiuta").click()
    # then
    expect(page.get_by_role("status")).to_contain_text(
        "Non inviato: sei senza rete. Quello che hai scritto resta qui"
    )
    expect(page.get_by_label("Perché")).to_have_value("Non abbiamo posto")
    # when
    page.context.set_offline(False)
    page.get_by_role("button", name="Rifiuta").click()
    # then
    expect(page.get_by_text("Ordine rifiutato.")).to_be_visible()


def test_a_step_waits_for_a_server_that_does_not_answer(browse):
    # given a draft that could not be saved
    page = browse("marco.costa", "/scrivania")
    page.route("**/bozza", lambda route: route.abort())
    page.get_by_role("button", name="Registra un contatto").click()
    field = page.locator("#modulo textarea").first
    field.press_sequentially("Scritto adesso")
    expect(page.get_by_text("Non salvata. Riproviamo tra poco.")).to_be_visible()
    # when
    page.get_by_role("button", name="Completa e vai alla prossima").click()
    # then
    expect(page.locator("#avvisi")).to_contain_text("Non inviato: il server non risponde.")
    expect(field).to_have_value("Scritto adesso")
    # when it answers again
    page.unroute("**/bozza")
    page.get_by_role("button", name="Completa e vai alla prossima").click()
    # then
    expect(page.locator("#sommario")).to_be_visible()

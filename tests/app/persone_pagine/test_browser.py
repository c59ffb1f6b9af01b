"""The pages of a persona in a real browser: accessible at every width, whole without script."""

from datetime import date

import pytest

from app.bisogni.model import Bisogno
from app.diario.model import Diario
from tests.app.servizi_pagine.citta import NARROW, assert_accessible
from tests.app.servizi_pagine.storie import date_of_today


@pytest.fixture
def needs(db_session, storie) -> None:
    mine = {"ente_id": 1, "persona_id": storie.in_servizio.persona_id}
    told = {"tipo": "espresso", "testo": "Non riesco più a fare la spesa.", "rilevato_il": date(2026, 3, 2)}
    db_session.add(Bisogno(**mine, **told))
    for month, grade in ((3, 2), (6, 3), (10, 3), (11, 4)):
        for dimensione in ("salute_autonomia", "relazionale"):
            day = date(2026, month, 2)
            found = {"tipo": "rilevato", "dimensione": dimensione, "gravita": grade, "rilevato_il": day}
            db_session.add(Bisogno(**mine, **found, note="Non si lava più da sola dalla caduta di ottobre"))
    db_session.commit()


def test_the_file_and_its_pages_are_accessible(browse, storie, needs):
    persona = f"/persone/{storie.in_servizio.persona_id}"
    page = browse("giulia.parodi", persona, NARROW)
    assert_accessible(page)
    root = page.url.removesuffix(persona)
    for path in ("diario", "decesso", "residenza", "isee"):
        page.goto(f"{root}{persona}/{path}")
        assert_accessible(page)
    page.goto(f"{root}{persona}/decesso")
    page.get_by_role("button", name="Registra il decesso").click()
    page.get_by_text("2 risposte da correggere").first.wait_for()
    assert_accessible(page)


def test_a_note_is_written_and_corrected_without_script(browse, storie):
    page = browse("giulia.parodi", f"/persone/{storie.in_servizio.persona_id}", script=False)
    page.get_by_role("link", name="Scrivi nel diario").click()
    page.get_by_label("Nuova nota").fill("La figlia chiede aiuto per le mattine.")
    page.get_by_role("button", name="Aggiungi al diario").click()
    page.get_by_text("Nota aggiunta al diario.").wait_for()
    page.get_by_role("link", name="Tutto il diario").click()
    page.get_by_role("link", name="Correggi").click()
    page.get_by_label("Nuova nota").fill("Lo chiede il figlio.")
    page.get_by_role("button", name="Aggiungi al diario").click()
    page.get_by_text("Lo chiede il figlio.").wait_for()


def test_a_diary_with_corrections_is_accessible(browse, storie, db_session):
    mine = {
        "ente_id": 1,
        "persona_id": storie.in_servizio.persona_id,
        "misure": [],
        "fatto_il": date_of_today(),
    }
    first = Diario(**mine, tipo="telefonata", testo="La scuola segnala 6 assenze.")
    db_session.add(first)
    db_session.flush()
    db_session.add(Diario(**mine, tipo="telefonata", testo="Sono 4.", corregge_id=first.id))
    db_session.commit()
    assert_accessible(browse("giulia.parodi", f"/persone/{storie.in_servizio.persona_id}/diario", NARROW))


def test_a_death_is_registered_from_the_menu_by_keyboard(browse, storie):
    page = browse("giulia.parodi", f"/persone/{storie.in_servizio.persona_id}", script=False)
    page.locator("summary", has_text="Registra").press("Enter")
    page.get_by_role("link", name="Registra il decesso").press("Enter")
    page.get_by_label("Giorno del decesso").fill(date_of_today().isoformat())
    page.get_by_label("Ho verificato la notizia").check()
    page.get_by_role("button", name="Registra il decesso").press("Enter")
    page.get_by_text("Decesso registrato").first.wait_for()

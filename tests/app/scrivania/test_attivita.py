"""The page of a task keeps what is typed and tells what happened."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine.calendar import ROME
from tests.app.scrivania.conftest import CONTACT, TODAY, Person

Enter = Callable[[str], Person]

INTERVIEW = {
    "data": TODAY,
    "luogo": "ufficio",
    "narrazione": "La signora vive sola e fatica a uscire.",
    "situazione_rilevata.0.dimensione": "salute_autonomia",
    "situazione_rilevata.0.gravita": "4",
    "esito_colloquio": "presa_in_carico",
}

ASSIGNMENT = {"data_presa_in_carico": "2026-11-24", "area_utenza": "anziani", "riservatezza": "ordinaria"}


def open_contact(person: Person) -> str:
    return str(person.sends("/pratiche/contatto", after="/scrivania").headers["Location"])


def test_wrong_answers_are_named_and_stay_as_typed(enter: Enter) -> None:
    # given
    marco = enter("marco.costa")
    task = open_contact(marco)
    # when
    wrong = {"codice_fiscale": "RSSRSO44A41D969X", "canale": "", "data": "2099-01-02"}
    answer = marco.sends(task, **{**CONTACT, **wrong})
    # then
    assert answer.status_code == 422
    assert "L’ultima lettera non torna" in answer.text
    assert "Giorno del contatto: non può essere nel futuro" in answer.text
    assert "RSSRSO44A41D969X" in answer.text
    assert "Non ce la faccio più da sola" in answer.text
    assert "<title>Errore: Registra il contatto" in answer.text
    assert "Non ce la faccio più da sola" in marco.sees(task).text  # also after closing the page


def test_a_form_with_mistakes_shows_the_persona_and_is_a_reading(enter: Enter, in_genova: Session) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    task = giulia.tasks("prendere")[0]
    page = giulia.sees(task).text
    count = text("select count(*) from audit where azione = 'persona.read'")
    before = in_genova.scalar(count)
    in_genova.rollback()
    # when
    answer = giulia._post(task, page, narrazione="Vive sola")
    # then
    assert answer.status_code == 422
    assert "Parodi" in answer.text
    assert in_genova.scalar(count) == before + 1


def test_a_task_opens_while_somebody_makes_a_step_in_its_pratica(enter: Enter, in_genova: Session) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    task = giulia.tasks("prendere")[0]
    in_genova.execute(text("select id from engine_instance for update"))
    # then looking waits for nobody
    assert giulia.sees(task).status_code == 200
    assert giulia.sees(f"{task}/rimanda").status_code == 200


def test_a_contact_asked_for_twice_is_one_and_is_theirs(enter: Enter) -> None:
    # given
    marco, sara = enter("marco.costa"), enter("sara.badano")
    # when
    task = open_contact(marco)
    # then
    assert open_contact(marco) == task
    assert marco.tasks("mie") == [task]
    assert open_contact(sara) != task
    # when it is begun
    marco.sends(f"{task}/bozza", after=task, cognome="Parodi")
    # then the next one is another person's
    assert open_contact(marco) != task


def test_a_pratica_leads_only_to_the_steps_that_one_may_open(enter: Enter, in_genova: Session) -> None:
    # given
    marco, paolo = enter("marco.costa"), enter("paolo.ferrari")
    task = open_contact(marco)
    pratica = f"/pratiche/{in_genova.scalar(text('select max(id) from pratica'))}"
    # when / then
    assert f'href="{task}"' in marco.sees(pratica).text
    page = paolo.sees(pratica)
    assert page.status_code == 200
    assert task not in page.text


def test_a_draft_comes_back_as_it_was_left(enter: Enter) -> None:
    # given
    marco = enter("marco.costa")
    task = open_contact(marco)
    # when
    saved = marco.sends(f"{task}/bozza", after=task, domanda_espressa="Ho bisogno di", codice_fiscale="RSS")
    # then
    assert saved.get_json()["salvata_alle"]
    page = marco.sees(task).text
    assert "Ho bisogno di" in page
    assert 'value="RSS"' in page


def test_a_day_begins_with_today_and_a_draft_wins_over_it(enter: Enter) -> None:
    # given
    marco = enter("marco.costa")
    task = open_contact(marco)
    today = datetime.now(ROME).date().isoformat()
    assert f'name="data" value="{today}"' in marco.sees(task).text
    # when
    marco.sends(f"{task}/bozza", after=task, data="2026-01-07")
    # then
    assert 'name="data" value="2026-01-07"' in marco.sees(task).text
    marco.sends(f"{task}/bozza", after=task, data="")
    assert 'name="data" value=""' in marco.sees(task).text


def test_a_draft_belongs_to_who_wrote_it(enter: Enter) -> None:
    # given
    marco = enter("marco.costa")
    task = open_contact(marco)
    marco.sends(f"{task}/bozza", after=task, domanda_espressa="una bozza di Marco")
    # when / then
    assert "una bozza di Marco" not in enter("anna.traverso").sees(task).text


def test_a_second_completion_is_a_409_with_what_was_typed(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, luca = enter("giulia.parodi"), enter("luca.repetto")
    task = giulia.tasks("prendere")[0]
    luca_page = luca.sees(task).text
    assert giulia.sends(task, **INTERVIEW).status_code == 303
    # when
    late = luca._post(task, luca_page, **{**INTERVIEW, "narrazione": "La mia versione"})
    # then
    assert late.status_code == 409
    assert "già stata completata" in late.text
    assert "La mia versione" in late.text
    assert str(INTERVIEW["narrazione"]) not in late.text  # Giulia's case now: Luca does not follow it


def test_a_button_pressed_twice_says_that_it_is_done(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    task = giulia.tasks("prendere")[0]
    page = giulia.sees(task).text
    first = giulia._post(task, page, **INTERVIEW)
    # when
    again = giulia._post(task, page, **INTERVIEW)
    changed = giulia._post(task, page, **{**INTERVIEW, "narrazione": "Un’altra versione"})
    # then
    assert (again.status_code, again.location) == (303, first.location)
    assert changed.status_code == 409
    assert "Un’altra versione" in changed.text


def test_long_answers_are_read_in_the_pratica_and_on_the_page_of_the_step_that_is_done(
    enter: Enter, in_genova: Session
) -> None:
    # given an answer that no line can hold
    enter("marco.costa").registers_a_contact()
    giulia, marco = enter("giulia.parodi"), enter("marco.costa")
    task = giulia.tasks("prendere")[0]
    told = "Vive sola dal marzo scorso. " * 12
    giulia.sends(task, **{**INTERVIEW, "narrazione": told})
    pratica = f"/pratiche/{in_genova.scalar(text('select min(id) from pratica'))}"
    # when
    history = giulia.sees(pratica).text.partition("Che cosa è successo")[2]
    done = giulia.sees(task).text
    # then
    folded = re.search(r"<details[^>]*><summary>Tutte le risposte.*?</details>", history, re.S)
    assert folded
    assert told.strip() in folded[0]
    assert told.strip() not in history.replace(folded[0], "")
    assert told.strip() in done.partition("Le risposte date")[2]
    # and for who reads no cartella, nowhere
    assert "Vive sola" not in marco.sees(pratica).text + marco.sees(task).text


def test_the_interview_leads_to_the_responsabile_in_a_new_pratica(enter: Enter, in_genova: Session) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, anna = enter("giulia.parodi"), enter("anna.traverso")
    # when
    giulia.sends(giulia.tasks("prendere")[0], **INTERVIEW)
    # then
    page = anna.sees("/scrivania?vista=prendere").text
    assert "Assegna il caso" in page
    linked = in_genova.execute(
        text("select percorso, aperta_da_id is not null from pratica order by id")
    ).all()
    assert [tuple(row) for row in linked] == [("primo_contatto", False), ("presa_in_carico", True)]


def test_who_opens_a_pratica_by_a_step_follows_it_until_a_case_manager_is_chosen(
    enter: Enter, in_genova: Session
) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, luca, anna = enter("giulia.parodi"), enter("luca.repetto"), enter("anna.traverso")
    # when
    giulia.sends(giulia.tasks("prendere")[0], **INTERVIEW)
    # then the interview opens the case to her, not to every colleague
    opened = in_genova.scalar(text("select id from pratica where percorso = 'presa_in_carico'"))
    assert giulia.sees(f"/pratiche/{opened}").status_code == 200
    limited = luca.sees(f"/pratiche/{opened}")
    assert (limited.status_code, "Giulia Parodi" in limited.text) == (403, True)
    assert "Giulia Parodi" in followed(giulia.sees(f"/pratiche/{opened}").text)
    # and the persona's page says the same
    persona = in_genova.scalar(text("select persona_id from pratica where percorso = 'presa_in_carico'"))
    cartella = giulia.sees(f"/persone/{persona}").text.partition("Chi la segue")[2]
    assert cartella.partition("</dd>")[0].count("Giulia Parodi") == 1
    # when Anna gives the case to Luca
    chosen = in_genova.scalar(text("select id from account where nome_utente = 'luca.repetto'"))
    asked = {"operatore_id": chosen, "area_utenza": "anziani", "data_presa_in_carico": "2026-11-23"}
    assert anna.sends(anna.tasks("prendere")[0], **asked, riservatezza="ordinaria").status_code == 303
    # then
    assert "Luca Repetto" in followed(luca.sees(f"/pratiche/{opened}").text)
    assert giulia.sees(f"/pratiche/{opened}").status_code == 403


def test_an_application_begins_with_the_code_of_its_persona(enter: Enter, in_genova: Session) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    # when
    persona_id = in_genova.scalar(text("select max(id) from persona"))
    giulia.sends("/pratiche/avvia", after="/scrivania", percorso="domiciliarita", persona_id=persona_id)
    # then
    pages = [giulia.sees(task).text for task in giulia.tasks("prendere")]
    (application,) = [page for page in pages if "<title>Raccogli la domanda" in page]
    assert f'value="{CONTACT["codice_fiscale"]}"' in application


def test_work_goes_back_to_the_counter_with_its_reason(enter: Enter) -> None:
    # given
    marco, giulia = enter("marco.costa"), enter("giulia.parodi")
    marco.registers_a_contact()
    task = giulia.tasks("prendere")[0]
    # when
    giulia.sends(f"{task}/rimanda", a="registra_contatto", motivo="Manca il telefono della figlia")
    # then
    mine = marco.tasks("mie")
    assert len(mine) == 1
    page = marco.sees(mine[0]).text
    assert "Manca il telefono della figlia" in page
    assert "Non ce la faccio più da sola" in page


def test_sending_back_without_a_reason_is_refused(enter: Enter) -> None:
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    task = giulia.tasks("prendere")[0]
    assert giulia.sends(f"{task}/rimanda", a="registra_contatto", motivo=" ").status_code == 422


def test_a_case_manager_is_chosen_by_name(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, anna = enter("giulia.parodi"), enter("anna.traverso")
    giulia.sends(giulia.tasks("prendere")[0], **INTERVIEW)
    # when
    page = anna.sees(anna.tasks("prendere")[0]).text
    # then
    assert "Giulia Parodi" in page
    assert "Luca Repetto" in page
    assert "Bruno Merello" not in page


def test_the_history_names_the_case_manager_that_was_chosen(enter: Enter, in_genova: Session) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, anna = enter("giulia.parodi"), enter("anna.traverso")
    giulia.sends(giulia.tasks("prendere")[0], **INTERVIEW)
    task = anna.tasks("prendere")[0]
    luca = in_genova.scalar(text("select id from account where nome_utente = 'luca.repetto'"))
    # when
    done = anna.sends(task, **ASSIGNMENT, operatore_id=str(luca), azione="completa_e_chiudi")
    # then
    history = anna.sees(str(done.headers["Location"])).text.partition("Che cosa è successo")[2]
    assert "Luca Repetto" in history
    assert f": {luca}" not in history


def test_an_unknown_task_is_not_found_and_strangers_are_asked_to_log_in(enter: Enter) -> None:
    giulia = enter("giulia.parodi")
    assert giulia.sees("/attivita/999999").status_code == 404
    assert giulia.client.application.test_client().get("/attivita/1").status_code == 302


def followed(page: str) -> str:
    """What the page of a pratica says of who follows it."""
    return page.partition("<dt>La segue</dt>")[2].partition("</dd>")[0]

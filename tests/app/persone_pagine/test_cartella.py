"""The file of a persona: each section for who may read it, and a trace of each reading."""

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import Audit
from app.bisogni.model import Bisogno
from app.persone import gravita
from app.persone.model import Persona

SECTIONS = {"Bisogni nel tempo", "Diario</h2>", "ISEE</h2>", "Servizi</h2>", "Recapiti</h2>"}


@pytest.fixture
def caterina(storie) -> str:
    return f"/persone/{storie.in_servizio.persona_id}"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("giulia.parodi", SECTIONS),
        ("anna.traverso", SECTIONS),
        ("marco.costa", {"Recapiti</h2>"}),
        ("luca.repetto", {"Recapiti</h2>"}),
        ("paolo.ferrari", {"ISEE</h2>", "Servizi</h2>", "Recapiti</h2>"}),
        ("silvia.canepa", {"Servizi</h2>", "Recapiti</h2>"}),
        ("dario.olivieri", {"Servizi</h2>"}),
        ("analista.genova", SECTIONS),
    ],
)
def test_each_sees_the_sections_of_the_role(enter, caterina, who: str, seen: set[str]):
    page = enter(who).get(caterina)
    assert page.status_code == 200
    assert {section for section in SECTIONS if section in page.text} == seen


@pytest.mark.parametrize(
    "who", ["bruno.merello", "sara.badano", "elsa.pittaluga", "coop.lanterna", "admin.genova"]
)
def test_others_do_not_open_it(enter, caterina, who: str):
    assert enter(who).get(caterina).status_code == 403


def test_each_section_that_is_read_leaves_its_trace(enter, caterina, storie, db_session):
    enter("paolo.ferrari").get(caterina)
    read = db_session.scalars(
        select(Audit).where(
            Audit.azione == "persona.read", Audit.persona_id == str(storie.in_servizio.persona_id)
        )
    )
    assert sorted(row.dettaglio["sezione"] for row in read) == ["contatti", "economico", "isee"]


def test_the_first_screenful_says_what_is_going_on(enter, caterina):
    page = enter("giulia.parodi").get(caterina).text
    assert "TTNCRN48C54D969H" in page
    assert "Cooperativa La Lanterna, in corso" in page
    assert "10.000,00" in page
    assert "Giulia Parodi" in page


def test_a_protected_persona_is_not_there_for_who_does_not_follow_her(enter, caterina, storie, db_session):
    db_session.get_one(Persona, (1, storie.in_servizio.persona_id)).livello_riservatezza = "violenza"
    db_session.commit()
    assert enter("anna.traverso").get(caterina).status_code == 404
    page = enter("giulia.parodi").get(caterina).text
    assert "Salita San Paolo" not in page
    assert "Riservata: indirizzo protetto" in page


def test_the_needs_are_told_in_their_words_and_over_time(enter, caterina, storie, db_session):
    # given
    mine = {"ente_id": 1, "persona_id": storie.in_servizio.persona_id}
    asked = {"tipo": "espresso", "testo": "Non riesco più a fare la spesa.", "rilevato_il": date(2026, 3, 2)}
    db_session.add(Bisogno(**mine, **asked))
    for day, grade in ((date(2026, 3, 2), 2), (date(2026, 6, 15), 4)):
        found = {"tipo": "rilevato", "dimensione": "salute_autonomia", "gravita": grade, "rilevato_il": day}
        db_session.add(Bisogno(**mine, **found))
    db_session.commit()
    # when
    page = enter("giulia.parodi").get(caterina).text
    # then
    assert "«Non riesco più a fare la spesa.»" in page
    assert "Salute e autonomia" in page
    assert "Peggiora" in page


def test_needs_over_time_keep_the_last_four_dates_and_the_worst_first():
    def need(dimensione: str, month: int, grade: int) -> Bisogno:
        return Bisogno(dimensione=dimensione, gravita=grade, rilevato_il=date(2026, month, 1))

    needs = [need("reddituale", month, 2) for month in range(1, 7)] + [
        need("legale", 6, 5),
        need("abitativa", 2, 3),
    ]
    table = gravita.over_time(needs)
    assert [day.month for day in table.date] == [3, 4, 5, 6]
    assert [(row.nome, row.detta, row.tendenza) for row in table.righe] == [
        ("Legale", "5", "Rilevato la prima volta"),
        ("Abitare", "", "Rilevato la prima volta"),
        ("Reddito", "2, 2, 2, 2", "Stabile"),
    ]

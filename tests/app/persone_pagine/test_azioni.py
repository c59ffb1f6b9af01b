"""What is registered about a persona: who may, what is refused, and which paths hear of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.diario.model import Diario
from app.persone.model import Persona, Residenza
from app.servizi.models import Iscrizione, Ordine
from tests.app.servizi_pagine.storie import date_of_today, open_steps

GENOVA, RECCO = "010025", "010047"


@pytest.fixture
def caterina(storie) -> str:
    return f"/persone/{storie.in_servizio.persona_id}"


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("diario", {"giulia.parodi", "anna.traverso"}),
        ("decesso", {"giulia.parodi", "anna.traverso"}),
        ("residenza", {"giulia.parodi", "anna.traverso", "marco.costa"}),
        ("isee", {"giulia.parodi", "anna.traverso", "paolo.ferrari"}),
    ],
)
def test_each_page_opens_for_its_roles_and_is_offered_to_them(enter, caterina, page: str, allowed: set[str]):
    people = (
        "giulia.parodi",
        "anna.traverso",
        "marco.costa",
        "luca.repetto",
        "paolo.ferrari",
        "silvia.canepa",
    )
    for who in people:
        visitor = enter(who)
        expected = 200 if who in allowed else 403
        assert visitor.get(f"{caterina}/{page}").status_code == expected, (who, page)
        assert (f'href="{caterina}/{page}"' in visitor.get(caterina).text) == (who in allowed), (who, page)


@pytest.mark.parametrize("who", ["bruno.merello", "coop.lanterna", "admin.genova", "analista.genova"])
@pytest.mark.parametrize("page", ["diario", "decesso", "residenza", "isee"])
def test_nobody_else_registers_anything(enter, caterina, db_session, who: str, page: str):
    sent = {
        "testo": "x",
        "tipo": "nota",
        "fatto_il": "2026-11-23",
        "deceduta_il": "2026-11-23",
        "verificato": "true",
    }
    answer = enter(who).send(f"{caterina}/{page}", **sent, comune=RECCO, dal="2026-11-23")
    assert answer.status_code == 403
    assert db_session.scalars(select(Diario)).all() == []


# ---- diary


def test_a_note_is_added_and_corrected_by_another(enter, caterina, db_session):
    giulia = enter("giulia.parodi")
    today = date_of_today().isoformat()
    page = giulia.send(f"{caterina}/diario", testo="6 assenze a scuola", tipo="telefonata", fatto_il=today)
    assert "Nota aggiunta al diario." in page.text
    assert "6 assenze a scuola" in page.text
    note = db_session.scalars(select(Diario)).one()
    giulia.send(f"{caterina}/diario?corregge={note.id}", testo="Sono 4", tipo="telefonata", fatto_il=today)
    shown = giulia.get(f"{caterina}/diario").text
    assert shown.index("6 assenze a scuola") < shown.index("Sono 4")
    assert "Corretta" in shown


def test_a_note_of_tomorrow_or_without_words_is_refused(enter, caterina, db_session):
    giulia = enter("giulia.parodi")
    tomorrow = (date_of_today() + timedelta(days=1)).isoformat()
    early = giulia.send(f"{caterina}/diario", testo="Visita", tipo="visita", fatto_il=tomorrow)
    empty = giulia.send(f"{caterina}/diario", testo=" ", tipo="visita", fatto_il=tomorrow)
    assert (early.status_code, empty.status_code) == (422, 422)
    assert "Non può essere nel futuro." in early.text
    assert db_session.scalars(select(Diario)).all() == []


# ---- death


def test_a_death_stops_the_service_and_begins_the_last_accounts(enter, caterina, storie, db_session):
    # given
    giulia, story = enter("giulia.parodi"), storie.in_servizio
    assert "le consegne si fermano" in giulia.get(f"{caterina}/decesso").text
    # when
    page = giulia.send(f"{caterina}/decesso", deceduta_il=date_of_today().isoformat(), verificato="true")
    # then
    assert "Decesso registrato" in page.text
    assert "Deceduta il" in page.text
    assert db_session.get(Ordine, (1, story.ordine_id)).stato == "chiuso"
    assert "Registra il decesso" not in page.text


def test_a_death_takes_who_waits_out_of_the_list(enter, storie, db_session):
    story = storie.in_lista
    today = date_of_today().isoformat()
    enter("giulia.parodi").send(f"/persone/{story.persona_id}/decesso", deceduta_il=today, verificato="true")
    assert db_session.get(Iscrizione, (1, story.iscrizione_id)).stato == "uscita"


@pytest.mark.parametrize(
    "sent",
    [
        {"deceduta_il": "2999-01-01", "verificato": "true"},
        {"deceduta_il": "1900-01-01", "verificato": "true"},
        {"deceduta_il": "2026-11-20"},
        {"deceduta_il": "ieri", "verificato": "true"},
    ],
)
def test_an_impossible_or_unconfirmed_death_changes_nothing(
    enter, caterina, storie, db_session, sent: dict[str, str]
):
    page = enter("giulia.parodi").send(f"{caterina}/decesso", **sent)
    assert page.status_code == 422
    assert db_session.get_one(Persona, (1, storie.in_servizio.persona_id)).deceduta_il is None


# ---- residence


def test_a_move_to_another_comune_is_weighed_by_the_responsabile(enter, caterina, storie, db_session):
    # when
    page = enter("marco.costa").send(
        f"{caterina}/residenza", comune="Recco (GE)", dal=date_of_today().isoformat()
    )
    # then
    assert "Residenza registrata." in page.text
    homes = db_session.scalars(
        select(Residenza).where(Residenza.persona_id == storie.in_servizio.persona_id).order_by(Residenza.dal)
    ).all()
    assert [(home.comune, home.al is None) for home in homes] == [(GENOVA, False), (RECCO, True)]
    assert "trasferimento_competenza" in open_steps(db_session, storie.in_servizio.root_id)


def test_a_move_within_the_comune_changes_the_address_alone(enter, caterina, storie, db_session):
    sent = {"comune": "Genova (GE)", "dal": date_of_today().isoformat(), "indirizzo": "Via Garibaldi 9"}
    page = enter("marco.costa").send(f"{caterina}/residenza", **sent)
    assert "Via Garibaldi 9" in page.text
    assert open_steps(db_session, storie.in_servizio.root_id) == set()


def test_a_protected_address_stays_protected(enter, caterina, storie, db_session):
    # given
    persona_id = storie.in_servizio.persona_id
    db_session.get_one(Persona, (1, persona_id)).livello_riservatezza = "violenza"
    db_session.commit()
    # when
    sent = {"comune": "Genova (GE)", "dal": date_of_today().isoformat(), "indirizzo": "Via Segreta 1"}
    enter("giulia.parodi").send(f"{caterina}/residenza", **sent)
    # then
    query = select(Residenza).where(Residenza.persona_id == persona_id, Residenza.al.is_(None))
    home = db_session.scalars(query).one()
    assert (home.protetta, home.indirizzo) == (True, None)


def test_a_move_before_the_last_one_is_refused(enter, caterina):
    page = enter("marco.costa").send(f"{caterina}/residenza", comune="Recco (GE)", dal="2001-01-01")
    assert page.status_code == 422
    assert "È prima dell’inizio della residenza di adesso." in page.text


def test_a_comune_that_does_not_exist_is_refused(enter, caterina):
    page = enter("marco.costa").send(
        f"{caterina}/residenza", comune="Atlantide", dal=date(2026, 11, 23).isoformat()
    )
    assert page.status_code == 422

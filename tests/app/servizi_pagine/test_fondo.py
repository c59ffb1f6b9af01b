"""The fund and the list: who sees it, and calling who waits first."""

import pytest
from sqlalchemy import select

from app.servizi.models import Budget, Iscrizione
from tests.app.servizi_pagine.storie import open_steps


def test_the_page_says_what_is_left_and_who_waits_in_order(enter, storie):
    page = enter("paolo.ferrari").get("/fondo").text
    assert "Carlo Parodi" in page
    assert "1204/1" in page
    assert "Libera il fondo per la prima della lista" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("paolo.ferrari", 200), ("silvia.canepa", 200), ("giulia.parodi", 200), ("anna.traverso", 200),
        ("dario.olivieri", 200), ("marco.costa", 403), ("coop.lanterna", 403), ("admin.genova", 403),
        ("elsa.pittaluga", 403),
    ],
)  # fmt: skip
def test_the_fund_is_for_who_sees_costs(enter, who: str, status: int):
    assert enter(who).get("/fondo").status_code == status


def test_who_may_not_read_a_case_sees_the_place_and_not_the_name(enter, storie):
    page = enter("luca.repetto").get("/fondo").text
    assert "Carlo Parodi" not in page
    assert "Seguita da altri" in page


def test_who_waits_first_is_called_and_her_path_goes_on(enter, storie, db_session):
    page = enter("paolo.ferrari").send("/fondo/libera", servizio="domiciliarita")
    assert "Fondo liberato per 1 persona" in page.text
    assert db_session.get(Iscrizione, (1, storie.in_lista.iscrizione_id)).stato == "uscita"
    assert "scelta_fornitore" in open_steps(db_session, storie.in_lista.root_id)


def test_when_the_money_is_not_enough_nobody_is_called(enter, storie, db_session):
    # given
    for budget in db_session.scalars(select(Budget).where(Budget.servizio == "domiciliarita")):
        budget.stanziato_eur = budget.prenotato_eur
    db_session.commit()
    keeper = enter("paolo.ferrari")
    # when
    page = keeper.send("/fondo/libera", servizio="domiciliarita")
    # then
    assert "Nessuno chiamato" in page.text
    assert 'aria-disabled="true"' in page.text
    assert db_session.get(Iscrizione, (1, storie.in_lista.iscrizione_id)).stato == "in_attesa"


@pytest.mark.parametrize("who", ["giulia.parodi", "anna.traverso", "silvia.canepa", "coop.lanterna"])
def test_only_who_holds_the_fund_calls(enter, storie, db_session, who: str):
    assert enter(who).send("/fondo/libera", servizio="domiciliarita").status_code == 403
    assert db_session.get(Iscrizione, (1, storie.in_lista.iscrizione_id)).stato == "in_attesa"

"""The fund and the list: who sees it, and calling who waits first."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.servizi.models import Budget, Iscrizione, Prenotazione, VariazioneBudget
from tests.app.servizi_pagine.citta import NARROW, assert_accessible
from tests.app.servizi_pagine.storie import date_of_today, open_steps


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


MONEY = {"servizio": "domiciliarita", "capitolo": "1204/1", "euro": "1.500,50"}


def test_money_comes_to_a_capitolo_that_is_there_and_to_a_new_one(enter, db_session):
    # given
    keeper, year = enter("paolo.ferrari"), date_of_today().year
    chapter = select(Budget).where(Budget.anno == year, Budget.servizio == "domiciliarita")
    before = db_session.scalars(chapter).one().stanziato_eur
    # when
    page = keeper.send("/fondo/denaro", anno=year, **MONEY)
    keeper.send("/fondo/denaro", anno=year + 1, **{**MONEY, "capitolo": "1204/7", "fondo": "FNA"})
    # then
    assert "Denaro aggiunto al capitolo 1204/1" in page.text
    db_session.rollback()
    assert db_session.scalars(chapter).one().stanziato_eur == before + Decimal("1500.50")
    opened = db_session.scalars(select(Budget).where(Budget.capitolo == "1204/7")).one()
    assert (opened.anno, opened.fondo, opened.stanziato_eur) == (year + 1, "FNA", Decimal("1500.50"))
    told = db_session.scalars(select(Audit.dettaglio).where(Audit.azione == "budget.add")).all()
    assert [line["euro"] for line in told] == ["1500.50", "1500.50"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"euro": "-3"}, "errore"),
        ({"capitolo": ""}, "errore"),
        ({"servizio": "interventi"}, "Quest’anno è già di un altro servizio"),
    ],
)
def test_money_that_cannot_be_added_is_said_and_what_was_typed_stays(enter, db_session, wrong, said):
    page = enter("paolo.ferrari").send("/fondo/denaro", anno=date_of_today().year, **{**MONEY, **wrong})
    assert page.status_code == 422
    assert said.lower() in page.text.lower()
    assert 'value="1204/1"' in page.text or "capitolo" in wrong
    assert db_session.scalars(select(Audit).where(Audit.azione == "budget.add")).all() == []


@pytest.mark.parametrize("who", ["giulia.parodi", "anna.traverso", "silvia.canepa", "dario.olivieri"])
def test_only_who_holds_the_fund_adds_money(enter, who: str):
    visitor = enter(who)
    assert visitor.get("/fondo/denaro").status_code == 403
    assert visitor.send("/fondo/denaro", anno=date_of_today().year, **MONEY).status_code == 403
    assert "Aggiungi denaro" not in visitor.get("/fondo").text


def test_a_running_service_without_money_for_the_year_comes_before_who_waits(enter, storie, db_session):
    # given Caterina's service still on the money of last year
    held = db_session.scalars(select(Prenotazione).where(Prenotazione.stato == "attiva")).first()
    last = Budget(
        ente_id=1,
        anno=date_of_today().year - 1,
        servizio="domiciliarita",
        capitolo="1204/1",
        stanziato_eur=900,
        prenotato_eur=600,
    )
    db_session.add(last)
    held.stato = "liberata"
    db_session.flush()
    db_session.add(
        Prenotazione(
            ente_id=1,
            budget_id=last.id,
            piano_id=held.piano_id,
            importo_mensile_eur=600,
            importo_eur=600,
            dal=date(last.anno, 12, 1),
            stato="attiva",
        )
    )
    for budget in db_session.scalars(select(Budget).where(Budget.anno > last.anno)):
        budget.stanziato_eur = budget.prenotato_eur
    db_session.commit()
    # when / then nobody is called
    keeper = enter("paolo.ferrari")
    page = keeper.get("/fondo").text
    assert "1 servizio in corso senza copertura" in page
    assert "Prima vanno coperti i servizi in corso." in page
    # when money comes
    page = keeper.send("/fondo/denaro", anno=date_of_today().year, **{**MONEY, "euro": "90000"})
    # then it covers the service first
    assert "1 servizio in corso ora è coperto" in page.text
    assert "senza copertura" not in page.text


def chapter(session: Session, years_ago: int = 0) -> Budget:
    """A capitolo of which 600 euro are reserved and 400 free."""
    made = Budget(
        ente_id=1, anno=date_of_today().year - years_ago, servizio="domiciliarita", capitolo="1299/1",
        stanziato_eur=1000, prenotato_eur=600,
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made


def test_money_is_taken_from_a_capitolo_with_its_reason(enter, db_session):
    # given
    capitolo, keeper = chapter(db_session), enter("paolo.ferrari")
    path = f"/fondo/capitoli/{capitolo.id}"
    keeper.send("/fondo/denaro", anno=capitolo.anno, **{**MONEY, "capitolo": "1299/1", "euro": "10"})
    assert f'href="{path}"' in keeper.get("/fondo").text
    # when
    page = keeper.send(path, euro="410", motivo="Variazione di bilancio, delibera 88")
    # then
    assert "Denaro tolto dal capitolo 1299/1" in page.text
    db_session.refresh(capitolo)
    assert (capitolo.stanziato_eur, capitolo.prenotato_eur) == (600, 600)
    page = keeper.get(path).text
    assert "Variazione di bilancio, delibera 88" in page
    assert "Paolo Ferrari" in page
    assert "Niente da togliere" in page
    told = db_session.scalars(select(VariazioneBudget).order_by(VariazioneBudget.id)).all()
    assert [(each.euro, bool(each.motivo)) for each in told] == [(10, False), (-410, True)]
    row = db_session.scalars(select(Audit).where(Audit.azione == "budget.reduce")).one()
    assert row.dettaglio == {"anno": capitolo.anno, "capitolo": "1299/1", "euro": "410.00"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"euro": "400,01"}, "si possono togliere al massimo 400,00"),
        ({"euro": "-1"}, "errore"),
        ({"motivo": " "}, "errore"),
    ],
)
def test_what_is_reserved_or_has_no_reason_is_not_taken_and_what_was_typed_stays(
    enter, db_session, wrong, said
):
    capitolo = chapter(db_session)
    asked = {"euro": "400", "motivo": "Delibera 88", **wrong}
    page = enter("paolo.ferrari").send(f"/fondo/capitoli/{capitolo.id}", **asked)
    assert page.status_code == 422
    assert said in page.text.lower().replace("\xa0", " ")
    assert asked["euro"] in page.text
    db_session.refresh(capitolo)
    assert capitolo.stanziato_eur == 1000


def test_only_who_holds_the_fund_takes_money_and_not_of_a_year_that_is_over(enter, db_session):
    capitolo = chapter(db_session)
    path = f"/fondo/capitoli/{capitolo.id}"
    for who in ("giulia.parodi", "silvia.canepa", "anna.traverso"):
        visitor = enter(who)
        assert visitor.get(path).status_code == 403
        assert visitor.send(path, euro="1", motivo="Delibera 88").status_code == 403
        assert path not in visitor.get("/fondo").text
    over = chapter(db_session, years_ago=1)
    assert enter("paolo.ferrari").get(f"/fondo/capitoli/{over.id}").status_code == 404


def test_the_page_of_a_capitolo_can_be_used_by_everybody(browse, db_session):
    page = browse("paolo.ferrari", f"/fondo/capitoli/{chapter(db_session).id}", NARROW)
    page.get_by_label("Quanto si toglie").fill("401")
    page.get_by_label("Perché").fill("Variazione di bilancio")
    page.get_by_role("button", name="Togli", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)

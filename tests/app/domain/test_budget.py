"""Money is reserved all or nothing, never twice, and what comes back goes to who waits first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.servizi import budget, fondo, lista
from app.servizi.models import Budget, Iscrizione, PianoDomiciliare, Prenotazione
from engine import Broken, Engine, FixedClock
from tests.app.domain.conftest import ANNA, MONDAY

Ask = Callable[..., dict[str, Any]]
DECEMBER = "2026-12-01"


def test_a_reservation_takes_the_months_left_of_the_year(
    ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget]
) -> None:
    # given
    capitolo = a_budget(1000)
    # when in November for November and December
    answer = ask("budget.reserve", piano_id=a_plan(), importo_mensile=Decimal("400"), dal="2026-11-01")
    # then
    assert answer["capienza"]
    assert capitolo.prenotato_eur == 800


def test_not_enough_is_nothing(ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget]) -> None:
    capitolo = a_budget(399)
    answer = ask("budget.reserve", piano_id=a_plan(), importo_mensile=400, dal=DECEMBER)
    assert answer == {"capienza": False, "prenotazione_id": None}
    assert capitolo.prenotato_eur == 0


def test_another_capitolo_is_tried(
    ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget]
) -> None:
    a_budget(100)
    second = a_budget(500, capitolo="U.1.04.03")
    assert ask("budget.reserve", piano_id=a_plan(), importo_mensile=400, dal=DECEMBER)["capienza"]
    assert second.prenotato_eur == 400


def test_reserving_again_for_the_same_plan_replaces(
    ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget], session: Session
) -> None:
    # given most of the money taken by the plan itself
    capitolo, plan = a_budget(1000), a_plan()
    ask("budget.reserve", piano_id=plan, importo_mensile=700, dal=DECEMBER)
    # when it needs more, then too much
    assert ask("budget.reserve", piano_id=plan, importo_mensile=900, dal=DECEMBER)["capienza"]
    assert not ask("budget.reserve", piano_id=plan, importo_mensile=1001, dal=DECEMBER)["capienza"]
    # then
    session.refresh(capitolo)
    assert capitolo.prenotato_eur == 900
    states = session.scalars(select(Prenotazione.stato).order_by(Prenotazione.id)).all()
    assert states == ["sostituita", "attiva"]


def test_what_was_served_stays_on_its_capitolo_when_the_plan_changes(
    ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget], session: Session
) -> None:
    # given 100 a month from November, when December changes to 300
    capitolo, plan = a_budget(1000), a_plan()
    ask("budget.reserve", piano_id=plan, importo_mensile=100, dal="2026-11-23")
    ask("budget.reserve", piano_id=plan, importo_mensile=300, dal=DECEMBER)
    # then
    session.refresh(capitolo)
    assert capitolo.prenotato_eur == 400
    amounts = session.scalars(select(Prenotazione.importo_eur).order_by(Prenotazione.id)).all()
    assert amounts == [Decimal(100), Decimal(300)]


@pytest.fixture
def next_year(session: Session, genova: int) -> Callable[[int], Budget]:
    """The capitolo of 2027: `next_year(5000)` euro."""

    def next_year(euro: int) -> Budget:
        made = Budget(
            ente_id=genova,
            anno=2027,
            servizio="domiciliarita",
            capitolo="U.1.04.02",
            stanziato_eur=Decimal(euro),
        )
        session.add(made)
        session.flush()
        return made

    return next_year


def test_a_running_service_passes_to_the_money_of_the_new_year(
    ask: Ask,
    a_plan: Callable[..., str],
    a_budget: Callable[..., Budget],
    next_year: Callable[[int], Budget],
    a_engine: Engine,
    clock: FixedClock,
    session: Session,
) -> None:
    # given two services of December, and money for one of them in the new year
    old, plans = a_budget(1000), [a_plan(), a_plan(cognome="Costa")]
    for plan in plans:
        ask("budget.reserve", piano_id=plan, importo_mensile=100, dal=DECEMBER)
    clock.move_to(MONDAY.replace(year=2027, month=1, day=1))
    assert fondo.renew(a_engine, ANNA) == 0  # no capitolo yet
    new = next_year(1300)
    # when
    assert [fondo.renew(a_engine, ANNA), fondo.renew(a_engine, ANNA)] == [1, 0]
    # then each year bears its months, and who is not covered is known
    for capitolo in (old, new):
        session.refresh(capitolo)
    assert (old.prenotato_eur, new.prenotato_eur) == (200, 1200)
    left = budget.uncovered(session, 1, "domiciliarita", 2027)
    assert [str(each.piano_id) for each in left] == [plans[1]]


def test_who_waits_is_not_called_while_a_running_service_has_no_money(
    ask: Ask,
    a_plan: Callable[..., str],
    a_budget: Callable[..., Budget],
    next_year: Callable[[int], Budget],
    waiting: list[str],
    a_engine: Engine,
    clock: FixedClock,
) -> None:
    # given
    a_budget(1000)
    ask("budget.reserve", piano_id=a_plan(cognome="Bo"), importo_mensile=900, dal=DECEMBER)
    clock.move_to(MONDAY.replace(year=2027, month=1, day=1))
    capitolo = next_year(6000)
    # when / then
    assert fondo.release(a_engine, "domiciliarita", ANNA) == []
    capitolo.stanziato_eur = Decimal(16_000)
    assert [str(each) for each in fondo.release(a_engine, "domiciliarita", ANNA)] == [waiting[2]]


def test_nothing_to_pay_needs_no_money(ask: Ask, a_plan: Callable[..., str]) -> None:
    answer = ask("budget.reserve", piano_id=a_plan(), importo_mensile=0, dal=DECEMBER)
    assert answer == {"capienza": True, "prenotazione_id": None}


def test_a_year_without_a_capitolo_needs_a_person(ask: Ask, a_plan: Callable[..., str]) -> None:
    with pytest.raises(Broken, match="manca il capitolo di spesa 2026"):
        ask("budget.reserve", piano_id=a_plan(), importo_mensile=10, dal=DECEMBER)


def test_two_at_once_never_take_the_same_money(
    ask: Ask,
    a_plan: Callable[..., str],
    a_budget: Callable[..., Budget],
    session: Session,
    engine: Database,
) -> None:
    # given money for one of two plans
    a_budget(500)
    plans = [int(a_plan()), int(a_plan(cognome="Costa"))]
    session.commit()
    barrier, outcomes = Barrier(2), []

    def reserve(plan: int) -> None:
        with ente_context(1), Session(engine) as own:
            barrier.wait()
            made = budget.reserve(own, 1, Decimal(400), date(2026, 12, 1), MONDAY, None, piano=plan)
            own.commit()
            outcomes.append(made is not None)

    threads = [Thread(target=reserve, args=(plan,)) for plan in plans]
    # when
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # then
    assert sorted(outcomes) == [False, True]
    assert session.scalars(select(Budget.prenotato_eur)).all() == [Decimal(400)]


def test_the_database_itself_forbids_overselling(a_budget: Callable[..., Budget], session: Session) -> None:
    capitolo = a_budget(100)
    capitolo.prenotato_eur = Decimal("100.01")
    with pytest.raises(IntegrityError, match="ck_budget_capienza"):
        session.flush()


@pytest.fixture
def waiting(ask: Ask, a_plan: Callable[..., str], session: Session) -> list[str]:
    """Three plans in the list, enrolled in this order with 10, 30 and 30 points; the last persona is older."""
    people = [
        {"cognome": "Parodi", "punteggio": 10},
        {"cognome": "Costa", "punteggio": 30},
        {"cognome": "Bruno", "data_nascita": "1930-05-05", "punteggio": 30},
    ]

    def whose(plan: str) -> str:
        return str(session.get_one(PianoDomiciliare, (1, int(plan))).persona_id)

    found = []
    for each in people:
        points = each.pop("punteggio")
        plan = a_plan(**each)
        found.append(ask("lista.enroll", persona_id=whose(plan), piano_id=plan, punteggio=points))
    return [row["iscrizione_id"] for row in found]


def test_the_list_goes_by_points_then_by_age(session: Session, waiting: list[str]) -> None:
    first, second, third = waiting
    assert [str(row.iscrizione_id) for row in lista.positions(session, 1, "domiciliarita")] == [
        third,
        second,
        first,
    ]


def test_money_calls_who_waits_first_and_nobody_overtakes(
    session: Session, waiting: list[str], a_budget: Callable[..., Budget], a_engine: Engine
) -> None:
    # given money for one plan from November (408.63 a month, two months)
    a_budget(1000)
    # when
    called = fondo.release(a_engine, "domiciliarita", ANNA)
    # then
    assert [str(each) for each in called] == [waiting[2]]
    assert a_engine.correlate("fondo_liberato", waiting[2], {}, ANNA).outcome == "buffered"
    assert [str(row.id) for row in lista.ranked(session, 1, "domiciliarita")] == [waiting[1], waiting[0]]


def test_who_finds_the_money_gone_keeps_her_place(
    ask: Ask, session: Session, waiting: list[str], a_budget: Callable[..., Budget], a_engine: Engine
) -> None:
    # given one called
    a_budget(1000)
    fondo.release(a_engine, "domiciliarita", ANNA)
    row = session.get_one(Iscrizione, (1, int(waiting[2])))
    # when she enrolls again
    again = ask("lista.enroll", persona_id=str(row.persona_id), piano_id=str(row.piano_id), punteggio=None)
    # then
    assert again["iscrizione_id"] == waiting[2]
    assert lista.positions(session, 1, "domiciliarita")[0].iscrizione_id == row.id


def test_who_has_the_money_leaves_the_list(
    ask: Ask, session: Session, waiting: list[str], a_budget: Callable[..., Budget]
) -> None:
    a_budget(1000)
    row = session.get_one(Iscrizione, (1, int(waiting[2])))
    assert ask("budget.reserve", piano_id=str(row.piano_id), importo_mensile=400, dal=DECEMBER)["capienza"]
    session.refresh(row)
    assert row.stato == "uscita"

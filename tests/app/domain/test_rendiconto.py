"""A month is told by the supplier, checked against the facts, contested by row, and paid for what stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.servizi import eventi
from app.servizi.models import OperatoreFornitore, Ordine, PianoDomiciliare, Rendiconto
from engine import Broken, Engine, FixedClock, Refused
from tests.app.domain.conftest import ANNA, MONDAY

Ask = Callable[..., dict[str, Any]]
# Thursday 3 and Monday 7 December: hygiene from 8:00 to 9:30 is in the plan.
EVENT: dict[str, Any] = {
    "data": "2026-12-03",
    "dalle": "08:00",
    "alle": "09:30",
    "operatore": "op1",
    "prestazione": "igiene",
    "conferma": "nfc",
    "esito_tecnico": "svolto",
}


def passed(*rows: int) -> list[dict[str, str]]:
    """What the table of controls says of rows that are as they should be."""
    return [{"evento_id": str(row), "esito": "ok"} for row in rows]


@pytest.fixture
def an_order(ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str], clock: FixedClock) -> str:
    """A service by «alfa» that began on 2 December 2026; it is January."""
    plan = a_plan()
    made = str(ask("ordine.send", piano_id=plan, fornitore_id=a_supplier("alfa"))["ordine_id"])
    clock.move_to(MONDAY.replace(year=2027, month=1, day=2))
    ask("ordine.start", ordine_id=made, data_primo_intervento="2026-12-02")
    return made


@pytest.fixture
def a_month(ask: Ask, an_order: str) -> str:
    """December 2026 of that order."""
    return str(ask("rendiconto.open", ordine_id=an_order, giorno_invio=5)["rendiconto_id"])


@pytest.fixture
def check(ask: Ask, a_month: str) -> Callable[..., list[dict[str, Any]]]:
    """Load events, each as EVENT but for what is told; gives the facts, by row."""

    def check(*changes: dict[str, Any]) -> list[dict[str, Any]]:
        ask("eventi.load", rendiconto_id=a_month, eventi=[{**EVENT, **change} for change in changes])
        return list(ask("rendiconto.check", rendiconto_id=a_month)["eventi"])

    return check


def test_months_follow_one_another_from_the_first_visit(ask: Ask, an_order: str) -> None:
    first = ask("rendiconto.open", ordine_id=an_order, giorno_invio=5, key="a")
    again = ask("rendiconto.open", ordine_id=an_order, giorno_invio=5, key="a")
    ask("rendiconto.validate", rendiconto_id=first["rendiconto_id"])
    second = ask("rendiconto.open", ordine_id=an_order, giorno_invio=5, key="b")
    assert first == again
    assert (first["mese"], first["dal"], first["al"], first["invio_entro"]) == (
        "2026-12", "2026-12-02", "2026-12-31", "2027-01-05",
    )  # fmt: skip
    assert (second["mese"], second["dal"]) == ("2027-01", "2027-01-01")


def test_a_month_left_by_an_interrupted_path_is_taken_up_again(ask: Ask, an_order: str) -> None:
    # given a month whose visits were contested when its path was cut short
    first = ask("rendiconto.open", ordine_id=an_order, giorno_invio=5, key="a")["rendiconto_id"]
    ask("eventi.load", rendiconto_id=first, eventi=[EVENT])
    contested = [{"evento_id": "1", "motivo": "Non risulta."}]
    ask("rendiconto.contest", rendiconto_id=first, contesta=True, contestazioni=contested)
    # when
    again = ask("rendiconto.open", ordine_id=an_order, giorno_invio=5, key="b")["rendiconto_id"]
    # then the supplier may tell the rest of it
    assert again == first
    told = ask("eventi.load", rendiconto_id=again, eventi=[EVENT, {**EVENT, "data": "2026-12-07"}])
    assert told == {"eventi_caricati": 2}


def test_an_order_that_has_not_begun_has_no_months(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str]
) -> None:
    made = ask("ordine.send", piano_id=a_plan(), fornitore_id=a_supplier("alfa"))["ordine_id"]
    with pytest.raises(Broken, match="non è ancora cominciato"):
        ask("rendiconto.open", ordine_id=made, giorno_invio=5)


def test_a_visit_as_planned_has_nothing_against_it(check: Callable[..., list[dict[str, Any]]]) -> None:
    assert check({}) == [
        {
            "evento_id": "1",
            "durata_minuti": 90,
            "in_piano": True,
            "sovrapposto_operatore": False,
            "sovrapposto_persona": False,
            "in_sospensione": False,
            "oltre_massimale": False,
            "operatore_qualificato": True,
            "confermato": True,
        }
    ]


@pytest.mark.parametrize(
    ("change", "fact", "value"),
    [
        ({"data": "2026-12-04"}, "in_piano", False),
        ({"prestazione": "pasti"}, "in_piano", False),
        ({"dalle": "18:00", "alle": "19:00"}, "in_piano", False),
        ({"dalle": "09:00", "alle": "10:00"}, "in_piano", True),
        ({"conferma": "assente"}, "confermato", False),
        ({"dalle": "23:30", "alle": "00:30"}, "durata_minuti", 60),
    ],
)
def test_each_fact_is_told(
    change: dict[str, Any], fact: str, value: Any, check: Callable[..., list[dict[str, Any]]]
) -> None:
    assert check(change)[0][fact] == value


def test_two_visits_at_once_are_told_for_operator_and_persona(
    check: Callable[..., list[dict[str, Any]]],
) -> None:
    found = check(
        {}, {"dalle": "09:00", "alle": "09:20"}, {"dalle": "09:10", "alle": "10:00", "operatore": "op2"}
    )
    assert [row["sovrapposto_operatore"] for row in found] == [True, True, False]
    assert [row["sovrapposto_persona"] for row in found] == [True, True, True]


def test_one_visit_after_another_does_not_overlap(check: Callable[..., list[dict[str, Any]]]) -> None:
    found = check({}, {"dalle": "09:30", "alle": "10:00"})
    assert [row["sovrapposto_persona"] for row in found] == [False, False]


def test_a_visit_during_a_hospital_stay_is_told(
    ask: Ask, an_order: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    ask("ordine.suspend", ordine_id=an_order, motivo="ricovero", dal="2026-12-05")
    found = check({}, {"data": "2026-12-07"})
    assert [row["in_sospensione"] for row in found] == [False, True]


def test_the_visit_that_passes_the_massimale_is_told(
    session: Session, check: Callable[..., list[dict[str, Any]]]
) -> None:
    # given room for one visit of 36.75 €
    session.scalars(select(PianoDomiciliare)).one().massimale_mensile = Decimal("40")
    # when
    found = check({"data": "2026-12-07"}, {})
    # then the later day is the one beyond
    assert [row["oltre_massimale"] for row in found] == [True, False]


def test_a_supplier_is_held_to_the_operators_that_it_told(
    session: Session, check: Callable[..., list[dict[str, Any]]]
) -> None:
    for code, held in (("op1", "assistente_familiare"), ("op2", "oss")):
        session.add(
            OperatoreFornitore(
                ente_id=1, fornitore_id="alfa", codice=code, qualifica=held, dal=date(2026, 1, 1)
            )
        )
    found = check({}, {"data": "2026-12-07", "operatore": "op2"}, {"data": "2026-12-10", "operatore": "op3"})
    assert [row["operatore_qualificato"] for row in found] == [False, True, False]


def test_the_month_pays_what_stands(
    ask: Ask, a_month: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    # given four visits: as planned; rejected by the table; contested and accepted; nobody at home
    check(
        {},
        {"data": "2026-12-07"},
        {"data": "2026-12-10"},
        {"data": "2026-12-14", "esito_tecnico": "assente_utente"},
    )
    ask(
        "rendiconto.contest",
        rendiconto_id=a_month,
        contesta=True,
        contestazioni=[{"evento_id": "3", "motivo": "Manca la conferma."}],
    )
    ask(
        "rendiconto.contest",
        rendiconto_id=a_month,
        risposte=[{"evento_id": "3", "risposta": "Batteria scarica."}],
    )
    # when
    paid = ask(
        "rendiconto.validate",
        rendiconto_id=a_month,
        esiti_controllo=[*passed(1, 3, 4), {"evento_id": "2", "esito": "scarto", "motivo": "Fuori piano"}],
        decisioni=[{"evento_id": "3", "accolta": True}],
    )
    # then three hours of OSS at 24.50
    assert paid == {"ore_validate": Decimal("3.00"), "importo": Decimal("73.50")}


def test_a_contested_visit_without_a_decision_is_not_paid(
    ask: Ask, a_month: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    check({})
    contested = [{"evento_id": "1", "motivo": "Non risulta."}]
    for _ in range(2):
        ask("rendiconto.contest", rendiconto_id=a_month, contesta=True, contestazioni=contested)
    assert ask("rendiconto.validate", rendiconto_id=a_month, esiti_controllo=passed(1))["importo"] == 0


def test_a_visit_told_after_the_controls_waits_for_the_next_ones(
    ask: Ask, session: Session, a_month: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    # given a visit checked, and another that the supplier tells meanwhile
    check({})
    ask("eventi.load", rendiconto_id=a_month, eventi=[{**EVENT, "data": "2026-12-07"}])
    # when
    with pytest.raises(Refused) as refused:
        ask("rendiconto.validate", rendiconto_id=a_month, esiti_controllo=passed(1))
    # then nothing is paid, and nothing is lost
    assert refused.value.code == "eventi_da_controllare"
    assert session.get_one(Rendiconto, (1, int(a_month))).stato == "caricato"
    assert [row["evento_id"] for row in ask("rendiconto.check", rendiconto_id=a_month)["eventi"]] == [
        "1",
        "2",
    ]
    paid = ask("rendiconto.validate", rendiconto_id=a_month, esiti_controllo=passed(1, 2))
    assert paid == {"ore_validate": Decimal("3.00"), "importo": Decimal("73.50")}


def test_a_visit_told_while_the_month_is_being_validated_is_refused_and_not_lost(
    ask: Ask,
    session: Session,
    a_month: str,
    check: Callable[..., list[dict[str, Any]]],
    engine: Database,
) -> None:
    # given a month validated, and not yet committed
    check({})
    session.commit()
    ask("rendiconto.validate", rendiconto_id=a_month, esiti_controllo=passed(1))
    refused: list[str] = []

    def tell() -> None:
        with ente_context(1), Session(engine) as own:
            try:
                month = own.get_one(Rendiconto, (1, int(a_month)))
                eventi.load(own, month, [{**EVENT, "data": "2026-12-07"}], None)
                own.commit()
            except Refused as refusal:
                refused.append(refusal.code)

    # when the supplier tells another: it waits for the validation
    teller = Thread(target=tell)
    teller.start()
    waiting = text("select 1 from pg_locks where not granted limit 1")
    while teller.is_alive() and session.scalar(waiting) is None:
        teller.join(0.02)
    session.commit()
    teller.join()
    # then
    assert refused == ["rendiconto_chiuso"]


def test_contesting_a_row_that_is_not_there_is_refused(
    ask: Ask, a_month: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    check({})
    with pytest.raises(Refused) as refused:
        ask("rendiconto.contest", rendiconto_id=a_month, contesta=True, contestazioni=[{"evento_id": "9"}])
    assert (refused.value.code, refused.value.field) == ("riga_sconosciuta", "contestazioni")


def test_an_event_told_twice_is_kept_once(ask: Ask, a_month: str) -> None:
    ask("eventi.load", rendiconto_id=a_month, eventi=[EVENT])
    again = ask("eventi.load", rendiconto_id=a_month, eventi=[EVENT, {**EVENT, "data": "2026-12-07"}])
    assert again == {"eventi_caricati": 2}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"data": "2026-11-30"}, "evento_fuori_mese"), ({"data": "2026-12-01"}, "evento_fuori_mese")],
)
def test_an_event_outside_the_month_is_refused(
    change: dict[str, Any], code: str, ask: Ask, a_month: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask("eventi.load", rendiconto_id=a_month, eventi=[{**EVENT, **change}])
    assert (refused.value.code, refused.value.field) == (code, "eventi")


def test_a_month_under_control_takes_no_more_events(
    ask: Ask, a_month: str, check: Callable[..., list[dict[str, Any]]]
) -> None:
    check({})
    ask("rendiconto.validate", rendiconto_id=a_month, esiti_controllo=passed(1))
    with pytest.raises(Refused, match="già in controllo"):
        ask("eventi.load", rendiconto_id=a_month, eventi=[EVENT])


def test_too_many_events_are_refused(ask: Ask, a_month: str) -> None:
    many = [{**EVENT, "operatore": f"op{n}"} for n in range(eventi.MOST + 1)]
    with pytest.raises(Refused, match="al massimo 400"):
        ask("eventi.load", rendiconto_id=a_month, eventi=many)


def test_the_api_of_suppliers_wakes_the_path(a_engine: Engine, a_month: str, session: Session) -> None:
    delivery = eventi.submit(a_engine, int(a_month), [EVENT], ANNA)
    assert delivery.outcome == "buffered"
    assert session.get_one(Rendiconto, (1, int(a_month))).stato == "caricato"


def test_a_visit_after_the_end_of_the_order_is_told(
    ask: Ask, an_order: str, session: Session, check: Callable[..., list[dict[str, Any]]]
) -> None:
    order = session.get_one(Ordine, (1, int(an_order)))
    ask(
        "intervento.close",
        persona_id=str(order.persona_id),
        ordine_id=an_order,
        motivo="decesso",
        chiuso_dal="2026-12-05",
    )
    found = check({}, {"data": "2026-12-07"})
    assert [row["in_sospensione"] for row in found] == [False, True]

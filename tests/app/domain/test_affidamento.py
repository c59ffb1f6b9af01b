"""Orders go round the accredited suppliers, silence is a no, and the portal's answers move the path once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.avvisi.model import Avviso
from app.progetti.model import EventoSiuss
from app.servizi import ordine
from app.servizi.models import Fornitore, Ordine, PassaggioOrdine, PianoDomiciliare, SospensioneOrdine
from engine import Broken, Engine, FixedClock, Refused
from tests.app.domain.conftest import ANNA, MONDAY

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def an_order(ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str]) -> str:
    """An order sent to «alfa»."""
    plan = a_plan()
    return str(ask("ordine.send", piano_id=plan, fornitore_id=a_supplier("alfa"))["ordine_id"])


def test_suppliers_take_turns(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str], clock: FixedClock
) -> None:
    # given
    for slug in ("alfa", "beta", "gamma"):
        a_supplier(slug)
    # when
    given = []
    for n, name in enumerate(("Parodi", "Costa", "Bruno", "Dani")):
        clock.move_to(MONDAY.replace(hour=9 + n))
        given.append(ask("fornitore.assign", piano_id=a_plan(cognome=name))["fornitore_id"])
    # then
    assert given == ["alfa", "beta", "gamma", "alfa"]


def test_who_has_no_room_or_profile_or_is_elsewhere_is_passed_over(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str], session: Session
) -> None:
    # given
    a_supplier("piccola", ore_settimana=3)
    a_supplier("senza_oss", profili=["educatore"])
    ended = a_supplier("scaduta")
    session.get_one(Fornitore, (1, ended)).al = date(2026, 10, 31)
    a_supplier("giusta")
    # then
    assert ask("fornitore.assign", piano_id=a_plan()) == {"fornitore_id": "giusta"}


def test_hours_already_promised_are_counted(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str]
) -> None:
    # given room for one plan of four hours
    alfa, beta = a_supplier("alfa", ore_settimana=7), a_supplier("beta")
    ask("ordine.send", piano_id=a_plan(), fornitore_id=alfa)
    # then
    assert ask("fornitore.assign", piano_id=a_plan(cognome="Costa"))["fornitore_id"] == beta
    assert ask("fornitore.assign", piano_id=a_plan(cognome="Bruno"))["fornitore_id"] == beta


def test_who_refused_or_kept_silent_is_not_asked_again(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str], a_engine: Engine, session: Session
) -> None:
    # given alfa refuses and beta says nothing
    alfa, beta = a_supplier("alfa"), a_supplier("beta")
    plan = a_plan()
    refused = ask("ordine.send", piano_id=plan, fornitore_id=alfa)["ordine_id"]
    ordine.refuse(a_engine, int(refused), "Nessuno libero al mattino.", ANNA)
    assert ask("fornitore.assign", piano_id=plan)["fornitore_id"] == beta
    silent = ask("ordine.send", piano_id=plan, fornitore_id=beta)["ordine_id"]
    # when
    with pytest.raises(Refused) as error:
        ask("fornitore.assign", piano_id=plan)
    # then
    assert error.value.code == "fornitori_esauriti"
    session.expire_all()
    states = {str(row.id): row.stato for row in session.scalars(select(Ordine))}
    # the savepoint of the refused step keeps nothing of it: silence is written by the step that goes on
    assert states == {refused: "rifiutato", silent: "mandato"}


def test_an_order_is_accepted_once(an_order: str, a_engine: Engine, session: Session) -> None:
    # when
    delivery = ordine.accept(a_engine, int(an_order), ANNA)
    # then
    assert delivery.outcome == "buffered"
    with pytest.raises(ordine.OrdineNotWaiting) as error:
        ordine.accept(a_engine, int(an_order), ANNA)
    assert error.value.stato == "accettato"
    passages = session.scalars(select(PassaggioOrdine.stato).order_by(PassaggioOrdine.id)).all()
    assert passages == ["mandato", "accettato"]


def test_an_answer_after_its_term_comes_too_late(
    ask: Ask, a_plan: Callable[..., str], a_supplier: Callable[..., str], a_engine: Engine, clock: FixedClock
) -> None:
    # given
    plan, alfa = a_plan(), a_supplier("alfa")
    until = "2026-11-26T23:59:59+01:00"
    late = ask("ordine.send", piano_id=plan, fornitore_id=alfa, risposta_entro=until)["ordine_id"]
    # when
    clock.move_to(MONDAY.replace(day=27))
    # then
    with pytest.raises(ordine.OrdineNotWaiting) as error:
        ordine.accept(a_engine, int(late), ANNA)
    assert error.value.stato == "scaduto"


def test_an_order_tells_the_supplier_nothing_about_the_persona(an_order: str, session: Session) -> None:
    letter = session.scalars(select(Avviso).where(Avviso.lettera == "ordine_di_servizio")).one()
    assert (letter.destinatario_tipo, letter.stato) == ("fornitore", "simulato")
    assert "Parodi" not in letter.testo + letter.oggetto


def test_a_supplier_that_is_not_accredited_gets_no_order(ask: Ask, a_plan: Callable[..., str]) -> None:
    with pytest.raises(Broken, match="non è accreditato"):
        ask("ordine.send", piano_id=a_plan(), fornitore_id="nessuno")


def test_the_service_begins_with_the_first_visit(
    ask: Ask, an_order: str, session: Session, clock: FixedClock
) -> None:
    # given
    clock.move_to(MONDAY.replace(month=12, day=3))
    # when
    ask("ordine.start", ordine_id=an_order, data_primo_intervento="2026-12-02")
    # then
    plan = session.scalars(select(PianoDomiciliare)).one()
    assert (plan.stato, plan.dal) == ("attivo", date(2026, 12, 1))
    told = session.scalars(select(EventoSiuss)).one()
    assert (told.prestazione_codice, told.evento, told.data) == ("A2.07", "inizio", date(2026, 12, 2))


def test_a_first_visit_in_the_future_is_refused(ask: Ask, an_order: str) -> None:
    with pytest.raises(Refused) as refused:
        ask("ordine.start", ordine_id=an_order, data_primo_intervento="2026-11-24")
    assert refused.value.field == "data_primo_intervento"


def test_a_first_visit_before_the_order_is_refused(ask: Ask, an_order: str) -> None:
    with pytest.raises(Refused, match="mandato il 23 novembre 2026"):
        ask("ordine.start", ordine_id=an_order, data_primo_intervento="2025-11-23")


def test_a_service_stops_and_goes_again(ask: Ask, an_order: str, session: Session) -> None:
    # given
    ask("ordine.start", ordine_id=an_order, data_primo_intervento="2026-11-23")
    pause = ask("ordine.suspend", ordine_id=an_order, motivo="ricovero", dal="2026-12-05")["sospensione_id"]
    with pytest.raises(Refused, match="già sospeso"):
        ask("ordine.suspend", ordine_id=an_order, motivo="assenza", dal="2026-12-06")
    with pytest.raises(Refused, match="prima della sospensione"):
        ask("ordine.resume", ordine_id=an_order, sospensione_id=pause, ripresa_dal="2026-12-01")
    # when
    ask("ordine.resume", ordine_id=an_order, sospensione_id=pause, ripresa_dal="2026-12-20")
    # then
    row = session.get_one(SospensioneOrdine, (1, int(pause)))
    assert (row.dal, row.al) == (date(2026, 12, 5), date(2026, 12, 19))
    assert session.get_one(Ordine, (1, int(an_order))).stato == "avviato"

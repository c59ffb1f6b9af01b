"""A project reserves for what it does itself, opens what has a path of its own, and ends once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.progetti.model import (
    Analisi,
    Approvazione,
    Chiusura,
    EventoSiuss,
    Intervento,
    Monitoraggio,
    Progetto,
)
from app.servizi.models import Budget, Ordine, PianoDomiciliare, Prenotazione
from engine import FixedClock, Refused
from tests.app.domain.conftest import MONDAY

Ask = Callable[..., dict[str, Any]]
OBIETTIVO = {
    "dimensione": "relazionale",
    "descrizione": "Uscire di casa",
    "indicatore": "uscite a settimana",
    "traguardo": "2",
    "scadenza": "2027-06-30",
}
EDUCATIVA: dict[str, Any] = {
    "prestazione_codice": "A2.02",
    "quantita": Decimal("3"),
    "unita_misura": "ora",
    "frequenza": "settimana",
    "dal": "2026-12-10",
    "costo_unitario": Decimal("26"),
}
SAD: dict[str, Any] = {**EDUCATIVA, "prestazione_codice": "A2.07", "dal": "2026-12-01"}


@pytest.fixture
def a_project(ask: Ask, a_persona: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Write a project: `a_project(EDUCATIVA, SAD, progetto_id=…)`; gives the operation's answer."""
    persona_id = a_persona()

    def a_project(*interventi: dict[str, Any], **more: Any) -> dict[str, Any]:
        return ask(
            "progetto.register",
            persona_id=persona_id,
            obiettivi=[OBIETTIVO],
            interventi=list(interventi),
            **more,
        )

    return a_project


def test_only_what_has_no_path_of_its_own_is_reserved(a_project: Callable[..., dict[str, Any]]) -> None:
    written = a_project(EDUCATIVA, SAD)
    # three hours a week at 26 € are 338 € a month; home care reserves for itself
    assert written["importo_da_prenotare"] == Decimal("338.00")
    assert written["decorrenza"] == "2026-12-01"


def test_others_shares_are_not_reserved(a_project: Callable[..., dict[str, Any]]) -> None:
    meals = {**EDUCATIVA, "frequenza": "mese", "quantita": 10, "costo_unitario": 9, "quota_utente": 4}
    assert a_project(meals)["importo_da_prenotare"] == 50


def test_shares_that_do_not_make_the_cost_are_refused(a_project: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(Refused) as refused:
        a_project({**EDUCATIVA, "quota_ente": 10, "quota_utente": 10, "quota_ssn": 5})
    assert refused.value.field == "interventi"


def test_a_project_sent_back_is_written_again(
    ask: Ask, a_project: Callable[..., dict[str, Any]], session: Session
) -> None:
    # given
    first = a_project(EDUCATIVA)
    ask(
        "progetto.approve",
        progetto_id=first["progetto_id"],
        progetto_approvato=False,
        motivi="Manca la verifica.",
    )
    # when
    again = a_project(SAD, progetto_id=first["progetto_id"])
    # then
    assert again["progetto_id"] == first["progetto_id"]
    assert [each.prestazione_codice for each in session.scalars(select(Intervento))] == ["A2.07"]
    assert [(each.approvato, each.motivi) for each in session.scalars(select(Approvazione))] == [
        (False, "Manca la verifica.")
    ]


def test_an_active_project_opens_what_has_a_path_of_its_own(
    ask: Ask, a_project: Callable[..., dict[str, Any]]
) -> None:
    made = a_project(EDUCATIVA, SAD)["progetto_id"]
    opened = ask("progetto.activate", progetto_id=made, firma="autografa", firmato_il="2026-12-01")
    [intervento] = opened["interventi_da_aprire"]
    assert (intervento["percorso"], intervento["nome"]) == ("domiciliarita", "Assistenza domiciliare")


def test_the_next_version_does_not_open_again_what_is_open(
    ask: Ask, a_project: Callable[..., dict[str, Any]], session: Session, a_pratica: Callable[..., Any]
) -> None:
    # given a first version whose home care has its pratica
    first = a_project(SAD)["progetto_id"]
    ask("progetto.activate", progetto_id=first)
    session.scalars(select(Intervento)).one().pratica_id = a_pratica().id
    # when
    second = a_project(SAD, EDUCATIVA, progetto_id=first)["progetto_id"]
    opened = ask("progetto.activate", progetto_id=second, firmato_il="2027-01-10")
    # then
    assert second != first
    assert opened == {"interventi_da_aprire": []}
    states = [(p.versione, p.stato, p.al) for p in session.scalars(select(Progetto).order_by(Progetto.id))]
    assert states == [(1, "superato", date(2027, 1, 9)), (2, "attivo", None)]


def test_an_analysis_is_completed_without_losing_what_was_said(
    ask: Ask, a_persona: Callable[..., str], session: Session
) -> None:
    # given
    persona_id = a_persona()
    needs = [{"dimensione": "abitativa", "gravita": 4}]
    made = ask("analisi.register", persona_id=persona_id, bisogni=needs, complessita_rilevata="complesso")
    # when
    ask("analisi.register", persona_id=persona_id, sintesi_valutazione="Serve l'équipe.", **made)
    # then
    analisi = session.scalars(select(Analisi)).one()
    assert (analisi.complessita, analisi.sintesi, analisi.bisogni) == ("complesso", "Serve l'équipe.", needs)


def test_a_check_moves_the_next_one(
    ask: Ask, a_project: Callable[..., dict[str, Any]], session: Session
) -> None:
    made = a_project(EDUCATIVA)["progetto_id"]
    persona_id = str(session.scalars(select(Progetto)).one().persona_id)
    ask(
        "monitoraggio.register",
        persona_id=persona_id,
        progetto_id=made,
        esito_verifica="prosegue",
        prossima_verifica="2027-03-01",
    )
    assert session.scalars(select(Progetto)).one().verifica_il == date(2027, 3, 1)
    assert session.scalars(select(Monitoraggio.esito_verifica)).one() == "prosegue"


def test_an_ending_is_completed_step_by_step(
    ask: Ask, a_persona: Callable[..., str], session: Session
) -> None:
    # given
    persona_id = a_persona()
    with pytest.raises(Refused) as refused:
        ask("chiusura.register", persona_id=persona_id)
    assert refused.value.field == "motivo"
    made = ask(
        "chiusura.register", persona_id=persona_id, motivo="rinuncia", chiuso_dal="2026-12-31", follow_up=True
    )
    # when
    ask(
        "chiusura.register",
        persona_id=persona_id,
        esiti=[{"obiettivo": "1", "raggiunto": "parziale"}],
        **made,
    )
    ask("chiusura.register", persona_id=persona_id, chiusura_approvata=True, **made)
    ask("chiusura.register", persona_id=persona_id, data="2027-03-31", situazione="stabile", **made)
    # then
    end = session.scalars(select(Chiusura)).one()
    assert (end.motivo, end.chiuso_dal, end.follow_up, end.approvata) == (
        "rinuncia", date(2026, 12, 31), True, True,
    )  # fmt: skip
    assert (end.richiamata_il, end.situazione) == (date(2027, 3, 31), "stabile")


def test_a_service_that_ends_gives_its_money_back_and_tells_siuss(
    ask: Ask,
    a_plan: Callable[..., str],
    a_supplier: Callable[..., str],
    a_budget: Callable[..., Budget],
    session: Session,
    clock: FixedClock,
) -> None:
    # given a service of 100 € a month, begun in November and reserved for two months
    capitolo, plan = a_budget(1000), a_plan()
    ask("budget.reserve", piano_id=plan, importo_mensile=100, dal="2026-11-01")
    order = ask("ordine.send", piano_id=plan, fornitore_id=a_supplier("alfa"))["ordine_id"]
    ask("ordine.start", ordine_id=order, data_primo_intervento="2026-11-23")
    persona_id = str(session.get_one(PianoDomiciliare, (1, int(plan))).persona_id)
    # when it ends in the same month
    clock.move_to(MONDAY.replace(day=28))
    ask(
        "intervento.close",
        persona_id=persona_id,
        piano_id=plan,
        ordine_id=order,
        motivo="decesso",
        chiuso_dal="2026-11-28",
    )
    # then December's money is back
    session.refresh(capitolo)
    assert capitolo.prenotato_eur == 100
    assert session.scalars(select(Prenotazione.stato)).all() == ["liberata"]
    closed = session.get_one(Ordine, (1, int(order)))
    assert (closed.stato, closed.chiuso_dal) == ("chiuso", date(2026, 11, 28))
    ended = session.get_one(PianoDomiciliare, (1, int(plan)))
    assert (ended.stato, ended.al) == ("chiuso", date(2026, 11, 27))
    told = session.scalars(select(EventoSiuss.evento).order_by(EventoSiuss.id)).all()
    assert told == ["inizio", "fine"]


def test_ending_twice_changes_nothing(
    ask: Ask, a_plan: Callable[..., str], a_budget: Callable[..., Budget], session: Session
) -> None:
    # given
    capitolo, plan = a_budget(1000), a_plan()
    ask("budget.reserve", piano_id=plan, importo_mensile=100, dal="2026-11-01")
    persona_id = str(session.get_one(PianoDomiciliare, (1, int(plan))).persona_id)
    # when
    for _ in range(2):
        ask(
            "intervento.close",
            persona_id=persona_id,
            piano_id=plan,
            motivo="rinuncia",
            chiuso_dal="2026-11-01",
        )
    # then
    session.refresh(capitolo)
    assert capitolo.prenotato_eur == 0
    assert session.scalars(select(EventoSiuss)).all() == []


def test_a_project_that_ends_closes_its_interventions(
    ask: Ask, a_project: Callable[..., dict[str, Any]], session: Session
) -> None:
    made = a_project(EDUCATIVA, SAD)["progetto_id"]
    ask("progetto.activate", progetto_id=made)
    persona_id = str(session.scalars(select(Progetto)).one().persona_id)
    ask("intervento.close", persona_id=persona_id, progetto_id=made, motivo="obiettivi_raggiunti")
    assert {each.stato for each in session.scalars(select(Intervento))} == {"chiuso"}
    assert [each.prestazione_codice for each in session.scalars(select(EventoSiuss))] == ["A2.02"]

"""The old lady's whole story, from the counter to the last page: real operations, real paths, the simulated INPS.

Rosa Rossi, 82, fell on the stairs. Each chapter says who has what to do when it ends; the last one looks at what
the comune has written down of her.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from app.avvisi.model import Avviso
from app.bisogni.model import Bisogno
from app.contatti.model import Contatto
from app.persone.model import Persona
from app.pratiche.model import Pratica, PresaInCarico
from app.progetti.model import Chiusura, EventoSiuss, Intervento, Monitoraggio, Progetto
from app.servizi import eventi, ordine
from app.servizi.models import (
    Budget,
    Domanda,
    EventoErogazione,
    Ordine,
    PianoDomiciliare,
    Prenotazione,
    Quota,
    Rendiconto,
    Valutazione,
)
from app.wiring import make_engines
from connectors.inps.sandbox import PERSONE, Sandbox
from engine import NotAllowed, tables
from engine.calendar import ROME
from tests.processes.town import Town

TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=ROME)
MARCO, GIULIA, ANNA = "marco.costa", "giulia.parodi", "anna.traverso"
DARIO, LANTERNA = "dario.olivieri", "coop.lanterna"
ROSA = PERSONE["rosa"]

WEEK = [
    {
        "prestazione": "igiene",
        "profilo": "oss",
        "giorni": ["lun", "mer", "ven"],
        "dalle": "08:30",
        "alle": "09:30",
    },
]
GOAL = {
    "dimensione": "salute_autonomia", "descrizione": "Lavarsi in sicurezza a casa", "indicatore": "Bagni a settimana",
    "traguardo": "3", "scadenza": "2026-12-31",
}  # fmt: skip
CARE = {
    "prestazione_codice": "A2.07", "quantita": 3, "unita_misura": "ora", "frequenza": "settimana", "dal": "2026-10-01",
    "costo_unitario": Decimal("24.50"), "quota_ente": Decimal("24.50"),
}  # fmt: skip


@pytest.fixture
def town(engine: Database) -> Iterator[Town]:
    with Sandbox() as sandbox:
        yield Town(engine, make_engines(sandbox.environ()), sandbox, TUESDAY)


def test_an_old_lady_is_heard_helped_at_home_and_let_go(town: Town) -> None:
    she_asks_at_the_counter(town)
    a_social_worker_hears_her(town)
    she_is_taken_in_charge(town)
    they_agree_on_a_project(town)
    she_applies_and_inps_tells_her_isee(town)
    she_is_visited_and_admitted(town)
    her_plan_is_approved_by_somebody_else(town)
    she_chooses_who_comes(town)
    the_first_month_is_told_and_checked(town)
    the_second_month_is_the_last(town)
    her_case_is_reviewed_and_closed(town)
    what_was_written_down_of_her(town)
    the_money_and_the_month_add_up(town)
    nothing_is_left_open(town)


def she_asks_at_the_counter(town: Town) -> None:
    town.opens("primo_contatto", MARCO)
    assert town.to_do() == {"registra_contatto": "operatore_sportello"}
    town.does(
        MARCO,
        "registra_contatto",
        canale="sportello", data="2026-09-01", ora="09:10", chi_chiede="interessato",
        codice_fiscale=ROSA.codice_fiscale, cognome="Rossi", nome="Rosa", data_nascita="1944-01-01",
        recapito="+390105550123", indirizzo="Via Prè 12/5", domanda_espressa="Sono caduta e non mi lavo più da sola.",
        tipo_richiesta="aiuto", area_utenza="anziani", urgenza="nessuna", minore_a_rischio=False, informativa_data=True,
    )  # fmt: skip
    assert town.to_do() == {"primo_colloquio": "assistente_sociale"}
    assert town.due("primo_colloquio") == "2026-09-22"  # fifteen working days


def a_social_worker_hears_her(town: Town) -> None:
    town.comes("2026-09-08T10:30")
    town.does(
        GIULIA,
        "primo_colloquio",
        data="2026-09-08", luogo="domicilio", presenti=["la figlia Marta"], narrazione="Vive sola al terzo piano.",
        situazione_rilevata=[
            {"dimensione": "salute_autonomia", "gravita": 4, "risorse": "La figlia"},
            {"dimensione": "relazionale", "gravita": 3},
        ],
        isee_disponibile="si", esito_colloquio="presa_in_carico",
    )  # fmt: skip
    assert town.pratica("primo_contatto").esito == "presa_in_carico_avviata"
    assert town.to_do() == {"assegna_caso": "responsabile_ats"}


def she_is_taken_in_charge(town: Town) -> None:
    town.does(
        ANNA,
        "assegna_caso",
        operatore_id=str(town.ids[GIULIA]), data_presa_in_carico="2026-09-09", area_utenza="anziani",
        riservatezza="ordinaria",
    )  # fmt: skip
    assert town.pratica("presa_in_carico").case_manager_id == town.ids[GIULIA]
    assert town.to_do() == {"analisi_preliminare": "assistente_sociale"}


def they_agree_on_a_project(town: Town) -> None:
    town.comes("2026-09-14T11:00")
    town.does(
        GIULIA,
        "analisi_preliminare",
        bisogni=[{"dimensione": "salute_autonomia", "gravita": 4}], punti_di_forza="È lucida, la figlia c'è.",
        complessita_rilevata="semplice", bisogno_sanitario=False,
    )  # fmt: skip
    assert town.to_do() == {"redige_progetto": GIULIA}  # who did the step before
    town.does(
        GIULIA,
        "redige_progetto",
        obiettivi=[GOAL], interventi=[CARE], impegni_persona=["Fare gli esercizi"],
        impegni_servizi=["Sentire la figlia"], verifica_il="2026-12-14",
    )  # fmt: skip
    assert town.to_do() == {"approvazione_progetto": ANNA}
    with pytest.raises(NotAllowed):
        town.does(GIULIA, "approvazione_progetto", progetto_approvato=True)
    town.does(ANNA, "approvazione_progetto", progetto_approvato=True)
    assert town.to_do() == {"sottoscrizione": "persona_caregiver"}
    town.does(GIULIA, "sottoscrizione", firma="autografa", firmato_il="2026-09-14")
    assert town.to_do() == {"domanda_domiciliare": "assistente_sociale"}


def she_applies_and_inps_tells_her_isee(town: Town) -> None:
    town.comes("2026-09-16T09:30")
    town.does(
        GIULIA,
        "domanda_domiciliare",
        richiedente="se_stesso", codice_fiscale=ROSA.codice_fiscale, tipo_isee="SocioSanitario", urgente=False,
        prestazioni_chieste=["igiene"], motivo_domanda="Dopo la caduta non si lava da sola.",
    )  # fmt: skip
    assert [call["esito"] for call in town.sandbox.calls.list()] == ["OK"]
    assert variables(town, "istruttoria_domiciliare")["isee"]["valore"] == Decimal(10_000)
    assert town.to_do() == {"visita_domiciliare": GIULIA}


def she_is_visited_and_admitted(town: Town) -> None:
    town.comes("2026-09-22T15:00")
    town.does(
        GIULIA,
        "visita_domiciliare",
        data="2026-09-22", presenti=["la figlia Marta"], aged=14, adl=4, iadl=3, invalidita=74, accompagnamento=False,
        legge_104="no", ricovero_definitivo=False, area_supporto=2,
    )  # fmt: skip
    assert variables(town, "istruttoria_domiciliare")["ammissione"] == {"ammesso": True, "motivi": []}
    assert town.to_do() == {"piano_domiciliare": GIULIA}


def her_plan_is_approved_by_somebody_else(town: Town) -> None:
    town.does(
        GIULIA,
        "piano_domiciliare",
        prestazioni=WEEK, dal="2026-10-01", accesso_casa="Citofono Rossi", animali=False,
    )  # fmt: skip
    assert variables(town, "domiciliarita")["quota"]["tariffa_oraria"] == Decimal("5.86")
    assert town.to_do() == {"approvazione_piano": "responsabile_ats"}
    with pytest.raises(NotAllowed):
        town.does(GIULIA, "approvazione_piano", piano_approvato=True)
    town.does(ANNA, "approvazione_piano", piano_approvato=True)
    assert town.to_do() == {"scelta_fornitore": "persona_caregiver"}


def she_chooses_who_comes(town: Town) -> None:
    town.does(MARCO, "scelta_fornitore", fornitore_id="coop-lanterna")
    assert town.to_do() == {}
    order_id = town.one(select(Ordine.id))
    town.comes("2026-09-24T10:00")
    town.step(lambda engine: ordine.accept(engine, order_id, town.actor(LANTERNA)))
    assert town.to_do() == {"avvio_servizio": "fornitore_accreditato"}
    assert town.tasks()[0].unita_id == "coop-lanterna"
    town.comes("2026-10-05T10:00")
    town.does(
        LANTERNA, "avvio_servizio", data_primo_intervento="2026-10-05", operatore_riferimento="LAN-OSS-01"
    )
    assert town.to_do() == {}


def the_first_month_is_told_and_checked(town: Town) -> None:
    town.comes("2026-11-03T09:00")
    visits = [a_visit(day) for day in ("2026-10-05", "2026-10-07", "2026-10-09", "2026-10-12")]
    visits[1]["conferma"] = "assente"
    visits.append(a_visit("2026-10-12", "LAN-OSS-02"))  # two visits at once
    tell(town, visits)
    assert town.to_do() == {"controlla_eventi": "ufficio_controlli"}
    checks = {row["evento_id"]: row["esito"] for row in variables(town, "rendicontazione")["esiti_controllo"]}
    assert checks == {"1": "ok", "2": "avviso", "3": "ok", "4": "scarto", "5": "scarto"}
    rows = [
        {"evento_id": "4", "motivo": "Due visite insieme"},
        {"evento_id": "5", "motivo": "Due visite insieme"},
    ]
    town.does(DARIO, "controlla_eventi", contesta=True, contestazioni=rows)
    assert town.to_do() == {"controdeduzioni": LANTERNA}
    answers = [
        {"evento_id": "4", "risposta": "Questa c'è stata"},
        {"evento_id": "5", "risposta": "Errore nostro"},
    ]
    town.does(LANTERNA, "controdeduzioni", risposte=answers)
    assert town.to_do() == {"decidi_contestazioni": DARIO}
    verdicts = [{"evento_id": "4", "accolta": True}, {"evento_id": "5", "accolta": False}]
    town.does(DARIO, "decidi_contestazioni", decisioni=verdicts)
    assert town.to_do() == {"monitoraggio": GIULIA}


def the_second_month_is_the_last(town: Town) -> None:
    town.comes("2026-11-06T12:00")
    town.does(
        GIULIA, "monitoraggio", data="2026-11-06", modo="telefono", soddisfazione=5, scostamenti=["nessuno"],
        prosegue=True,
    )  # fmt: skip
    assert town.to_do() == {}
    town.comes("2026-12-02T09:00")
    tell(town, [a_visit("2026-11-09"), a_visit("2026-11-11")])
    assert town.to_do() == {"monitoraggio": GIULIA}  # all in order: no control to make
    town.does(
        GIULIA, "monitoraggio", data="2026-12-02", modo="visita", soddisfazione=5, scostamenti=["nessuno"],
        prosegue=False, motivo_fine="obiettivi_raggiunti",
    )  # fmt: skip
    closes(town)
    assert town.pratica("domiciliarita").esito == "servizio_concluso"
    assert town.to_do() == {}


def her_case_is_reviewed_and_closed(town: Town) -> None:
    town.comes("2026-12-14T08:30")
    assert town.to_do() == {"verifica_progetto": GIULIA}
    town.does(
        GIULIA, "verifica_progetto", data="2026-12-14", sintesi="Si lava da sola e scende le scale.",
        esiti=[{"obiettivo": "Lavarsi in sicurezza a casa", "andamento": "raggiunto"}], esito_verifica="chiudere",
    )  # fmt: skip
    closes(town)
    assert town.pratica("presa_in_carico").esito == "caso_chiuso"


def what_was_written_down_of_her(town: Town) -> None:
    rosa = town.one(select(Persona))
    assert (rosa.name, rosa.sintetico, rosa.unita_id) == ("Rosa Rossi", True, "ats-centro-est")
    assert town.one(select(Contatto.esito)) == "presa_in_carico_avviata"
    needs = town.all(select(Bisogno.dimensione).order_by(Bisogno.id))
    assert needs == [None, "salute_autonomia", "relazionale"]
    progetto = town.one(select(Progetto))
    assert (progetto.stato, progetto.firma, progetto.versione) == ("chiuso", "autografa", 1)
    intervento = town.one(select(Intervento))
    assert (intervento.stato, intervento.pratica_id) == ("chiuso", town.pratica("domiciliarita").id)
    assert (town.one(select(Domanda)).intervento_id, town.one(select(Valutazione)).aged) == (
        intervento.id,
        14,
    )
    assert town.all(select(Monitoraggio.prosegue).order_by(Monitoraggio.id)) == [True, False, None]
    assert town.all(select(Chiusura.approvata)) == [True, True]
    assert town.all(select(EventoSiuss.evento).order_by(EventoSiuss.id)) == ["inizio", "fine"]
    letters = set(town.all(select(Avviso.lettera)))
    assert letters >= {"avvio_procedimento", "ordine_di_servizio", "contestazione_eventi", "chiusura"}


def the_money_and_the_month_add_up(town: Town) -> None:
    piano, quota = town.one(select(PianoDomiciliare)), town.one(select(Quota))
    assert (piano.stato, piano.ore_mese, piano.costo_mese) == ("chiuso", Decimal("13.00"), Decimal("318.50"))
    assert (quota.fascia, quota.tariffa_oraria, quota.dal) == (
        "proporzionale",
        Decimal("5.86"),
        date(2026, 10, 1),
    )
    order = town.one(select(Ordine))
    assert (order.stato, order.fornitore_id, order.chiuso_dal) == (
        "chiuso",
        "coop-lanterna",
        date(2026, 12, 15),
    )
    october, november = town.all(select(Rendiconto).order_by(Rendiconto.mese))
    assert (october.ore_validate, october.importo_eur) == (Decimal("4.00"), Decimal("98.00"))
    assert (november.mese, november.ore_validate) == ("2026-11", Decimal("2.00"))
    assert {october.stato, november.stato} == {"validato"}
    states = town.all(select(EventoErogazione.stato).order_by(EventoErogazione.id))
    assert states == ["validato"] * 4 + ["scartato"] + ["validato"] * 2
    reserved = town.one(select(Prenotazione))
    assert (reserved.stato, reserved.importo_eur) == ("liberata", 3 * piano.costo_mese)  # October to December
    held = town.one(
        select(Budget.prenotato_eur).where(Budget.servizio == "domiciliarita", Budget.anno == 2026)
    )
    assert held == reserved.importo_eur


def nothing_is_left_open(town: Town) -> None:
    assert town.to_do() == {}
    assert town.all(select(Pratica.id).where(Pratica.chiusa_at.is_(None))) == []
    assert town.all(select(PresaInCarico.id).where(PresaInCarico.al.is_(None))) == []
    for table in (tables.timer, tables.subscription):
        assert town.one(select(func.count()).select_from(table)) == 0
    assert town.all(select(tables.instance.c.status).distinct()) == ["done"]


# ---- what several chapters do


def variables(town: Town, slug: str) -> dict[str, Any]:
    """The variables of the last instance of a path."""
    i = tables.instance.c
    last = town.one(select(func.max(i.id)).where(i.slug == slug))
    found: dict[str, Any] = town.step(lambda engine: engine.instance(last).variables)
    return found


def a_visit(day: str, operatore: str = "LAN-OSS-01") -> dict[str, Any]:
    return {
        "data": day, "dalle": "08:30", "alle": "09:30", "operatore": operatore, "prestazione": "igiene",
        "conferma": "nfc", "esito_tecnico": "svolto",
    }  # fmt: skip


def tell(town: Town, visits: list[dict[str, Any]]) -> None:
    """The supplier's program sends the month's events."""
    month = town.one(select(Rendiconto.id).where(Rendiconto.stato == "aperto"))
    town.step(lambda engine: eventi.submit(engine, month, visits, town.actor(LANTERNA)))
    assert town.incidents() == []


def closes(town: Town) -> None:
    """An ending proposed, weighed, and approved by another."""
    assert town.to_do() == {"proposta_chiusura": GIULIA}
    town.does(
        GIULIA, "proposta_chiusura", motivo="obiettivi_raggiunti", descrizione="Non serve più.",
        chiuso_dal="2026-12-15", follow_up=False,
    )  # fmt: skip
    assert town.to_do() == {"valutazione_esiti": GIULIA}
    town.does(GIULIA, "valutazione_esiti", esiti=[{"obiettivo": GOAL["descrizione"], "raggiunto": "si"}])
    assert list(town.to_do()) == ["approvazione_chiusura"]
    with pytest.raises(NotAllowed):
        town.does(GIULIA, "approvazione_chiusura", chiusura_approvata=True)
    town.does(ANNA, "approvazione_chiusura", chiusura_approvata=True)

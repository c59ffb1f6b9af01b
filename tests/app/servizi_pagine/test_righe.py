"""Lists whose rows are known: the goals of a project, the visits of a month. Nobody types them again."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app import format as written
from app.accounts.models import Account
from app.pratiche import service
from app.progetti.model import Chiusura, Intervento, Obiettivo, Progetto
from app.servizi.models import Contestazione, PianoDomiciliare, Rendiconto
from engine import operator, tables
from tests.app.servizi_pagine.storie import CENTRO, date_of_today
from tests.app.servizi_pagine.test_mese import csv_of, monday_of_last_month

GOALS = ("Restare a casa in sicurezza", "Sollevare la figlia")


def path_of(session, root_id: int, element: str) -> str:
    """The page of a step that is open now."""
    t = tables.task.c
    session.rollback()
    found = select(t.id).where(t.root_id == root_id, t.element_id == element, t.status == "open")
    return f"/attivita/{session.scalars(found).one()}"


# ---- a project's goals


@pytest.fixture
def progetto(storie, db_session) -> Progetto:
    """Caterina's project, of two goals."""
    persona_id, today = storie.in_servizio.persona_id, date_of_today()
    progetto = Progetto(
        ente_id=1, persona_id=persona_id, versione=1, stato="attivo", impegni_persona=[], impegni_servizi=[]
    )
    db_session.add(progetto)
    db_session.flush()
    for words in GOALS:
        db_session.add(
            Obiettivo(
                ente_id=1,
                progetto_id=progetto.id,
                dimensione="salute_autonomia",
                descrizione=words,
                indicatore="cadute in un mese",
                traguardo="nessuna",
                scadenza=today,
            )
        )
        db_session.flush()
    return progetto


@pytest.fixture
def closes(storie, db_session, maker):
    """Propose an ending for Caterina, of what `data` says; gives the root of the path."""

    def propose(data) -> int:
        giulia = db_session.scalars(select(Account.id).where(Account.nome_utente == "giulia.parodi")).one()
        engine = maker(db_session, 1)
        pratica = service.open(
            db_session, 1, "chiusura", storie.in_servizio.persona_id, CENTRO, operator(giulia).label,
            start=maker.start, now=engine.now(), data=data, case_manager_id=giulia,
        )  # fmt: skip
        (task,) = engine.open_tasks(pratica.instance_id)
        said = {"motivo": "obiettivi_raggiunti", "descrizione": "È andata bene.", "follow_up": False}
        engine.complete(task.id, {**said, "chiuso_dal": date_of_today().isoformat()}, operator(giulia))
        db_session.commit()
        return pratica.instance_id

    return propose


def service_of(session, progetto: Progetto) -> str:
    """The plan of Caterina's service, as if the project had opened it."""
    plan = session.scalars(select(PianoDomiciliare).where(PianoDomiciliare.stato == "attivo")).one()
    session.add(
        Intervento(
            ente_id=1,
            progetto_id=progetto.id,
            pratica_id=plan.pratica_id,
            prestazione_codice="A1.05",
            quantita=5,
            unita_misura="ora",
            frequenza="settimana",
            dal=date_of_today(),
            costo_unitario=24,
            stato="attivo",
        )
    )
    session.flush()
    return str(plan.id)


def test_each_goal_of_the_project_is_there_and_asks_only_how_it_went(enter, progetto, closes, db_session):
    # given
    root_id = closes({"progetto_id": str(progetto.id)})
    giulia, path = enter("giulia.parodi"), path_of(db_session, root_id, "valutazione_esiti")
    page = giulia.get(path).text
    assert [f"<legend>{words}</legend>" in page for words in GOALS] == [True, True]
    hidden = [f'<input type="hidden" name="esiti.{n}.obiettivo" value="{w}">' for n, w in enumerate(GOALS)]
    assert [field in page for field in hidden] == [True, True]
    assert "aggiungi:esiti" not in page
    # when
    told = {f"esiti.{n}.obiettivo": words for n, words in enumerate(GOALS)}
    giulia.send(path, **told, **{"esiti.0.raggiunto": "si", "esiti.1.raggiunto": "parziale"})
    # then
    kept = db_session.scalars(select(Chiusura.esiti)).one()
    assert kept == [
        {"obiettivo": GOALS[0], "raggiunto": "si"},
        {"obiettivo": GOALS[1], "raggiunto": "parziale"},
    ]


def test_a_service_that_ends_alone_is_weighed_by_the_goals_it_was_opened_for(
    enter, progetto, closes, db_session
):
    # given
    root_id = closes({"piano_id": service_of(db_session, progetto)})
    giulia, path = enter("giulia.parodi"), path_of(db_session, root_id, "valutazione_esiti")
    # when
    page = giulia.get(path).text
    # then
    assert [f"<legend>{words}</legend>" in page for words in GOALS] == [True, True]
    # when a goal is put in other words
    told = {"esiti.0.obiettivo": "Un altro", "esiti.1.obiettivo": GOALS[1]}
    refused = giulia.send(path, **told, **{"esiti.0.raggiunto": "si", "esiti.1.raggiunto": "si"})
    # then
    assert refused.status_code == 422
    assert db_session.scalars(select(Chiusura.esiti)).one() == []


# ---- a month's visits


@pytest.fixture
def told_month(enter, storie, db_session) -> int:
    """Caterina's month: a visit as planned, and one on a day that is not in the plan; gives the root."""
    monday, story = monday_of_last_month(), storie.in_servizio
    lines = [
        f"{day.isoformat()};08:30;09:30;OP12;igiene;nfc;svolto;"
        for day in (monday, monday + timedelta(days=6))
    ]
    sent = {"eventi": (BytesIO(csv_of(*lines)), "mese.csv")}
    enter("coop.lanterna").send(f"/ordini/{story.ordine_id}/mese", **sent)
    return story.root_id


def test_contested_visits_are_chosen_and_answered_row_by_row(enter, storie, told_month, db_session):
    # given: the office reads which visits did not pass, then chooses from all, those first
    office, path = enter("dario.olivieri"), path_of(db_session, told_month, "controlla_eventi")
    asked = office.get(path).text.split("C&#39;è qualcosa da contestare")[1].split("</fieldset>")[0]
    assert re.search(r"Riga 2: .*Non è nel piano", asked)
    assert "Riga 1:" not in asked
    page = office.send(path, contesta="si", _azione="aggiorna").text
    offered = re.findall(r'value="(\d+)"[^>]*> ?(Riga [^<]+)', page)
    assert [number for number, _ in offered] == ["2", "1"]
    assert offered[0][1].endswith("Non è nel piano")
    contested = {"contestazioni.0.evento_id": "2", "contestazioni.0.motivo": "Era domenica"}
    office.send(path, contesta="si", **contested)
    # when: the supplier finds that visit, and says why
    supplier, path = enter("coop.lanterna"), path_of(db_session, told_month, "controdeduzioni")
    orders = "/ordini", f"/ordini/{storie.in_servizio.ordine_id}"
    assert [path in supplier.get(page).text for page in orders] == [True, True]
    page = supplier.get(path).text
    assert re.search(r"<legend>Riga 2: .*, 8:30–9:30, igiene personale\. Era domenica</legend>", page)
    assert "Riga 1:" not in page
    month = f"ordine {storie.in_servizio.ordine_id}, {written.month(f'{monday_of_last_month():%Y-%m}')}"
    assert month in page
    assert "/pratiche/" not in page  # which a supplier may not open: nor is it sent there at the end
    said = {"risposte.0.evento_id": "2", "risposte.0.risposta": "Chiesto dalla figlia."}
    done = supplier.send(path, **said, azione="completa_e_chiudi")
    assert (done.status_code, done.request.path) == (200, "/scrivania")
    # and its order asks nothing more of it
    for order in (supplier.get(page).text for page in orders):
        assert "il comune decide quando il fornitore ha risposto" in order
        assert "da fare:" not in order.lower()
    # then: the office decides on the same row
    path = path_of(db_session, told_month, "decidi_contestazioni")
    assert "<legend>Riga 2:" in office.get(path).text
    office.send(path, **{"decisioni.0.evento_id": "2", "decisioni.0.accolta": "si"})
    db_session.rollback()
    assert db_session.scalars(select(Contestazione.accolta)).all() == [True]
    assert "validato" in db_session.scalars(select(Rendiconto.stato)).all()

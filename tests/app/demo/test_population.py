"""The default city: every state is there, made by running the paths, and everybody has something to do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Account, RuoloOperatore
from app.demo import population
from app.persone.model import Identificativo, Persona
from app.pratiche.model import Pratica, Sospensione
from app.rights.roles import ROLES
from app.servizi.models import Budget, Iscrizione, Ordine, Rendiconto
from engine import tables
from engine.calendar import ROME
from engine.tables import task as task_table
from tests.app.demo.conftest import NOW, City

t = task_table.c


@pytest.fixture
def look(people_at_work: Session) -> Session:
    return people_at_work


def of(look: Session, nome_utente: str) -> list[Any]:
    """The open steps that somebody has."""
    rows = look.execute(
        select(t.element_id, t.due_at, t.note)
        .join(Account, (Account.ente_id == t.ente_id) & (Account.id == t.assignee_id))
        .where(t.status == "open", Account.nome_utente == nome_utente)
    )
    return list(rows)


def test_every_story_came_to_its_point_in_a_city_of_as_many_people_as_were_asked_for(
    city: City, look: Session
) -> None:
    assert city.told.fermate == ()
    assert city.told.persone == 160
    assert look.scalar(select(func.count()).select_from(Persona)) == 160
    assert city.progress.splitlines()[-1].endswith("100%")


def test_nothing_waits_that_was_due_before_now(look: Session) -> None:
    assert (
        look.scalar(select(func.count()).select_from(tables.timer).where(tables.timer.c.due_at <= NOW)) == 0
    )


def test_nothing_is_stuck_and_the_code_that_inps_cannot_take_waits_for_a_person(look: Session) -> None:
    i, t = tables.incident.c, tables.task.c
    assert look.scalars(select(i.message).where(i.resolved_at.is_(None))).all() == []
    waiting = select(t.ruolo).where(t.element_id == "correggi_codice_fiscale", t.status == "open")
    assert look.scalars(waiting).all() == ["assistente_sociale"]


def test_giulia_has_some_of_everything(look: Session) -> None:
    tasks = of(look, "giulia.parodi")
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    late = [row for row in tasks if row.due_at < NOW]
    today = [row for row in tasks if NOW <= row.due_at < midnight]
    week = [row for row in tasks if midnight <= row.due_at < midnight + timedelta(days=7)]
    assert 15 <= len(tasks) <= 25
    assert (len(late), len(today)) == (3, 4)
    assert len(week) >= 6
    assert len(tasks) - len(late) - len(today) - len(week) >= 5
    assert any(row.note for row in tasks)  # something came back to her


def test_some_steps_are_there_for_the_taking(look: Session) -> None:
    free = Counter(look.scalars(select(t.ruolo).where(t.status == "open", t.assignee_id.is_(None))))
    assert 5 <= free["assistente_sociale"] <= 9
    assert free["responsabile_ats"] and free["ufficio_controlli"] and free["fornitore_accreditato"]


@pytest.mark.parametrize(
    "nome_utente",
    ["marco.costa", "luca.repetto", "anna.traverso", "elsa.pittaluga", "bruno.merello", "paolo.ferrari"],
)
def test_colleagues_have_work_too(look: Session, nome_utente: str) -> None:
    assert len(of(look, nome_utente)) >= 2


def test_every_step_was_done_by_somebody_who_may(look: Session) -> None:
    rows = look.execute(
        select(t.element_id, t.ruolo, t.unita_id, t.closed_by).where(
            t.status == "done", t.closed_by.is_not(None)
        )
    ).all()
    grants: dict[int, list[tuple[str, str | None]]] = {}
    for grant in look.scalars(select(RuoloOperatore)):
        grants.setdefault(grant.account_id, []).append((grant.ruolo, grant.unita_id))
    assert len(rows) > 300
    for row in rows:
        held = grants[row.closed_by]
        assert any(row.ruolo in ROLES[ruolo].candidate_for for ruolo, _ in held), row
        assert any(unita in (None, row.unita_id) for _, unita in held), row


def test_four_eyes_were_kept(look: Session) -> None:
    same = (
        select(func.count()).select_from(task_table).where(t.status == "done", t.closed_by == t.excluded_id)
    )
    assert look.scalar(same) == 0


def test_services_are_at_every_point(look: Session) -> None:
    orders = Counter(look.scalars(select(Ordine.stato)))
    assert {"mandato", "accettato", "rifiutato", "avviato", "sospeso", "chiuso"} <= set(orders)
    months = Counter(look.scalars(select(Rendiconto.stato)))
    assert {"aperto", "caricato", "contestato", "validato"} <= set(months)
    waiting = look.scalar(select(func.count()).select_from(Iscrizione).where(Iscrizione.stato == "in_attesa"))
    assert waiting == 3
    assert look.scalar(select(func.count()).where(Sospensione.al.is_(None))) >= 1  # art. 10-bis


def test_paths_have_come_to_every_kind_of_end(look: Session) -> None:
    ends = set(look.scalars(select(Pratica.esito).where(Pratica.chiusa_at.is_not(None))))
    assert ends >= {
        "orientamento_consegnato", "inviato_ad_altro_servizio", "prestazione_avviata", "presa_in_carico_avviata",
        "passato_a_tutela_minori", "segnalazione_infondata", "minore_preso_in_carico", "chiusa_in_istruttoria",
        "servizio_concluso", "caso_chiuso", "domanda_respinta",
    }  # fmt: skip


def test_a_call_waits_for_inps_until_tomorrow(look: Session) -> None:
    queued = (
        look.execute(text("select scheduled_at from procrastinate_jobs where status = 'todo'"))
        .scalars()
        .all()
    )
    assert len(queued) == 1
    assert queued[0].astimezone(ROME).date() == (NOW + timedelta(days=1)).date()


def test_who_waits_for_money_waits_because_there_is_none(look: Session) -> None:
    least = look.scalar(
        select(func.min(Iscrizione.importo_mensile_eur)).where(Iscrizione.stato == "in_attesa")
    )
    free = look.scalar(
        select(Budget.stanziato_eur - Budget.prenotato_eur).where(
            Budget.servizio == "domiciliarita", Budget.anno == NOW.year
        )
    )
    assert least is not None and free is not None and free < least


def test_pratiche_are_numbered_in_the_order_of_time(look: Session) -> None:
    opened = look.scalars(select(Pratica.aperta_at).order_by(Pratica.anno, Pratica.numero)).all()
    assert list(opened) == sorted(opened)


def test_everybody_is_invented(look: Session) -> None:
    assert look.scalar(select(func.count()).where(Persona.sintetico.is_(False))) == 0
    assert look.scalar(select(func.count()).where(Pratica.sintetico.is_(False))) == 0


def test_the_registry_has_those_out_of_the_ordinary(look: Session) -> None:
    kinds = set(look.scalars(select(Identificativo.tipo)))
    assert {"cf", "temporaneo", "stp"} <= kinds
    assert look.scalar(select(func.count()).where(Identificativo.valore != Identificativo.canonico)) >= 2
    assert look.scalar(select(func.count()).where(Persona.livello_riservatezza == "violenza")) == 1
    assert look.scalar(select(func.count()).where(Persona.deceduta_il.is_not(None))) == 3
    assert look.scalar(select(func.count()).where(Pratica.riservatezza == "violenza")) == 1


def test_a_city_that_is_there_is_seen(city: City) -> None:
    assert population.is_there(city.database)

"""A pratica is opened once, finds itself in its own first steps, and closes when its path ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contatti.model import Contatto
from app.database.context import ente_context
from app.pratiche import service
from app.pratiche.model import Assegnazione, Pratica, PresaInCarico
from app.pratiche.numero import next_number
from engine import Broken, Engine, FixedClock, Refused
from tests.app.domain.conftest import ANNA, MONDAY, PRESTAZIONI, Opened, a_bundle

Ask = Callable[..., dict[str, Any]]


def test_a_pratica_has_a_number_a_term_and_an_instance(
    a_pratica: Callable[..., Opened], session: Session
) -> None:
    # when
    opened = a_pratica("domiciliarita", termine_giorni=30)
    # then
    pratica = session.get_one(Pratica, (1, opened.id))
    assert (pratica.protocol_number, pratica.titolo, pratica.termine_giorni) == (
        "2026/1",
        "Domiciliarita",
        30,
    )
    assert pratica.sintetico
    assert opened.engine.instance(opened.root_id).variables["persona_id"] == opened.persona_id
    assert [task.element_id for task in opened.engine.open_tasks(opened.root_id)] == ["lavora"]


def test_numbers_of_a_year_follow_one_another(a_pratica: Callable[..., Opened], session: Session) -> None:
    a_pratica()
    second = a_pratica()
    assert session.get_one(Pratica, (1, second.id)).numero == 2


def test_two_at_once_take_numbers_without_gaps(engine: Database, ente: int) -> None:
    # given one that gives its number back, between two that keep theirs
    taken: list[int] = []
    barrier = Barrier(4)

    def take(keep: bool) -> None:
        with ente_context(1), Session(engine) as session:
            barrier.wait()
            number = next_number(session, 1, "pratica", 2026)
            if keep:
                session.commit()
                taken.append(number)

    threads = [Thread(target=take, args=(keep,)) for keep in (True, False, True, True)]
    # when
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # then
    assert sorted(taken) == [1, 2, 3]


def test_registers_and_years_count_apart(session: Session, ente: int) -> None:
    given = [
        next_number(session, 1, *which) for which in (("a", 2026), ("a", 2026), ("b", 2026), ("a", 2027))
    ]
    assert given == [1, 2, 1, 1]


def test_a_step_opens_another_pratica_once(
    ask: Ask, a_pratica: Callable[..., Opened], session: Session, a_engine: Engine
) -> None:
    # given
    first = a_pratica("primo_contatto")
    a_engine.publish(a_bundle("presa_in_carico", termine_giorni=None), ANNA)
    # when
    asked = {"percorso": "presa_in_carico", "persona_id": first.persona_id, "contatto_id": None}
    once = ask("pratica.open", root_id=first.root_id, key="1:1:apri:t", **asked)
    again = ask("pratica.open", root_id=first.root_id, key="1:1:apri:t", **asked)
    # then
    assert once == again
    opened = session.get_one(Pratica, (1, int(once["pratica_id"])))
    assert opened.aperta_da_id == first.id
    assert opened.unita_id == "ats_centro_est"
    assert session.scalar(select(func.count()).select_from(Pratica)) == 2
    assert session.scalars(select(Assegnazione)).all() == []  # Anna has no role in that path


def test_a_path_that_is_not_published_needs_a_person(ask: Ask, a_pratica: Callable[..., Opened]) -> None:
    opened = a_pratica()
    with pytest.raises(Broken, match="non è pubblicato"):
        ask("pratica.open", root_id=opened.root_id, percorso="lunare", persona_id=opened.persona_id)


def test_the_first_contact_gives_the_pratica_its_persona(
    ask: Ask, a_engine: Engine, session: Session, genova: int, a_contact: Callable[..., str]
) -> None:
    # given a pratica about nobody yet
    a_engine.publish(a_bundle("primo_contatto", termine_giorni=None), ANNA)
    pratica = service.open(
        session, genova, "primo_contatto", None, "ats_centro_est", ANNA.label,
        start=lambda *given: a_engine.start(given[2], given[3], ANNA).id, now=MONDAY,
    )  # fmt: skip
    # when
    contatto_id = a_contact(root_id=pratica.instance_id)
    persona = ask("persona.find_or_create", root_id=pratica.instance_id, contatto_id=contatto_id)
    # then
    assert str(pratica.contatto_id) == contatto_id
    assert str(pratica.persona_id) == persona["persona_id"]
    assert session.get_one(Contatto, (1, int(contatto_id))).unita_id == "ats_centro_est"


def test_the_first_steps_of_a_path_find_their_pratica(
    ask: Ask, a_engine: Engine, session: Session, genova: int, a_persona: Callable[..., str]
) -> None:
    # given a path whose first step writes in the diary, before the pratica knows its instance
    persona_id = a_persona()
    a_engine.publish(a_bundle("domiciliarita"), ANNA)
    seen: list[int | None] = []

    def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
        instance = a_engine.start(slug, variables, ANNA)
        found = service.of_root(session, ente_id, instance.id)
        seen.append(found.id if found else None)
        return instance.id

    # when
    pratica = service.open(
        session, genova, "domiciliarita", int(persona_id), None, ANNA.label, start=start, now=MONDAY
    )
    # then
    assert seen == [pratica.id]


def test_a_pratica_closes_with_its_path(a_pratica: Callable[..., Opened], session: Session) -> None:
    # given
    opened = a_pratica()
    task = opened.engine.open_tasks(opened.root_id)[0]
    # when
    opened.engine.complete(task.id, {}, ANNA)
    # then
    pratica = session.get_one(Pratica, (1, opened.id))
    assert (pratica.esito, pratica.chiusa_at) == ("finito", MONDAY)


def test_the_clock_stops_on_the_day_of_the_decision(
    ask: Ask, a_pratica: Callable[..., Opened], a_persona: Callable[..., str], session: Session
) -> None:
    # given a plan written for the pratica
    opened = a_pratica("domiciliarita", termine_giorni=30)
    plan = ask(
        "piano.register",
        root_id=opened.root_id,
        persona_id=a_persona(),
        prestazioni=PRESTAZIONI,
        dal="2026-12-01",
    )
    # when it is approved, and the service goes on for a year
    ask("progetto.approve", root_id=opened.root_id, piano_id=plan["piano_id"], piano_approvato=True)
    pratica = session.get_one(Pratica, (1, opened.id))
    clock = service.clock(session, pratica, MONDAY + timedelta(days=365))
    # then the ente is not late
    assert clock is not None
    assert pratica.deciso_il == MONDAY.date()
    assert (clock.trascorsi, clock.scaduto) == (0, False)


def test_a_plan_sent_back_decides_nothing(
    ask: Ask, a_pratica: Callable[..., Opened], a_persona: Callable[..., str], session: Session
) -> None:
    opened = a_pratica("domiciliarita", termine_giorni=30)
    plan = ask(
        "piano.register",
        root_id=opened.root_id,
        persona_id=a_persona(),
        prestazioni=PRESTAZIONI,
        dal="2026-12-01",
    )
    ask(
        "progetto.approve",
        root_id=opened.root_id,
        piano_id=plan["piano_id"],
        piano_approvato=False,
        motivi="No.",
    )
    assert session.get_one(Pratica, (1, opened.id)).deciso_il is None


def test_a_cancelled_path_closes_its_pratica_as_cancelled(
    a_pratica: Callable[..., Opened], session: Session
) -> None:
    opened = a_pratica()
    opened.engine.cancel(opened.root_id, "aperta per errore", ANNA)
    assert session.get_one(Pratica, (1, opened.id)).esito == "annullata"


def test_the_case_is_given_to_a_case_manager(
    ask: Ask, a_pratica: Callable[..., Opened], session: Session
) -> None:
    # given
    opened = a_pratica()
    # when Anna has it first, then Bruno
    for account in ("1", "2"):
        ask(
            "pratica.assign",
            root_id=opened.root_id,
            operatore_id=account,
            riservatezza="minori",
            data_presa_in_carico="2026-11-24",
            area_utenza="anziani",
        )
    # then
    pratica = session.get_one(Pratica, (1, opened.id))
    assert (pratica.case_manager_id, pratica.riservatezza) == (2, "minori")
    held = session.scalars(select(Assegnazione).order_by(Assegnazione.id)).all()
    assert [(each.account_id, each.al_at is None) for each in held] == [(1, False), (2, True)]
    taken = session.scalars(select(PresaInCarico)).all()
    assert [(each.area_utenza, each.dal.isoformat()) for each in taken] == [("anziani", "2026-11-24")]


def test_who_follows_the_persona_follows_the_next_pratica_too(
    ask: Ask, a_pratica: Callable[..., Opened], session: Session
) -> None:
    # given Rosa in care, whom Bruno has from Anna
    care = a_pratica("presa_in_carico")
    for account in ("1", "2"):
        ask("pratica.assign", root_id=care.root_id, operatore_id=account, data_presa_in_carico="2026-11-24")
    # when
    opened = a_pratica("domiciliarita", persona_id=care.persona_id)
    # then
    assert session.get_one(Pratica, (1, opened.id)).case_manager_id == 2


@pytest.mark.parametrize("why", ["sealed", "over", "gone", "another"])
def test_nobody_follows_the_next_pratica_who_may_not(
    why: str, ask: Ask, a_pratica: Callable[..., Opened], a_persona: Callable[..., str], session: Session
) -> None:
    # given
    care = a_pratica("presa_in_carico")
    sealed = {"riservatezza": "violenza"} if why == "sealed" else {}
    ask("pratica.assign", root_id=care.root_id, operatore_id="2", **sealed)
    if why == "over":
        session.scalars(select(PresaInCarico)).one().al = MONDAY.date()
    if why == "gone":
        session.get_one(Account, (1, 2)).attivo = False
    # when
    who = a_persona(nome="Ada", cognome="Costa") if why == "another" else care.persona_id
    opened = a_pratica("domiciliarita", persona_id=who)
    # then
    assert session.get_one(Pratica, (1, opened.id)).case_manager_id is None


def test_a_waiting_step_goes_to_another_person_with_a_day(ask: Ask, a_pratica: Callable[..., Opened]) -> None:
    # given
    opened = a_pratica()
    # when
    ask(
        "pratica.assign",
        root_id=opened.root_id,
        scelta="altra_persona",
        operatore_id="2",
        entro_il="2026-12-01",
    )
    # then
    task = opened.engine.open_tasks(opened.root_id)[0]
    assert task.assignee_id == 2
    assert task.due_at is not None
    assert task.due_at.isoformat().startswith("2026-12-01T22:59:59")


def test_nobody_unknown_is_given_anything(ask: Ask, a_pratica: Callable[..., Opened]) -> None:
    opened = a_pratica()
    with pytest.raises(Refused) as refused:
        ask("pratica.assign", root_id=opened.root_id, operatore_id="99")
    assert refused.value.field == "operatore_id"


def test_the_clock_of_a_pratica_counts_its_suspensions(
    ask: Ask, a_pratica: Callable[..., Opened], session: Session, clock: FixedClock
) -> None:
    # given an application on the day of the opening
    opened = a_pratica("domiciliarita", termine_giorni=30)
    domanda_id = ask(
        "domanda.register",
        root_id=opened.root_id,
        persona_id=opened.persona_id,
        codice_fiscale="PRDRSO44A41D969J",
        tipo_isee="Ordinario",
        urgente=False,
    )["domanda_id"]
    # when the term stood still for a week
    ask(
        "procedimento.suspend",
        root_id=opened.root_id,
        domanda_id=domanda_id,
        dal="2026-12-01",
        motivo="art_10_bis",
    )
    ask(
        "procedimento.suspend",
        root_id=opened.root_id,
        domanda_id=domanda_id,
        dal="2026-12-03",
        motivo="art_10_bis",
    )
    ask("procedimento.resume", root_id=opened.root_id, domanda_id=domanda_id, dal="2026-12-08")
    ask("procedimento.resume", root_id=opened.root_id, domanda_id=domanda_id, dal="2026-12-20")
    # then
    clock.move_to(MONDAY.replace(month=12, day=10))
    read = service.clock(session, session.get_one(Pratica, (1, opened.id)), clock.instant)
    assert read is not None
    assert (read.sospesi, read.trascorsi, read.scade_il.isoformat()) == (7, 10, "2026-12-30")


def test_a_path_without_a_term_has_no_clock(a_pratica: Callable[..., Opened], session: Session) -> None:
    opened = a_pratica("primo_contatto", termine_giorni=None)
    assert service.clock(session, session.get_one(Pratica, (1, opened.id)), MONDAY) is None

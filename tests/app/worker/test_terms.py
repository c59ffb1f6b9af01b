"""A term that a mistake of ours keeps from being fired: told to a person, and in nobody's way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import worker
from app.database.context import ente_context
from app.wiring import EngineMaker
from engine import Bundle, Operations, operator, system
from tests.engine.conftest import inside
from tests.engine.drawing import bundle, diagram, end, event, human, on_timer, service, start

ANNA = operator(1)


class Register:
    """Our own part of a step, with a mistake in it until somebody repairs it."""

    repaired = False

    def write(self, call: Any, request: dict[str, Any]) -> dict[str, Any]:
        if not self.repaired:
            raise KeyError("isee")
        return {}


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def maker(ente: int, register: Register) -> EngineMaker:
    return EngineMaker(Operations([inside("registro.write", register.write)]))


def path(slug: str, *after: str) -> Bundle:
    """What follows a term that is over at once."""
    names = ["termine", *after, "fine"]
    drawn = "".join(service(name, "registro.write") if name == "scrivi" else human(name) for name in after)
    flows = "; ".join(f"{one} {other}" for one, other in zip(["inizio", *names], names, strict=False))
    waits = event("termine", "intermediateCatch", on_timer("PT0S"))
    return bundle(slug, diagram(slug, start() + waits + drawn + end(), flows))


def test_a_term_that_would_fail_each_time_becomes_an_incident_and_the_next_fires(
    engine: Database, owner_engine: Database, maker: EngineMaker, ente: int, register: Register
) -> None:
    # given two paths at a term that is over; after the first there is a mistake of ours
    with ente_context(ente), Session(engine) as session, session.begin():
        made = maker(session, ente)
        for drawn in (path("rotto", "scrivi", "dopo"), path("sano", "dopo")):
            made.publish(drawn, system("prova"))
        broken, sound = (made.start(slug, {}, system("prova")).id for slug in ("rotto", "sano"))
    # when
    with pytest.raises(worker.TimerFailed):
        worker.fire_next(engine, maker)
    # then
    assert worker.fire_next(engine, maker) == ente
    assert worker.fire_next(engine, maker) is None
    with ente_context(ente), Session(engine) as session, session.begin():
        made = maker(session, ente)
        assert [task.element_id for task in made.open_tasks(sound)] == ["dopo"]
        (incident,) = made.open_incidents(broken)
        assert (incident.element_id, incident.message) == ("termine", "errore non previsto (KeyError)")
        assert made.check() == []
        # and once the mistake is repaired, whoever retries goes on from there
        register.repaired = True
        made.retry(incident.id, ANNA)
        assert [task.element_id for task in made.open_tasks(broken)] == ["dopo"]


def test_a_term_of_a_path_that_does_not_load_holds_no_other_up(
    engine: Database, owner_engine: Database, maker: EngineMaker, ente: int
) -> None:
    # given
    with ente_context(ente), Session(engine) as session, session.begin():
        made = maker(session, ente)
        made.publish(path("sano", "dopo"), system("prova"))
        lost, sound = (made.start("sano", {}, system("prova")).id for _ in range(2))
    with owner_engine.begin() as owner:
        owner.execute(text("update engine_instance set state = 'x' where id = :id"), {"id": lost})
    # when
    with pytest.raises(worker.TimerFailed) as failed:
        worker.fire_next(engine, maker)
    # then
    assert worker.fire_next(engine, maker, [failed.value.timer_id]) == ente
    with ente_context(ente), Session(engine) as session:
        assert [task.element_id for task in maker(session, ente).open_tasks(sound)] == ["dopo"]


def test_a_term_that_the_database_refuses_for_a_while_stays_a_term(
    engine: Database, owner_engine: Database, maker: EngineMaker, ente: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given somebody holds the pratica for longer than a term waits
    with ente_context(ente), Session(engine) as session, session.begin():
        made = maker(session, ente)
        made.publish(path("sano", "dopo"), system("prova"))
        made.start("sano", {}, system("prova"))
    with owner_engine.connect() as holder:
        holder.execute(text("select 1 from engine_instance for update"))
        monkeypatch.setattr(worker, "take_timer", impatient(worker.take_timer))
        with pytest.raises(worker.TimerFailed):
            worker.fire_next(engine, maker)
    # when / then
    assert worker.fire_next(engine, maker) == ente
    with ente_context(ente), Session(engine) as session:
        assert maker(session, ente).open_incidents() == []


def impatient(take: Any) -> Any:
    """Take a term as always, and wait for nobody afterwards."""

    def took(session: Session, *rest: Any) -> Any:
        session.execute(text("set local lock_timeout = '50ms'"))
        return take(session, *rest)

    return took

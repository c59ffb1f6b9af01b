"""Home care asks INPS, and each thing that INPS may answer is somewhere: a step, a new attempt, an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from codicefiscale import codicefiscale
from sqlalchemy import Engine as Database
from sqlalchemy import select, text

from app import worker
from app.demo.city import GENOVA
from app.persone.model import Persona
from app.pratiche import service
from app.wiring import make_engines
from connectors.inps.sandbox import PERSONE, Sandbox
from connectors.inps.sandbox_population import find_situazione
from engine import tables
from engine.calendar import ROME
from tests.processes.town import Town

GIULIA = "giulia.parodi"
TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=ROME)
ASKED = "leggi_isee"
VISIT, NO_ISEE, WRONG_CODE = "visita_domiciliare", "informa_tariffa_piena", "correggi_codice_fiscale"
ALWAYS = None


@pytest.fixture
def town(engine: Database) -> Iterator[Town]:
    with Sandbox(today=TUESDAY.date) as sandbox:
        environ = {**sandbox.environ(), "PERCORSI_INPS_TIMEOUT_S": "4"}
        yield Town(engine, make_engines(environ), sandbox, TUESDAY)


class Story:
    """Somebody who applies for home care, by her codice fiscale."""

    def __init__(self, town: Town, codice_fiscale: str, tipo: str = "SocioSanitario") -> None:
        self.town = town
        self.root = town.step(self._begin)
        self._applies(codice_fiscale, tipo)
        self.asks()

    def _begin(self, engine: Any) -> int:
        persona = Persona(ente_id=GENOVA, cognome="Prova", nome="Zita", unita_id=self.town.unita)
        engine.session.add(persona)
        engine.session.flush()
        by = self.town.actor(GIULIA).label
        pratica = service.open(
            engine.session, GENOVA, "domiciliarita", persona.id, self.town.unita, by,
            start=self.town.maker.start, now=self.town.clock.instant,
        )  # fmt: skip
        return int(pratica.instance_id or 0)

    def _applies(self, codice_fiscale: str, tipo: str) -> None:
        answers = {
            "richiedente": "se_stesso", "codice_fiscale": codice_fiscale, "tipo_isee": tipo, "urgente": False,
            "prestazioni_chieste": ["pasti"], "motivo_domanda": "Non cucina più",
        }  # fmt: skip
        task = self._tasks()[0]
        self.town.step(lambda engine: engine.complete(task.id, answers, self.town.actor(GIULIA)))

    def asks(self) -> None:
        """What waits for INPS is asked, once."""
        for job in self._jobs():
            if job.status in ("waiting", "running"):
                worker.run_job(self.town.database, self.town.maker, GENOVA, job.id)

    def _jobs(self) -> list[Any]:
        j, i = tables.job.c, tables.instance.c
        query = select(j).join(tables.instance, (i.ente_id == j.ente_id) & (i.id == j.instance_id))
        found: list[Any] = self.town.step(
            lambda engine: engine.session.execute(
                query.where(j.element_id == ASKED, i.root_id == self.root)
            ).all()
        )
        return found

    def _tasks(self) -> list[Any]:
        return [task for task in self.town.tasks() if task.root_id == self.root]

    @property
    def to_do(self) -> list[str]:
        return [task.element_id for task in self._tasks()]

    @property
    def incidents(self) -> list[Any]:
        found: list[Any] = self.town.step(lambda engine: engine.open_incidents())
        return [each for each in found if each.root_id == self.root]

    @property
    def next_attempt(self) -> datetime:
        """When the queue will ask again."""
        query = text("select max(scheduled_at) from procrastinate_jobs")
        found: datetime = self.town.step(lambda engine: engine.session.execute(query).scalar_one())
        return found.astimezone(ROME)


def somebody(number: int) -> str:
    """The codice fiscale of somebody whose ISEE the simulated INPS has."""
    born = (
        codicefiscale.encode("Zunino", "Zita", "F", f"{day:02d}/03/1941", "Genova") for day in range(1, 32)
    )
    return str([code for code in born if find_situazione(code)][number])


def test_what_inps_answers_is_a_step_or_an_incident_and_nobody_is_lost(town: Town) -> None:
    # given
    known = {name: persona.codice_fiscale for name, persona in PERSONE.items()}
    # when / then it answers of the person
    assert Story(town, known["rosa"]).to_do == [VISIT]
    assert Story(town, known["carlo"]).to_do == [NO_ISEE]
    assert Story(town, known["davide"], "Minorenne").to_do == [NO_ISEE]
    assert Story(town, "RSSRSOQ4A41D969R").to_do == [WRONG_CODE]
    # when it answers that something is wrong with the question, a person looks at it
    for number, (outcome, words) in enumerate(
        {
            "RICHIESTA_INVALIDA": "L'INPS non accetta la richiesta: non dice quale campo.",
            "RISCONTRO_NON_VALIDO": "L'INPS non riconosce il riscontro della richiesta (RISCONTRO_NON_VALIDO).",
        }.items(),
        start=1,
    ):
        town.sandbox.faults.order(outcome, 1)
        story = Story(town, somebody(number))
        # then
        assert (story.to_do, [each.message for each in story.incidents]) == ([], [words])
        # when she tries again
        town.step(lambda engine, story=story: engine.retry(story.incidents[0].id, town.actor(GIULIA)))
        story.asks()
        # then
        assert (story.to_do, story.incidents) == ([VISIT], [])


def test_an_inps_that_is_away_is_asked_again_and_the_day_s_limit_waits_for_tomorrow(town: Town) -> None:
    for number, outcome in enumerate(("DATABASE_OFFLINE", "ERRORE_INTERNO", "http_500", "timeout"), start=1):
        # given
        town.sandbox.faults.order(outcome, 1)
        story = Story(town, somebody(number))
        # then
        assert (story.to_do, story.incidents) == ([], []), outcome
        assert story.next_attempt < datetime.now(ROME) + timedelta(minutes=1), outcome
        # when
        story.asks()
        # then
        assert story.to_do == [VISIT], outcome
    # when the limit of the day is reached
    town.sandbox.faults.order("limite_giornaliero", 1)
    late = Story(town, somebody(9))
    # then
    assert late.incidents == []
    assert late.next_attempt.time().replace(microsecond=0) >= time(0, 5)
    assert late.next_attempt > datetime.now(ROME) + timedelta(minutes=1)


def test_an_inps_that_stays_away_becomes_an_incident_and_the_scrivania_works_meanwhile(town: Town) -> None:
    # given
    town.sandbox.faults.order("DATABASE_OFFLINE", ALWAYS)
    story = Story(town, somebody(1))
    # when
    for _ in range(4):
        assert story.incidents == []
        story.asks()
    # then
    assert [each.message for each in story.incidents] == ["Gli archivi dell'INPS non sono disponibili."]
    calls = town.sandbox.calls.list()
    assert len(calls) == 5
    assert len({each["chiave"] for each in calls}) == 1
    # when somebody else comes meanwhile
    town.opens("primo_contatto", "marco.costa")
    assert "registra_contatto" in town.to_do()
    # when it is back
    town.sandbox.faults.order(None)
    town.step(lambda engine: engine.retry(story.incidents[0].id, town.actor(GIULIA)))
    story.asks()
    # then
    assert (story.to_do, story.incidents) == ([VISIT], [])

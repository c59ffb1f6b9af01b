"""The city at work on one clock: people complete steps, timers fire on their day, INPS is asked.

Everything passes through the engine, as if it had happened then. Nothing is committed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.demo.agenda import Act
from app.demo.city import ACCOUNTS, GENOVA
from app.demo.filling import fill
from app.demo.people import Inhabitant
from app.demo.vicende import Vicenda, said
from app.values import day_of
from app.wiring import QUEUE, EngineMaker
from connectors.inps.sandbox import Sandbox
from engine import (
    Actor,
    AnswerRefused,
    Broken,
    Call,
    FixedClock,
    FormInvalid,
    JobToRun,
    Refused,
    Transient,
    operator,
    system,
)
from engine.form import FormSchema

# who does the steps of a role that is not of one unit
EVERYWHERE: Final[Mapping[str, str]] = {
    "amministrativo": "paolo.ferrari",
    "ufficio_domiciliarita": "silvia.canepa",
    "ufficio_controlli": "dario.olivieri",
    "equipe_multidisciplinare": "elsa.pittaluga",
}
OF_UNIT: Final[Mapping[str, Mapping[str, str]]] = {
    "ats-centro-est": {"operatore_sportello": "marco.costa", "responsabile_ats": "anna.traverso"},
    "ats-valpolcevera": {"operatore_sportello": "sara.badano", "responsabile_ats": "ines.sciaccaluga"},
}
AT_THE_COUNTER: Final = ("assistente_sociale", "persona_caregiver")
BY_UNIT: Final = {unita: seed.nome_utente for seed in ACCOUNTS for _, unita in seed.ruoli if unita}

_NEXT_TIMER = text("""
    select id, due_at from engine_timer
    where ente_id = :ente_id and due_at <= :until and instance_id > :first and not (id = any(:passed))
    order by due_at, id limit 1
""")
_TASKS = text("""
    select t.*, i.hash from engine_task t join engine_instance i on i.ente_id = t.ente_id and i.id = t.instance_id
    where t.ente_id = :ente_id and t.status = 'open' and t.root_id = any(array(
        select instance_id from pratica where ente_id = :ente_id
          and (persona_id = cast(:persona_id as bigint) or id = :pratica_id)))
    order by t.id
""")
_JOBS = text("""
    select id from engine_job where ente_id = :ente_id and id > :last and status = 'waiting' order by id
""")
_TAKEN = text("""
    delete from procrastinate_jobs where queue_name = :queue and status = 'todo' and scheduled_at is null
      and args @> jsonb_build_object('ente_id', cast(:ente_id as int), 'job_id', cast(:job_id as bigint))
""")
_LAST = text("""
    select (select coalesce(max(id), 0) from engine_job where ente_id = :ente_id) as job,
           (select coalesce(max(id), 0) from engine_instance where ente_id = :ente_id) as instance
""")


class StoryStuck(Exception):
    """What a story wants to do next is not there to be done, or is refused."""

    def __init__(self, story: str, what: str, why: str) -> None:
        super().__init__(f"{story}: {what}: {why}")


@dataclass
class Story:
    """One persona's way through the city; `assistente` follows her."""

    nome: str
    who: Inhabitant
    vicenda: Vicenda
    words: Mapping[str, str]
    assistente: str
    acts: list[Act]
    persona_id: int | None = None
    pratica_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def unita(self) -> str:
        return self.who.unita


class Stage:
    """One session and one clock for all the stories."""

    def __init__(
        self, session: Session, maker: EngineMaker, clock: FixedClock, sandbox: Sandbox | None
    ) -> None:
        self.session, self.maker, self.clock, self.sandbox = session, maker, clock, sandbox
        self.engine = maker(session, GENOVA, clock)
        rows = session.execute(select(Account.nome_utente, Account.id).where(Account.ente_id == GENOVA))
        self._accounts: dict[str, int] = {row.nome_utente: row.id for row in rows}
        self._forms: dict[tuple[str, str], FormSchema | None] = {}
        last = session.execute(_LAST, {"ente_id": GENOVA}).one()
        self._first, self._last_job = last.instance, last.job  # what was there before is not ours to move

    # ---- time

    def move_to(self, moment: datetime) -> None:
        """Come to an instant; the timers due on the way fire, each at its own."""
        passed: list[int] = []
        while True:
            asked = {"ente_id": GENOVA, "until": moment, "first": self._first, "passed": passed}
            timer = self.session.execute(_NEXT_TIMER, asked).one_or_none()
            if timer is None:
                break
            passed.append(timer.id)
            self.clock.move_to(max(self.clock.instant, timer.due_at + timedelta(seconds=1)))
            self.engine.fire_timer(timer.id, system("timer"))
            self.run_jobs()
        self.clock.move_to(max(self.clock.instant, moment))

    # ---- people

    def actor(self, nome_utente: str) -> Actor:
        return operator(self._accounts[nome_utente])

    def id_of(self, nome_utente: str) -> int:
        return self._accounts[nome_utente]

    def who_does(self, story: Story, ruolo: str, unita: str | None) -> str:
        """Who does the steps of a role for a persona."""
        if ruolo == "fornitore_accreditato":
            return BY_UNIT[unita or ""]
        if ruolo in AT_THE_COUNTER:
            return story.assistente
        return EVERYWHERE.get(ruolo) or OF_UNIT[story.unita][ruolo]

    # ---- steps

    def tasks(self, story: Story) -> list[Row[Any]]:
        """The open steps of all the pratiche of a story, oldest first."""
        if story.pratica_id is None:
            return []
        asked = {"ente_id": GENOVA, "pratica_id": story.pratica_id, "persona_id": story.persona_id}
        return list(self.session.execute(_TASKS, asked))

    def task(self, story: Story, element: str) -> Row[Any] | None:
        return next((task for task in self.tasks(story) if task.element_id == element), None)

    def complete(self, story: Story, task: Row[Any], told: Mapping[str, Any], by: str | None = None) -> None:
        """Do a step: who has it does, else who does such steps for this persona."""
        actor = self._doer(story, task, by)
        answers = said(story.vicenda, task.element_id, story.words, day_of(self.clock.instant)) | dict(told)
        form = self._form(task.hash, task.form_id) if task.form_id else None
        if form is not None:
            answers = fill(form, answers, day_of(self.clock.instant))
        try:
            self.engine.complete(task.id, answers, actor)
        except FormInvalid as error:
            wrong = "; ".join(f"{'.'.join(map(str, e.path))} ({e.keyword})" for e in error.errors)
            raise StoryStuck(story.nome, task.element_id, wrong) from error
        except AnswerRefused as error:
            raise StoryStuck(story.nome, task.element_id, f"{error.code}: {error.message}") from error

    def _form(self, bundle_hash: str, form_id: str) -> FormSchema | None:
        if (bundle_hash, form_id) not in self._forms:
            self._forms[bundle_hash, form_id] = self.engine.program(bundle_hash).form(form_id)
        return self._forms[bundle_hash, form_id]

    def _doer(self, story: Story, task: Row[Any], by: str | None) -> Actor:
        if by is None and task.assignee_id is not None:
            return operator(task.assignee_id)
        return self.actor(by or self.who_does(story, task.ruolo, task.unita_id))

    def take(self, story: Story, ruoli: tuple[str, ...]) -> None:
        """Who does such steps takes those that wait."""
        for task in self.tasks(story):
            if task.assignee_id is None and task.ruolo in ruoli:
                actor = self._doer(story, task, None)
                self.engine.assign(task.id, actor.account_id, actor, only_free=True)

    # ---- the outside

    def run_jobs(self) -> None:
        """Ask outside bodies what the last step wanted of them; what is done leaves the workers' queue."""
        asked = {"ente_id": GENOVA, "last": self._last_job}
        for job_id in self.session.scalars(_JOBS, asked).all():
            self._last_job = job_id
            self.session.execute(_TAKEN, {"queue": QUEUE, "ente_id": GENOVA, "job_id": job_id})
            claimed = self.engine.claim_job(job_id)
            if claimed is not None:
                self._run(claimed)

    def _run(self, job: JobToRun) -> None:
        operation = self.maker.operations.get(job.operation)
        assert operation is not None
        call = Call(
            ente_id=GENOVA,
            idempotency_key=job.idempotency_key,
            instance_id=job.instance_id,
            root_id=job.root_id,
            element_id=job.element_id,
            by="sistema:worker",
            now=self.clock.instant,
        )
        by = system("worker")
        try:
            self.engine.finish_job(job.id, operation.call(call, job.request), by)
        except Refused as error:
            self.engine.refuse_job(job.id, error, by)
        except Transient as error:
            wait = timedelta(seconds=error.retry_after or 3_600)
            self.engine.fail_job(job.id, str(error), by, self.clock.instant + wait)
        except Broken as error:
            self.engine.fail_job(job.id, str(error), by, None)

"""Genova at work for a story: real operations, the simulated INPS, a clock to move. Every step is its own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import worker
from app.accounts.models import Account
from app.database.context import ente_context
from app.demo import foundation, supplies
from app.demo.city import GENOVA
from app.pratiche import service
from app.pratiche.model import Pratica
from app.wiring import AnySession, EngineMaker
from connectors.inps.sandbox import Sandbox
from engine import Actor, Clock, Engine, FixedClock, TaskView, operator, system, tables
from engine.calendar import ROME


@dataclass(frozen=True)
class Clocked(EngineMaker):
    """Engines on the story's clock, for the worker too."""

    clock: FixedClock

    def __call__(self, session: AnySession, ente_id: int, clock: Clock | None = None) -> Engine:
        return super().__call__(session, ente_id, clock or self.clock)


class Town:
    """`with town.working() as engine` is one step; `does` completes a task as somebody at work."""

    def __init__(self, database: Database, maker: EngineMaker, sandbox: Sandbox, begins: datetime) -> None:
        self.database, self.sandbox, self.clock = database, sandbox, FixedClock(begins)
        self.maker = Clocked(maker.operations, self.clock)
        self.unita = "ats-centro-est"
        foundation.lay(database, maker)
        with ente_context(GENOVA), Session(database) as session, session.begin():
            supplies.lay(session, begins.date(), (begins.year, begins.year + 1))
            rows = session.execute(select(Account.nome_utente, Account.id))
            self.ids = {row.nome_utente: row.id for row in rows}

    def actor(self, nome_utente: str) -> Actor:
        return operator(self.ids[nome_utente])

    def step(self, do: Any) -> Any:
        """Run `do(engine)` in a transaction of its own."""
        with ente_context(GENOVA), Session(self.database, expire_on_commit=False) as session, session.begin():
            return do(self.maker(session, GENOVA))

    def opens(self, percorso: str, by: str) -> None:
        self.step(
            lambda engine: service.open(
                engine.session, GENOVA, percorso, None, self.unita, self.actor(by).label,
                start=self.maker.start, now=self.clock.instant,
            )
        )  # fmt: skip

    def tasks(self) -> list[TaskView]:
        """All that is to be done in the town, oldest first."""
        t = tables.task.c
        query = select(t.id).where(t.ente_id == GENOVA, t.status == "open").order_by(t.id)
        found: list[TaskView] = self.step(
            lambda engine: [engine.task(n) for n in engine.session.scalars(query)]
        )
        return found

    def to_do(self) -> dict[str, str]:
        """Each step to be done and whose it is: the person who has it, or else the role that may take it."""
        names = {number: name for name, number in self.ids.items()}
        return {task.element_id: names.get(task.assignee_id or 0, task.ruolo) for task in self.tasks()}

    def due(self, element: str) -> str:
        task = next(task for task in self.tasks() if task.element_id == element)
        assert task.due_at is not None
        return task.due_at.astimezone(ROME).date().isoformat()

    def does(self, by: str, element: str, **answers: Any) -> None:
        """Complete a step; what it asks of INPS is asked at once."""
        task = next((task for task in self.tasks() if task.element_id == element), None)
        assert task is not None, f"{element}: to do are {self.to_do()}"
        self.step(lambda engine: engine.complete(task.id, answers, self.actor(by)))
        for job_id in self._jobs():
            worker.run_job(self.database, self.maker, GENOVA, job_id)
        assert self.incidents() == []

    def _jobs(self) -> list[int]:
        j = tables.job.c
        query = select(j.id).where(j.ente_id == GENOVA, j.status == "waiting")
        found: list[int] = self.step(lambda engine: list(engine.session.scalars(query)))
        return found

    def comes(self, moment: str) -> None:
        """It is that instant; what was due meanwhile has fired."""
        self.clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=ROME))
        for timer in self.step(lambda engine: engine.due_timers()):
            self.step(lambda engine, timer=timer: engine.fire_timer(timer, system("timer")))
        assert self.incidents() == []

    def incidents(self) -> list[str]:
        found: list[str] = self.step(lambda engine: [i.message for i in engine.open_incidents()])
        return found

    def all(self, query: Any) -> Any:
        """The rows of a query."""
        return self.step(lambda engine: list(engine.session.scalars(query)))

    def one(self, query: Any) -> Any:
        return self.step(lambda engine: engine.session.scalars(query).one())

    def pratica(self, percorso: str) -> Pratica:
        found: Pratica = self.one(select(Pratica).where(Pratica.percorso == percorso))
        return found

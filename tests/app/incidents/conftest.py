"""The city of tests/app/servizi_pagine/citta.py, and somebody in it whose ISEE the INPS does not give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.database import engine as databases
from app.database.cluster import Urls
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.pratiche import service
from app.wiring import EngineMaker
from app.worker import fire_next
from engine import Engine, operator, system
from tests.app.servizi_pagine.citta import (
    browse,
    chromium,
    city,
    db_session,
    enter,
    environ,
    laid,
    maker,
    storie,
    web,
)
from tests.app.servizi_pagine.storie import CENTRO, Storie, answers

__all__ = ["browse", "chromium", "city", "db_session", "enter", "environ", "laid", "maker", "storie", "web"]

CATERINA = "TTNCRN48C54D969H"  # of `storie.in_servizio`
SILENT = "L’INPS non risponde."


@dataclass(frozen=True)
class Asked:
    """A pratica that asks the INPS; `job_id` is the call."""

    pratica_id: int
    root_id: int
    job_id: int


class City:
    """Genova, for a step at a time."""

    def __init__(self, urls: Urls, maker: EngineMaker) -> None:
        self.database = databases.connect(urls.application, pool_size=2)
        self.owner = create_engine(urls.owner)
        self.maker = maker

    def step(self, do: Any) -> Any:
        """Run `do(engine)` in a transaction of its own."""
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            return do(self.maker(session, GENOVA))

    def breaks(self, statement: str, **values: Any) -> None:
        """Something that the software itself cannot do."""
        with self.owner.begin() as connection:
            connection.execute(text(statement), values)

    def account(self, nome_utente: str) -> int:
        query = select(Account.id).where(Account.nome_utente == nome_utente)
        return int(self.step(lambda engine: engine.session.scalars(query).one()))

    def asks(self, persona_id: int) -> Asked:
        """A pratica of that persona, at the reading of the ISEE."""
        giulia = operator(self.account("giulia.parodi"))

        def open_(engine: Engine) -> tuple[int, int]:
            pratica = service.open(
                engine.session, GENOVA, "istruttoria_domiciliare", persona_id, CENTRO, giulia.label,
                start=self.maker.start, now=engine.now(), case_manager_id=giulia.account_id,
            )  # fmt: skip
            return pratica.id, pratica.instance_id or 0

        pratica_id, root_id = self.step(open_)
        asked = answers("istruttoria_domiciliare", "ammessa", "domanda_domiciliare")
        asked["codice_fiscale"] = CATERINA
        task = next(t for t in self.step(lambda engine: engine.open_tasks(root_id)))
        self.step(lambda engine: engine.complete(task.id, asked, giulia))
        job = text("select max(id) from engine_job where instance_id = :id and status = 'waiting'")
        return Asked(
            pratica_id,
            root_id,
            self.step(lambda engine: engine.session.execute(job, {"id": root_id}).scalar_one()),
        )

    def fails(self, asked: Asked, message: str = SILENT) -> int:
        """The call fails for good; the incident's id."""

        def fail(engine: Engine) -> None:
            assert engine.claim_job(asked.job_id) is not None
            engine.fail_job(asked.job_id, message, system("worker"), None)

        self.step(fail)
        return int(self.step(lambda engine: engine.open_incidents(asked.root_id)[0].id))


@pytest.fixture
def genova(city: Urls, maker: EngineMaker) -> Any:
    made = City(city, maker)
    while fire_next(made.database, maker):  # her service has begun in the past
        pass
    yield made
    made.database.dispose()
    made.owner.dispose()


@pytest.fixture
def asked(genova: City, storie: Storie) -> Asked:
    return genova.asks(storie.in_servizio.persona_id)


@pytest.fixture
def incident_id(genova: City, asked: Asked) -> int:
    return genova.fails(asked)

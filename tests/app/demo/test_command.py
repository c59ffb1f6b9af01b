"""Preparing the city: never in production, once elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.demo import command, population
from app.demo.city import ACCOUNTS, GENOVA, PASSWORD
from app.demo.plots import Plot, contact
from app.persone.model import Persona
from app.settings import Settings
from app.startup import StartupRefused


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings("development", tmp_path, "127.0.0.1", 8000, "k" * 40, database_url, None)


@pytest.fixture(autouse=True)
def one_story(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A city of one story is as good, here, and made sooner."""
    monkeypatch.setattr(population, "plots", lambda agenda: [Plot("uno", "presa", contact(), ago=1)])
    yield


def test_production_is_refused(settings: Settings) -> None:
    with pytest.raises(StartupRefused, match="produzione"):
        command.prepare(replace(settings, environment="production"))


def test_it_fills_the_city_once_and_says_who_may_enter(settings: Settings, engine: Database) -> None:
    lines = command.prepare(settings, persons=40)
    assert any(PASSWORD in line for line in lines)
    assert all(any(seed.nome_utente in line for line in lines) for seed in ACCOUNTS)
    before = _people(engine)
    assert before == 40
    # when it is started again
    command.prepare(settings, persons=80)
    # then nothing has changed
    assert _people(engine) == before


def _people(engine: Database) -> int:
    with ente_context(GENOVA), Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Persona)) or 0

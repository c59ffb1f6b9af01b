"""Two cells in one PostgreSQL: the city with its stories in the first, another ente in the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from app.cells.moving import Cell
from app.commands import cell as command
from app.commands import ente
from app.database import engine as databases
from app.database.cluster import Urls
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker
from tests.app.scrivania.conftest import Person
from tests.app.servizi_pagine.citta import city, environ, laid, maker, storie

__all__ = ["city", "environ", "laid", "maker", "storie"]

AMBITO = "ambito-genovese"


class Place:
    """A cell: its settings, its database by both roles, its pages."""

    def __init__(self, urls: Urls, home: Path, maker: EngineMaker) -> None:
        self.settings = Settings("test", home, "127.0.0.1", 0, "k" * 40, urls.application, urls.owner)
        self.database = databases.connect(urls.application, pool_size=2)
        self.owner = create_engine(urls.owner, poolclass=NullPool)
        self.maker = maker

    @property
    def cell(self) -> Cell:
        return Cell(self.database, self.owner)

    def app(self) -> Flask:
        made = create_app(replace(self.settings, database_owner_url=None), self.maker)
        made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        return made

    def enter(self, nome_utente: str) -> Person:
        return Person(self.app().test_client(), nome_utente)

    def rows(self, query: str) -> list[Any]:
        """What the database holds, for every ente."""
        with self.owner.connect() as connection:
            return list(connection.execute(text(query)))

    def changes(self, statement: str) -> None:
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    def step(self, do: Callable[[Session], Any]) -> Any:
        """Run `do(session)` in Genova, in a transaction of its own."""
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            return do(session)

    def exports(self, file: Path, slug: str = "genova") -> None:
        assert command.leave(self.settings, slug, file) == 0

    def imports(self, file: Path) -> None:
        assert command.arrive(self.settings, file) == 0


@pytest.fixture
def here(city: Urls, maker: EngineMaker, tmp_path: Path) -> Iterator[Place]:
    """The cell where Genova is."""
    place = Place(city, tmp_path, maker)
    yield place
    place.database.dispose()


@pytest.fixture
def there(here: Place, urls: Urls, maker: EngineMaker, tmp_path: Path) -> Iterator[Place]:
    """A cell where somebody else is, and where Genova's ambito has come before it."""
    place = Place(urls, tmp_path, maker)
    ente.create(place.settings, "savona", "Comune di Savona", "comune")
    ente.admin(place.settings, "savona", "ada.rossi", "Ada", "Rossi")
    here.exports(tmp_path / "ambito", AMBITO)
    place.imports(tmp_path / "ambito")
    yield place
    place.database.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "genova.percorsi"


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was printed since the last look."""
    return lambda: capsys.readouterr().out

"""The synthetic city with nobody in it yet, and people who log in and work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.database.context import ente_context
from app.demo.city import GENOVA, PASSWORD
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker, make_engines
from engine.calendar import ROME

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TASK = re.compile(r"/attivita/(\d+)")
TODAY = datetime.now(ROME).date().isoformat()

CONTACT = {
    "canale": "sportello",
    "data": TODAY,
    "chi_chiede": "interessato",
    "cognome": "Parodi",
    "nome": "Rosa",
    "data_nascita": "1944-01-01",
    "codice_fiscale": "RSSRSO44A41D969U",
    "domanda_espressa": "Non ce la faccio più da sola",
    "tipo_richiesta": "aiuto",
    "area_utenza": "anziani",
    "urgenza": "nessuna",
    "minore_a_rischio": "no",
    "informativa_data": "si",
}


class Person:
    """Somebody at work in a browser without script."""

    def __init__(self, client: FlaskClient, username: str) -> None:
        self.client = client
        self.username = username
        page = client.get("/accesso")
        entered = self._post("/accesso", page.text, nome_utente=username, password=PASSWORD)
        assert entered.status_code == 303, entered.text

    def sees(self, path: str) -> TestResponse:
        return self.client.get(path)

    def sends(self, path: str, *, after: str | None = None, **fields: object) -> TestResponse:
        """Send a form found on the page `after` (default: the same address)."""
        return self._post(path, self.client.get(after or path).text, **fields)

    def _post(self, path: str, page: str, **fields: object) -> TestResponse:
        token = TOKEN.search(page)
        assert token is not None, page[:2_000]
        return self.client.post(path, data={"csrf_token": token[1], **fields})

    def registers_a_contact(self, **changes: object) -> str:
        """Open a first contact and complete its first step; returns the address of the pratica."""
        opened = self.sends("/pratiche/contatto", after="/scrivania")
        task = opened.headers["Location"]
        done = self.sends(task, **{**CONTACT, **changes}, azione="completa_e_chiudi")
        assert done.status_code == 303, done.text
        return str(done.headers["Location"])

    def tasks(self, vista: str = "mie") -> list[str]:
        """Addresses of the tasks in a view of the scrivania."""
        found = TASK.findall(self.sees(f"/scrivania?vista={vista}").text)
        return [f"/attivita/{number}" for number in dict.fromkeys(found)]


@pytest.fixture
def maker() -> EngineMaker:
    return make_engines({})


@pytest.fixture
def template(city_template: str) -> str:
    """These tests begin in the synthetic city, with nobody in it yet."""
    return city_template


@pytest.fixture
def city(engine: Database) -> Database:
    """The enti, units, accounts and paths of the synthetic city."""
    return engine


@pytest.fixture
def enter(city: Database, database_url: str, tmp_path: Path, maker: EngineMaker) -> Callable[[str], Person]:
    """`enter("giulia.parodi")`: she is in."""
    settings = Settings.from_env(
        {
            "PERCORSI_ENV": "test",
            "PERCORSI_HOME": str(tmp_path),
            "DATABASE_URL": database_url,
            "SECRET_KEY": "prova" * 10,
        }
    )
    app = create_app(settings, maker)
    return lambda username: Person(app.test_client(), username)


@pytest.fixture
def in_genova(city: Database) -> Iterator[Session]:
    """A session of the application in Genova."""
    with ente_context(GENOVA), Session(city) as session:
        yield session

"""The real application, a path whose form asks for files, and people around one pratica of Valpolcevera."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.documenti import antivirus
from app.pratiche import service
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker, make_engines
from engine import Bundle, operator
from engine.calendar import ROME
from tests.app.accounts.fixtures import an_account, units
from tests.app.accounts.pages import form_token, log_in
from tests.app.documenti.clamd import FakeClamd
from tests.app.documenti.samples import PDF
from tests.engine.drawing import bundle, diagram, end, human, start

__all__ = ["an_account", "units"]

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ROME)
A_FILE = {"type": "string", "contentMediaType": "application/pdf", "title": "Verbale"}
BRINGS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verbale": A_FILE,
        "note": {"type": "string", "minLength": 3, "title": "Note"},
        "perche": {"type": "string", "title": "Perché"},
        "dove": {"type": "string", "title": "Dove"},
    },
    "required": ["verbale"],
}
LOOKS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ancora": {**A_FILE, "title": "Verbale corretto"},
        "giudizio": {"type": "string", "title": "Giudizio"},
    },
}
ECHOES: dict[str, Any] = {
    "gruppi": [
        {
            "titolo": "Esito",
            "campi": ["giudizio"],
            "eco": [{"da": "porta", "campo": "perche", "titolo": "Perché"}],
        }
    ],
    "campi": {"ancora": {"eco": [{"da": "porta", "campo": "dove", "titolo": "Dove"}]}},
}


def a_path() -> Bundle:
    """Somebody brings a report, somebody looks at it."""
    drawn = diagram(
        "consegna",
        start() + human("porta", form="porta") + human("guarda", form="guarda") + end(),
        "inizio porta; porta guarda; guarda fine",
    )
    return bundle(
        "consegna",
        drawn,
        forms__porta_dot_schema_dot_json=BRINGS,
        forms__guarda_dot_schema_dot_json=LOOKS,
        forms__guarda_dot_ui_dot_json=ECHOES,
    )


@dataclass(frozen=True)
class Scene:
    """The pratica that Giulia follows: its ids."""

    pratica_id: int
    root_id: int
    task_id: int
    giulia: int


class Person:
    """Somebody at work in a browser without script."""

    def __init__(self, client: FlaskClient, username: str) -> None:
        self.client = client
        assert log_in(client, username).status_code == 303

    def sees(self, path: str) -> TestResponse:
        return self.client.get(path)

    def sends(self, path: str, **fields: Any) -> TestResponse:
        """Send a form; a field of (name, content) or (name, content, type) is a file."""
        sent = {name: _file(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
        answer = self.client.post(path, data={"csrf_token": form_token(self.client), **sent})
        answer.request.environ["wsgi.input"].close()  # a large body is a file, which the client leaves open
        return answer

    def adds(
        self, pratica_id: int, content: bytes = PDF, name: str = "verbale.pdf", **more: Any
    ) -> TestResponse:
        fields = {"tipo": "relazione", "titolo": "Verbale di visita", "file": (name, content), **more}
        return self.sends(f"/pratiche/{pratica_id}/documenti/nuovo", **fields)


def _file(
    name: str, content: bytes, declared: str = "application/octet-stream"
) -> tuple[io.BytesIO, str, str]:
    return io.BytesIO(content), name, declared


@pytest.fixture(scope="session")
def maker() -> EngineMaker:
    return make_engines({})


@pytest.fixture
def site(database_url: str, maker: EngineMaker, tmp_path: Path) -> Flask:
    """The application without an antivirus; its pages need no built front end."""
    made = create_app(Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, database_url, None), maker)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    made.jinja_env.globals.update(
        asset=lambda name: f"/static/{name}", asset_styles=lambda name: ["/none.css"]
    )
    return made


@pytest.fixture
def clamd(site: Flask) -> Iterator[FakeClamd]:
    """An antivirus that answers."""
    server = FakeClamd()
    antivirus.init_app(site, {"PERCORSI_CLAMD": server.address})
    yield server
    server.stop()


@pytest.fixture
def open_case(session: Session, maker: EngineMaker, an_account: Callable[..., int]) -> Scene:
    """A pratica of Valpolcevera with its first step open, followed by Giulia."""
    giulia = an_account()
    maker(session, 1).publish(a_path(), operator(giulia))
    by = operator(giulia).label
    pratica = service.open(session, 1, "consegna", None, "valpolcevera", by, start=maker.start, now=NOW)
    pratica.case_manager_id = giulia
    root_id = pratica.instance_id or 0
    (task,) = maker(session, 1).open_tasks(root_id)
    session.commit()
    return Scene(pratica.id, root_id, task.id, giulia)


@pytest.fixture
def enter(site: Flask) -> Callable[[str], Person]:
    return lambda username: Person(site.test_client(), username)


@pytest.fixture
def giulia(open_case: Scene, enter: Callable[[str], Person]) -> Person:
    return enter("giulia.parodi")


@pytest.fixture
def seal(owner_engine: Database) -> Callable[[int], None]:
    """Make a pratica one of violence."""

    def seal(pratica_id: int) -> None:
        with owner_engine.begin() as owner:
            owner.execute(
                text("update pratica set riservatezza = 'violenza' where id = :id"), {"id": pratica_id}
            )

    return seal


def key_in(page: TestResponse, field: str) -> str:
    found = re.search(rf'name="{field}" value="(file-\d+)"', page.text)
    assert found, page.text
    return found[1]

"""The city for the tests of pages: laid once a run, copied for each test, served by the whole application."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.database import engine as databases
from app.database.cluster import OWNER, Cluster, Urls
from app.database.context import ente_context
from app.demo import foundation
from app.demo.city import GENOVA, PASSWORD
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker, make_engines
from tests.app.accounts.pages import log_in
from tests.app.servizi_pagine import storie as stories
from tests.app.servizi_pagine.storie import Storie
from tests.conftest import TEMPLATE

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
WIDTHS = (320, 768, 1400)
NARROW = WIDTHS[0]  # where it is hardest to find and press what one looks for
PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
_number = count(1)
_told: dict[str, Storie] = {}


@pytest.fixture(scope="session")
def laid(cluster: Cluster, superuser_engine: Database) -> tuple[str, Storie]:
    """The name of a database with the city and its stories, which nobody changes; and the stories.

    It goes with the run's cluster: each folder that imports this fixture makes one of its own of it.
    """
    name = f"citta_{os.getpid()}"
    if name not in _told:
        with superuser_engine.connect() as connection:
            connection.execute(
                text(f"create database {name} template {TEMPLATE} owner {OWNER} strategy file_copy")
            )
        database = databases.connect(cluster.urls_of(name).application, pool_size=2)
        maker = make_engines({})
        foundation.lay(database, maker)
        _told[name] = stories.lay(database, maker)
        database.dispose()
    return name, _told[name]


@pytest.fixture
def storie(laid: tuple[str, Storie]) -> Storie:
    return laid[1]


@pytest.fixture
def city(laid: tuple[str, Storie], cluster: Cluster, superuser_engine: Database) -> Iterator[Urls]:
    """A copy of the city for one test."""
    name = f"prova_{os.getpid()}_{next(_number)}"
    with superuser_engine.connect() as connection:
        connection.execute(
            text(f"create database {name} template {laid[0]} owner {OWNER} strategy file_copy")
        )
        yield cluster.urls_of(name)
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def environ() -> dict[str, str]:
    """The connectors' environment: none is set unless a test says so."""
    return {}


@pytest.fixture
def maker(environ: dict[str, str]) -> EngineMaker:
    return make_engines(environ)


@pytest.fixture
def web(city: Urls, maker: EngineMaker, tmp_path: Path) -> Flask:
    settings = Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, city.application, None)
    made = create_app(settings, maker)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture
def db_session(city: Urls) -> Iterator[Session]:
    """Genova as it stands, for looking at what a page has done; look again after `rollback`."""
    database = databases.connect(city.application, pool_size=1)
    with ente_context(GENOVA), Session(database) as opened:
        yield opened
    database.dispose()


class Visitor:
    """Somebody at work, with a browser that fills in forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse | None = None

    def get(self, path: str) -> TestResponse:
        self.page = self.client.get(path)
        return self.page

    def send(self, path: str, **fields: object) -> TestResponse:
        """Post with the form token of the page last opened, and follow where it leads."""
        token = re.search(r'name="csrf-token" content="([0-9a-f]+)"', self.get("/benvenuto").text)
        assert token
        data = {"csrf_token": token[1], **fields}
        return self.client.post(path, data=data, follow_redirects=True)


@pytest.fixture
def enter(web: Flask) -> Callable[[str], Visitor]:
    """`enter("giulia.parodi")`: she has logged in."""

    def enter(nome_utente: str) -> Visitor:
        client = web.test_client()
        answer = log_in(client, nome_utente, PASSWORD)
        assert answer.status_code == 302 or answer.status_code == 303, answer.text
        return Visitor(client)

    return enter


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def browse(web: Flask, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`browse("giulia.parodi", "/persone/1", 320)`: the page as she sees it."""
    server = make_server("127.0.0.1", 0, web, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    contexts = []

    def browse(nome_utente: str, path: str, width: int = 1400, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", java_script_enabled=script
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/accesso?next={path}")
        page.fill("#nome_utente", nome_utente)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Entra").click()
        page.wait_for_url(f"**{path}", wait_until="domcontentloaded")
        return page

    yield browse
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()


def assert_accessible(page: Page) -> None:
    """At no width a violation that axe knows, or anything wider than the screen; the page is left as it was."""
    page.wait_for_load_state("networkidle")
    size = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        _picture(page, width)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{width}: {results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {width}"
    if size is not None:
        page.set_viewport_size(size)


def _picture(page: Page, width: int) -> None:
    folder = os.environ.get("PERCORSI_SHOTS")
    if folder:
        name = re.sub(r"\W+", "-", page.title())[:60]
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)

"""The city of the journeys, a browser, and people at their desks.

One city serves every journey of a process; each journey is about a person of its own, so they share it in peace.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine, text

from app.database import engine as databases
from app.database.cluster import OWNER, Cluster, Urls
from tests.conftest import TEMPLATE
from tests.journeys import moved_time
from tests.journeys.city import City
from tests.journeys.hands import Hand, Mouse
from tests.journeys.person import Person
from tests.journeys.shortcut import Shortcut
from tests.journeys.watch import Watch

PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--lang=it-IT", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def city_urls(cluster: Cluster, superuser_engine: Engine) -> Iterator[Urls]:
    """A fresh database for the city."""
    name = f"viaggi_{os.getpid()}"
    with superuser_engine.connect() as connection:
        connection.execute(
            text(f"create database {name} template {TEMPLATE} owner {OWNER} strategy file_copy")
        )
        yield cluster.urls_of(name)
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture(scope="package")
def city(city_urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The application, served, on a Monday of November."""
    errors = tmp_path_factory.mktemp("citta") / "errori.txt"
    served = City(city_urls.application, moved_time.prepare(city_urls.superuser), errors)
    yield served
    served.stop()


@pytest.fixture(scope="package")
def clock(city: City) -> Engine:
    """Connections that see and change everything in the city's database."""
    return city.clock


@pytest.fixture(scope="package")
def shortcut(city: City, city_urls: Urls) -> Iterator[Shortcut]:
    """Work done without the pages."""
    database = databases.connect(city_urls.application, pool_size=1)
    yield Shortcut(database)
    database.dispose()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, as Debian has it. Closed with the package: other tests start their own."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("the journeys need Chromium: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=ARGUMENTS, env={**os.environ, "LANGUAGE": "it"}
        )
        yield opened
        opened.close()


@pytest.fixture
def watch() -> Watch:
    """What went wrong in the pages of a journey, gathered while it goes."""
    return Watch()


@pytest.fixture
def at_desk(city: City, browser: Browser, watch: Watch) -> Iterator[Callable[..., Person]]:
    """Somebody at a desk: `at_desk("giulia.parodi")`, with a mouse unless told otherwise."""
    contexts = []

    def sit(username: str, hand: type[Hand] = Mouse, javascript: bool = True, width: int = 1400) -> Person:
        context = browser.new_context(
            base_url=city.address,
            locale="it-IT",
            timezone_id="Europe/Rome",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.follows(page)
        return Person(username, page, hand(page), watch if javascript else Watch(blind=True))

    yield sit
    for context in contexts:
        context.close()

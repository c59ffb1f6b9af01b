"""A browser and a served page."""

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from .site import FRONTEND, Site, flask_app

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
HTMX = FRONTEND / "node_modules/htmx.org/dist/htmx.esm.min.js"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Site], str]]:
    """Serves a Site while the test lasts; gives its address."""
    servers = []

    def start(site: Site) -> str:
        assert HTMX.exists(), "run «npm ci --ignore-scripts» in app/frontend first"
        server = make_server("127.0.0.1", 0, flask_app(site), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def visit(browser: Browser, serve: Callable[[Site], str]) -> Iterator[Callable[..., Page]]:
    """Opens a Site in the browser, `width` pixels wide."""
    contexts = []

    def go(site: Site, width: int = 1400, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto(serve(site))
        return page

    yield go
    for context in contexts:
        context.close()

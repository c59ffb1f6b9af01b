"""The account pages in a real browser: accessible, strict CSP, nothing typed is lost."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request, send_from_directory
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

import app as package
from app.accounts import gate
from tests.app.accounts.fixtures import PASSWORD
from tests.app.servizi_pagine.citta import NARROW, assert_accessible

FRONTEND = Path(package.__file__).parent / "frontend"
SHEETS = {
    "bootstrap-italia.css": "node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css",
    "percorsi.css": "src/percorsi.css",
    "percorsi.js": "src/none.js",
}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
FORM = """<!doctype html><html lang="it"><title>Scheda</title><h1>Scheda</h1><form method="post">
<input type="hidden" name="csrf_token" value="%s"><label>Testo <textarea name="testo"></textarea></label>
<button>Salva</button></form></html>"""


@pytest.fixture
def address(web: Flask) -> Iterator[str]:
    """The application with the sheets that Vite would build, served while the test lasts."""
    web.jinja_env.globals["asset"] = lambda name: f"/frontend/{SHEETS[name]}"

    @web.get("/frontend/<path:name>")
    @gate.public
    def styles(name: str) -> Response:
        return send_from_directory(FRONTEND, name)

    @web.get("/modulo")
    def form() -> str:
        return FORM % web.jinja_env.globals["csrf_token"]()

    @web.post("/modulo")
    def take() -> str:
        web.extensions["received"] = request.form["testo"]
        return "<!doctype html><title>Fatto</title>"

    server = make_server("127.0.0.1", 0, web, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_at(address: str) -> Iterator[Callable[[str, int], Page]]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)

        def go(path: str, width: int = 1400) -> Page:
            page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            page.set_default_timeout(30_000)
            page.goto(address + path)
            return page

        yield go
        chromium.close()


def enter(page: Page, password: str = PASSWORD) -> None:
    page.fill("#nome_utente", "giulia.parodi")
    page.fill("#password", password)
    page.get_by_role("button", name="Entra").click()


def test_the_account_pages_are_accessible_before_and_after_mistakes(open_at, an_account):
    an_account()
    page = open_at("/accesso", NARROW)
    assert_accessible(page)
    enter(page, "sbagliata sbagliata")
    assert page.input_value("#nome_utente") == "giulia.parodi"
    assert_accessible(page)
    enter(page)
    page.goto(page.url.rsplit("/", 1)[0] + "/password")
    assert_accessible(page)
    for field in ("attuale", "nuova", "ripeti"):
        page.fill(f"#{field}", "corta")
    page.get_by_role("button", name="Cambia la password").click()
    assert "La password non è cambiata" in page.content()
    assert_accessible(page)


def test_what_was_typed_survives_the_end_of_the_session(web: Flask, open_at, an_account, session):
    # given
    an_account()
    page = open_at("/modulo")
    enter(page)
    typed = "\nPrima riga\n«seconda» & <terza>"
    page.fill("textarea", typed)
    session.execute(text("update sessione set expires_at = now()"))
    session.commit()
    # when
    page.get_by_role("button", name="Salva").click()
    enter(page)
    assert_accessible(page)
    page.get_by_role("button", name="Invia adesso").click()
    # then
    assert page.title() == "Fatto"
    assert web.extensions["received"].replace("\r", "") == typed

"""The pages of documents in a real browser: accessible at every width, whole without script."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, send_from_directory
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import app as package
from app.accounts import gate
from app.documenti.model import File
from app.pratiche.model import Documento
from tests.app.accounts.fixtures import PASSWORD
from tests.app.documenti.conftest import Scene
from tests.app.documenti.samples import GIF_JS, PDF
from tests.app.servizi_pagine.citta import NARROW, assert_accessible

FRONTEND = Path(package.__file__).parent / "frontend"
SHEETS = {
    "bootstrap-italia.css": "node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css",
    "percorsi.css": "src/percorsi.css",
}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """The application with the sheets that Vite would build, and no script, served while the test lasts."""
    site.jinja_env.globals["asset"] = lambda name: f"/frontend/{SHEETS.get(name, 'none.js')}"

    @site.get("/frontend/<path:name>")
    @gate.public
    def styles(name: str) -> Response:
        return send_from_directory(FRONTEND, name)

    server = make_server("127.0.0.1", 0, site, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def at_work(address: str, open_case: Scene) -> Iterator[Callable[[str, int], Page]]:
    """`at_work(path, width)`: Giulia has logged in and stands on a page."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)

        def go(path: str, width: int) -> Page:
            page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            page.set_default_timeout(30_000)
            page.goto(address + path)
            page.fill("#nome_utente", "giulia.parodi")
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="Entra").click()
            return page

        yield go
        chromium.close()


def test_giulia_adds_a_document_and_takes_it_away(
    at_work: Callable[[str, int], Page], open_case: Scene, session: Session
) -> None:
    # given the form, and then the form with its mistakes
    page = at_work(f"/pratiche/{open_case.pratica_id}/documenti/nuovo", NARROW)
    assert_accessible(page)
    page.set_input_files(
        "input[type=file]", {"name": "gatto.pdf", "mimeType": "application/pdf", "buffer": GIF_JS}
    )
    page.get_by_role("button", name="Aggiungi").click()
    assert page.get_by_role("alert").inner_text().strip().startswith("3 risposte da correggere")
    assert_accessible(page)
    # when
    page.get_by_label("Che documento è").select_option("relazione")
    page.get_by_label("Titolo").fill("Verbale della visita")
    page.set_input_files(
        "input[type=file]", {"name": "verbale.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Aggiungi").click()
    # then
    assert page.get_by_role("status").inner_text().strip() == "Aggiunto: Verbale della visita."
    with page.expect_download() as saved:
        page.get_by_role("link", name="Verbale della visita").click()
    assert saved.value.suggested_filename == "verbale.pdf"
    assert saved.value.path().read_bytes() == PDF
    assert session.scalars(select(File.titolo)).all() == ["Verbale della visita"]


def test_a_text_is_readable_by_everybody(
    at_work: Callable[[str, int], Page], open_case: Scene, session: Session
) -> None:
    # given
    text = (
        "Gentile signora,\n\n" + "le scriviamo della Sua domanda. " * 30 + "https://esempio.it/" + "a" * 200
    )
    written = Documento(
        ente_id=1, pratica_id=open_case.pratica_id, tipo="lettera", titolo="Avvio", testo=text
    )
    session.add(written)
    session.commit()
    # when
    page = at_work(f"/documenti/testo/{written.id}", NARROW)
    # then
    assert page.get_by_role("heading", level=1).inner_text() == "Avvio"
    assert_accessible(page)

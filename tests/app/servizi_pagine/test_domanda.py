"""The application for home care asks for a document, which is kept among those of the pratica."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.demo.city import GENOVA
from app.documenti.model import File
from app.documenti.tipo import TIPI, asked_in
from app.pratiche import service
from app.wiring import EngineMaker
from engine import from_folder, json, operator
from tests.app.documenti.samples import PDF
from tests.app.servizi_pagine.citta import NARROW, assert_accessible
from tests.app.servizi_pagine.storie import CENTRO, PROCESSES, Storie


def test_a_report_that_the_person_brings_is_kept_with_the_application(
    browse: Callable[..., Page], storie: Storie, db_session: Session, maker: EngineMaker
) -> None:
    # given a new application of Rosa, whom Giulia follows
    giulia = db_session.scalars(select(Account.id).where(Account.nome_utente == "giulia.parodi")).one()
    engine, by = maker(db_session, GENOVA), operator(giulia).label
    pratica = service.open(
        db_session, GENOVA, "domiciliarita", storie.in_ordine.persona_id, CENTRO, by,
        start=maker.start, now=engine.now(), case_manager_id=giulia,
    )  # fmt: skip
    (task,) = engine.open_tasks(pratica.instance_id or 0)
    db_session.commit()
    # when
    page = browse("giulia.parodi", f"/attivita/{task.id}", NARROW)
    assert_accessible(page)
    page.get_by_label("Verbale di invalidità").set_input_files(
        {"name": "verbale.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label("Chi presenta la domanda").select_option("La persona")
    page.get_by_role("button", name="Completa e").first.click()
    # then the file stays while the other answers are put right
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("verbale.pdf", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Sociosanitario").check()
    page.locator('input[name="urgente"][value="no"]').check()
    page.get_by_label("Igiene personale").check()
    page.get_by_label("Perché serve").fill("Non riesce più a lavarsi da sola.")
    page.get_by_role("button", name="Completa e").first.click()
    expect(page.get_by_text("Completata: Raccogli la domanda")).to_be_visible()
    page.goto(page.url.partition("/attivita")[0].partition("/scrivania")[0] + f"/pratiche/{pratica.id}")
    expect(page.get_by_role("link", name="verbale.pdf")).to_be_visible()
    assert_accessible(page)
    # and it is a paper about health
    db_session.rollback()
    assert db_session.scalars(select(File.tipo)).all() == ["sanitario"]


def test_every_file_that_a_form_asks_for_has_a_type() -> None:
    known = {tipo.id for tipo in TIPI}
    for folder in sorted(path for path in PROCESSES.iterdir() if (path / "bundle.json").exists()):
        bundle = from_folder(folder)
        for name, content in bundle.named("forms/", ".schema.json").items():
            dress = json.loads(bundle.files.get(f"forms/{name}.ui.json", b"{}")).get("campi", {})
            files = {path.rpartition(".")[2] for path, each in dress.items() if each.get("widget") == "file"}
            types = asked_in(json.loads(content))
            assert files == set(types), name
            assert set(types.values()) <= known, name

"""Units as the administrator keeps them: made, named, and closed only when nothing is left there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import UnitClosed, grant_role
from app.audit.models import Audit
from app.database import engine as databases
from app.database.cluster import Urls
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.enti.model import Unita
from app.wiring import EngineMaker
from engine import system
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import Storie, date_of_today

Enter = Callable[[str], Visitor]
NEW = {"nome": "ATS Levante", "id": "ats-levante", "tipo": "ats", "parent_id": "-"}
WAITING = text("select count(*) from pg_locks where not granted")
THERE = "/unita/ats-levante"


def audited(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Audit.azione).where(Audit.azione.like("unita.%")).order_by(Audit.id)))


def test_a_unit_is_made_takes_a_role_changes_name_and_closes_when_nobody_is_left(
    enter: Enter, db_session: Session
) -> None:
    # given
    admin = enter("admin.genova")
    assert "Unità creata" in admin.send("/unita/nuova", **NEW, telefono="010 557 1111").text
    luca = db_session.scalars(select(Account.id).where(Account.nome_utente == "luca.repetto")).one()
    today = date_of_today().isoformat()
    # when
    given = admin.send(f"/operatori/{luca}/ruoli", ruolo="uvm", unita="ats-levante", dal=today)
    # then
    assert "ATS Levante" in given.text
    assert "Per adesso non si può chiudere: ha 1 ruolo da togliere" in admin.get(THERE).text
    assert "L’unità resta aperta: ha 1 ruolo da togliere" in admin.send(f"{THERE}/chiudi").text
    assert "Unità cambiata" in admin.send(THERE, nome="ATS Levante e Nervi").text
    held = given.text.partition("componente dell’UVM")[2]
    grant = held.partition("/togli")[0].rpartition("/")[2]
    admin.send(f"/operatori/{luca}/ruoli/{grant}/togli")
    assert "Unità chiusa" in admin.send(f"{THERE}/chiudi").text
    assert "ats-levante" not in admin.get(f"/operatori/{luca}/ruoli").text
    assert "Chiuse (1)" in admin.get("/unita/").text
    assert "Unità riaperta" in admin.send(f"{THERE}/riapri").text
    assert audited(db_session) == ["unita.open", "unita.change", "unita.close", "unita.reopen"]
    row = db_session.get_one(Unita, (GENOVA, "ats-levante"))
    assert (row.nome, row.telefono) == ("ATS Levante e Nervi", None)


def test_a_unit_with_work_under_way_stays_open(enter: Enter, db_session: Session, maker: EngineMaker) -> None:
    # given
    admin = enter("admin.genova")
    admin.send("/unita/nuova", **NEW)
    admin.send("/unita/nuova", **{**NEW, "nome": "Nervi", "id": "nervi", "parent_id": "ats-levante"})
    engine = maker(db_session, GENOVA)
    engine.start("primo_contatto", {"unita": "nervi"}, system("prova"))
    db_session.commit()
    # when / then
    assert "1 attività da finire" in admin.send("/unita/nervi/chiudi").text
    assert "1 unità sotto da chiudere" in admin.send(f"{THERE}/chiudi").text
    assert audited(db_session) == ["unita.open", "unita.open"]
    db_session.rollback()
    assert db_session.scalars(select(Unita.id).where(~Unita.attiva)).all() == []


def test_who_gives_a_role_while_the_unit_closes_waits_and_is_refused(
    enter: Enter, city: Urls, db_session: Session
) -> None:
    # given
    admin = enter("admin.genova")
    admin.send("/unita/nuova", **NEW)
    luca = db_session.scalars(select(Account.id).where(Account.nome_utente == "luca.repetto")).one()

    def give() -> type[Exception] | None:
        with ente_context(GENOVA), Session(databases.connect(city.application, pool_size=1)) as session:
            try:
                grant_role(session, None, luca, "uvm", "ats-levante")
            except UnitClosed as refused:
                return type(refused)
            session.commit()
            return None

    # when
    db_session.rollback()
    row = db_session.scalars(select(Unita).where(Unita.id == "ats-levante").with_for_update()).one()
    with ThreadPoolExecutor(1) as pool:
        given = pool.submit(give)
        while not db_session.scalar(WAITING):
            assert not given.done()
        row.attiva = False
        db_session.commit()
        # then
        assert given.result() is UnitClosed


def test_pratiche_and_an_accreditation_keep_a_unit_open(enter: Enter, storie: Storie) -> None:
    admin = enter("admin.genova")
    assert "pratiche aperte" in admin.send("/unita/ats-centro-est/chiudi").text
    assert "un accreditamento in corso" in admin.send("/unita/coop-lanterna/chiudi").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "ats-centro-est"}, "ha già questo codice"),
        ({"id": "ATS Levante"}, "Usa lettere minuscole"),
        ({"tipo": "reparto"}, "errore"),
        ({"parent_id": "niente"}, "errore"),
        ({"telefono": "boh"}, "telefono"),
        ({"cap": "161"}, "CAP"),
    ],
)
def test_a_unit_that_cannot_be_made_is_said_and_what_was_typed_stays(
    enter: Enter, db_session: Session, wrong: dict[str, str], said: str
) -> None:
    page = enter("admin.genova").send("/unita/nuova", **{**NEW, **wrong})
    assert page.status_code == 422
    assert said.lower() in page.text.lower()
    assert 'value="ATS Levante"' in page.text
    assert audited(db_session) == []


@pytest.mark.parametrize("who", ["anna.traverso", "analista.genova", "dpo.genova"])
def test_only_the_administrator_keeps_units(enter: Enter, db_session: Session, who: str) -> None:
    visitor = enter(who)
    for path in ("/unita/", "/unita/nuova", "/unita/ats-centro-est"):
        assert visitor.get(path).status_code == 403
    assert visitor.send("/unita/nuova", **NEW).status_code == 403
    assert visitor.send("/unita/ats-centro-est", nome="Mia").status_code == 403
    for act in ("chiudi", "riapri"):
        assert visitor.send(f"/unita/ufficio-controlli/{act}").status_code == 403
    assert enter("admin.genova").get("/unita/di-un-altro-ente").status_code == 404
    assert audited(db_session) == []


def test_the_pages_can_be_used_by_everybody(browse: Callable[..., Page]) -> None:
    page = browse("admin.genova", "/unita/nuova", NARROW)
    page.get_by_role("button", name="Crea", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Nome", exact=True).fill("ATS Levante")
    page.get_by_label("Codice").fill("ats-levante")
    page.get_by_label("ATS", exact=True).check()
    page.get_by_label("Sotto quale unità").select_option(label="Nessuna: direttamente l’ente")
    page.get_by_role("button", name="Crea", exact=True).click()
    expect(page.get_by_role("heading", name="ATS Levante")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Chiudi l’unità").click()
    expect(page.get_by_text("Unità chiusa: non si danno più ruoli")).to_be_visible()
    page.get_by_role("link", name="Unità").first.click()
    expect(page.get_by_role("heading", name="Unità", exact=True)).to_be_visible()
    assert_accessible(page)

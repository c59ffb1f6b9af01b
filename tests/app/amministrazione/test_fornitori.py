"""Suppliers as the ente keeps them: accredited for some services and days, and stopped for a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.demo.city import GENOVA
from app.enti.model import Unita
from app.servizi.models import Fornitore, Ordine, SospensioneFornitore
from engine import tables
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import Storie, date_of_today, open_steps

Enter = Callable[[str], Visitor]
TODAY = date_of_today()
NEW: dict[str, Any] = {
    "nome": "Cooperativa Levante",
    "id": "coop-levante",
    "partita_iva": "01234567897",
    "dal": TODAY.isoformat(),
    "profili": ["oss", "educatore"],
    "ore_settimana": "120",
    "zone": "Centro Est, Nervi",
}
PONENTE = "/fornitori/coop-ponente"


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def audited(session: Session) -> list[str]:
    session.rollback()
    return list(
        session.scalars(select(Audit.azione).where(Audit.azione.like("fornitore.%")).order_by(Audit.id))
    )


def to_find(session: Session, root_id: int) -> str:
    """The step in which the office finds a supplier."""
    assert "trova_fornitore" in open_steps(session, root_id)
    t = tables.task.c
    number = session.scalar(
        select(t.id).where(t.root_id == root_id, t.element_id == "trova_fornitore", t.status == "open")
    )
    return f"/attivita/{number}"


@pytest.mark.parametrize("who", ["admin.genova", "anna.traverso"])
def test_a_cooperative_is_added_and_its_accreditation_changes(
    enter: Enter, db_session: Session, who: str
) -> None:
    # given
    keeper = enter(who)
    # when
    added = keeper.send("/fornitori/nuovo", **NEW)
    # then
    assert "Fornitore aggiunto" in added.text
    assert "accreditato" in keeper.get("/fornitori/").text.partition("Cooperativa Levante")[2]
    held = db_session.get_one(Fornitore, (GENOVA, "coop-levante"))
    assert (held.profili, held.zone, held.ore_settimana) == (
        ["oss", "educatore"],
        ["Centro Est", "Nervi"],
        120,
    )
    assert db_session.get_one(Unita, (GENOVA, "coop-levante")).tipo == "fornitore"
    # when it is renewed
    page = keeper.get("/fornitori/coop-levante").text
    assert 'value="Centro Est, Nervi"' in page
    renewed = {**{key: NEW[key] for key in ("partita_iva", "dal", "profili")}, "ore_settimana": "90,5"}
    assert "Accreditamento salvato" in keeper.send("/fornitori/coop-levante", **renewed, al=on(400)).text
    # then
    assert audited(db_session) == ["fornitore.accredit", "fornitore.change"]
    detail = db_session.scalars(select(Audit.dettaglio).where(Audit.azione == "fornitore.change")).one()
    assert detail["campi"] == ["al", "ore_settimana", "zone"]
    assert (detail["prima_al"], detail["al"]) == ("None", on(400))


def test_a_unit_that_was_made_as_a_supplier_is_accredited_later(enter: Enter, db_session: Session) -> None:
    admin = enter("admin.genova")
    assert "non accreditato" in admin.get("/fornitori/assistenza-ligure").text
    asked = {"dal": on(0), "profili": ["oss"], "ore_settimana": "40"}
    assert "Accreditamento salvato" in admin.send("/fornitori/assistenza-ligure", **asked).text
    assert audited(db_session) == ["fornitore.accredit"]
    assert admin.send("/fornitori/ats-centro-est", **asked).status_code == 404


def test_a_suspended_supplier_gets_no_new_order_until_the_suspension_is_taken_away(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    admin, root = enter("admin.genova"), storie.in_ordine.root_id
    done = admin.send(f"{PONENTE}/sospendi", motivo="Verifica del DURC", dal=on(0))
    assert "Verifica del DURC" in done.text
    assert "sospeso" in admin.get("/fornitori/").text.partition("Ponente")[2]
    # when the supplier that was asked refuses, no other is left
    enter("coop.lanterna").send(f"/ordini/{storie.in_ordine.ordine_id}/rifiuta", motivo="Non ho posto")
    # then the office finds one, and not that one
    silvia, step = enter("silvia.canepa"), to_find(db_session, root)
    assert "coop-ponente" not in silvia.get(step).text
    chosen = {"fornitore_id": "coop-ponente", "come": "accordo", "motivo": "Orari scomodi"}
    refused = silvia.send(step, **chosen)
    assert refused.status_code == 422
    assert "Fornitore: gli ordini a Cooperativa Ponente Insieme sono sospesi dal" in refused.text
    assert "Orari scomodi" in refused.text
    # when
    assert "Sospensione tolta" in admin.send(f"{PONENTE}/riprendi").text
    # then
    assert "Completata: Trova un fornitore" in silvia.send(step, **chosen).text
    db_session.rollback()
    given = (
        select(Ordine.fornitore_id)
        .where(Ordine.persona_id == storie.in_ordine.persona_id)
        .order_by(Ordine.id)
    )
    assert list(db_session.scalars(given)) == ["coop-lanterna", "coop-ponente"]
    assert audited(db_session) == ["fornitore.suspend", "fornitore.resume"]


def test_an_accreditation_that_is_over_stops_new_orders_and_leaves_those_under_way(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    admin, root = enter("admin.genova"), storie.in_ordine.root_id
    for each in ("coop-lanterna", "coop-ponente"):
        held = {"dal": "2026-01-01", "al": on(-1), "profili": ["oss"], "ore_settimana": "200"}
        admin.send(f"/fornitori/{each}", **held)
    assert "accreditamento finito" in admin.get("/fornitori/").text
    # when
    enter("coop.lanterna").send(f"/ordini/{storie.in_ordine.ordine_id}/rifiuta", motivo="Non ho posto")
    # then
    silvia, step = enter("silvia.canepa"), to_find(db_session, root)
    refused = silvia.send(step, fornitore_id="coop-ponente", come="accordo", motivo="Orari scomodi")
    assert "Fornitore: l’accreditamento di Cooperativa Ponente Insieme è finito il" in refused.text
    assert db_session.get_one(Ordine, (GENOVA, storie.in_servizio.ordine_id)).stato == "avviato"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "coop-ponente"}, "ha già questo codice"),
        ({"profili": []}, "Scegli almeno un servizio"),
        ({"al": on(-1)}, "Finirebbe prima di cominciare"),
        ({"partita_iva": "123"}, "artita IVA"),
        ({"ore_settimana": "molte"}, "Scrivi un numero"),
        ({"dal": ""}, "Accreditato dal giorno"),
    ],
)
def test_a_supplier_that_cannot_be_is_said_and_what_was_typed_stays(
    enter: Enter, db_session: Session, wrong: dict[str, object], said: str
) -> None:
    page = enter("admin.genova").send("/fornitori/nuovo", **{**NEW, **wrong})
    assert page.status_code == 422
    assert said in page.text
    assert 'value="Cooperativa Levante"' in page.text
    assert audited(db_session) == []
    assert db_session.get(Unita, (GENOVA, "coop-levante")) is None


def test_a_suspension_wants_a_reason_a_day_to_come_and_is_one_at_a_time(
    enter: Enter, db_session: Session
) -> None:
    admin = enter("admin.genova")
    for asked in ({"motivo": "  ", "dal": on(0)}, {"motivo": "Verifica", "dal": on(-1)}):
        assert admin.send(f"{PONENTE}/sospendi", **asked).status_code == 422
    assert "Sospeso dal" in admin.send(f"{PONENTE}/sospendi", motivo="Verifica", dal=on(3)).text
    assert "accreditato" in admin.get("/fornitori/").text.partition("Ponente")[2]  # until that day
    again = admin.send(f"{PONENTE}/sospendi", motivo="Un’altra", dal=on(5))
    assert "È già sospeso" in again.text
    assert "Un’altra" in again.text
    assert "Sospensione tolta" in admin.send(f"{PONENTE}/riprendi").text
    assert "Non era sospeso" in admin.send(f"{PONENTE}/riprendi").text
    assert [row.motivo for row in db_session.scalars(select(SospensioneFornitore))] == ["Verifica"]


@pytest.mark.parametrize(
    "who", ["giulia.parodi", "marco.costa", "silvia.canepa", "coop.lanterna", "dpo.genova"]
)
def test_nobody_else_decides_of_suppliers(enter: Enter, db_session: Session, who: str) -> None:
    visitor = enter(who)
    assert "Fornitori" not in visitor.get("/benvenuto").text
    for path in ("/fornitori/", "/fornitori/nuovo", PONENTE, f"{PONENTE}/sospendi"):
        assert visitor.get(path).status_code == 403, path
    assert visitor.send("/fornitori/nuovo", **NEW).status_code == 403
    assert visitor.send(f"{PONENTE}/sospendi", motivo="Verifica", dal=on(0)).status_code == 403
    assert audited(db_session) == []


def test_the_pages_can_be_used_by_everybody(browse: Callable[..., Page]) -> None:
    page = browse("admin.genova", "/fornitori/", NARROW)
    assert_accessible(page)
    page.get_by_role("link", name="Aggiungi un fornitore").click()
    page.get_by_label("Nome", exact=True).fill("Cooperativa Levante")
    page.get_by_role("button", name="Aggiungi").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Codice").fill("coop-levante")
    page.get_by_label("OSS").check()
    page.get_by_label("Ore che può dare").fill("120")
    page.get_by_role("button", name="Aggiungi").click()
    expect(page.get_by_text("Fornitore aggiunto")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Sospendi").click()
    assert_accessible(page)
    page.get_by_label("Perché").fill("Verifica del DURC")
    page.get_by_role("button", name="Sospendi").click()
    expect(page.get_by_text("Sospeso dal").first).to_be_visible()
    assert_accessible(page)
